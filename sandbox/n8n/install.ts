import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sandboxFolder } from '../checkout';
import { n8nExecutable } from './nodeExecutable';

const modules = join(sandboxFolder, 'node_modules');
const progressEveryMs = 5_000;

interface Lock {
	packages: Record<string, LockedPackage>;
}

interface LockedPackage {
	version?: string;
	/** For some platforms only, or not at all needed. */
	optional?: boolean;
	/** In the lock file without being needed by anything; npm does not install it. */
	extraneous?: boolean;
}

/** Whether `sandbox/node_modules` holds what `sandbox/package-lock.json` says. npm writes its own lock there as the last step. */
export function isN8nInstalled(): boolean {
	const installed = join(modules, '.package-lock.json');
	if (!existsSync(n8nExecutable) || !existsSync(installed)) return false;
	return isSameInstallation(readLock(join(sandboxFolder, 'package-lock.json')), readLock(installed));
}

/** Packages of other platforms, and those that nothing needs, are in the one and not in the other. */
export function isSameInstallation(wanted: Lock, installed: Lock): boolean {
	const missing = neededPackages(wanted).some(([path, { version, optional }]) => {
		const there = installed.packages[path];
		return there === undefined ? optional !== true : there.version !== version;
	});
	return !missing && Object.keys(installed.packages).every((path) => wanted.packages[path] !== undefined);
}

function neededPackages({ packages }: Lock): Array<[string, LockedPackage]> {
	return Object.entries(packages).filter(([path, { extraneous }]) => path !== '' && extraneous !== true);
}

/**
 * `npm ci` in `sandbox/`: several minutes and 3 GB, so a line every 5 seconds says how far it is.
 * @throws {Error} with npm's last lines
 */
export async function installN8n(onProgress: (line: string) => void, signal?: AbortSignal): Promise<void> {
	const total = neededPackages(readLock(join(sandboxFolder, 'package-lock.json'))).filter(
		([path]) => !path.includes('/node_modules/'),
	).length;
	const startedAt = Date.now();
	const timer = setInterval(() => {
		const seconds = Math.round((Date.now() - startedAt) / 1_000);
		onProgress(`installing n8n: ${seconds} s, ${countPackages(modules)} of some ${total} packages`);
	}, progressEveryMs);
	try {
		await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], signal);
	} finally {
		clearInterval(timer);
	}
}

async function runNpm(args: string[], signal: AbortSignal | undefined): Promise<void> {
	// Under `npm start` it is the npm that runs us; elsewhere the one on the PATH.
	const npm = process.env['npm_execpath'];
	const child =
		npm === undefined || !npm.endsWith('.js')
			? spawn('npm', args, {
					cwd: sandboxFolder,
					stdio: ['ignore', 'pipe', 'pipe'],
					shell: process.platform === 'win32',
					signal,
				})
			: spawn(process.execPath, [npm, ...args], { cwd: sandboxFolder, stdio: ['ignore', 'pipe', 'pipe'], signal });
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding('utf8').on('data', (chunk: string) => {
			output = (output + chunk).slice(-4_000);
		});
	}
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	if (code !== 0) throw new Error(`"npm ci" in ${sandboxFolder} failed (exit code ${code}):\n${output.trim()}`);
}

function countPackages(folder: string): number {
	try {
		return readdirSync(folder).reduce((sum, name) => {
			if (name.startsWith('.')) return sum;
			return sum + (name.startsWith('@') ? readdirSync(join(folder, name)).length : 1);
		}, 0);
	} catch {
		return 0;
	}
}

function readLock(file: string): Lock {
	return JSON.parse(readFileSync(file, 'utf8')) as Lock;
}
