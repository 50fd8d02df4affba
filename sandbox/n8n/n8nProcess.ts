import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { sandboxFolder } from '../checkout';
import { n8nEnvironment } from './environment';
import { freePort } from './freePort';
import { linkPackage } from './linkPackage';
import { n8nExecutable, nodeExecutable } from './nodeExecutable';
import { N8nRest } from './n8nRest';

/** n8n itself gives executions 30 s to end after a SIGTERM. */
const stopWithinMs = 45_000;
const outputLinesKept = 400;

export interface N8nOptions {
	/** n8n makes `.n8n` in it; the next start finds everything again. */
	userFolder: string;
	/** 0: any free one. */
	port?: number;
	/** `start` by default; queue mode needs `worker` and `webhook` too. */
	command?: 'start' | 'worker' | 'webhook';
	commandArguments?: string[];
	env?: Record<string, string>;
	/** Each line that n8n writes. */
	onOutput?: (line: string) => void;
	/** 3 minutes by default: the first start runs n8n's migrations. */
	readyWithinMs?: number;
	/** Breaks off the start. */
	signal?: AbortSignal | undefined;
}

export interface N8nExit {
	code: number | null;
	signal: NodeJS.Signals | null;
}

export interface N8nProcess {
	port: number;
	/** `http://127.0.0.1:<port>`; webhooks are under `/webhook/`. */
	url: string;
	pid: number;
	/** A client that logs in as the sandbox's owner at its first call. */
	rest: N8nRest;
	/** Ends with the process, however it ends. */
	exited: Promise<N8nExit>;
	/** The last lines written. */
	output(): string;
	/** SIGTERM, then SIGKILL if it takes more than 45 s. */
	stop(): Promise<void>;
	/** SIGKILL, as a crash. */
	kill(): Promise<void>;
}

const readyLine = {
	start: /Editor is now accessible/,
	worker: /n8n worker is now ready/,
	webhook: /Webhook listener waiting for requests/,
};

/**
 * Starts n8n with our package linked into it, and waits until it is ready.
 * @throws {Error} with n8n's last words when it ends before that or takes too long
 */
export async function startN8n(options: N8nOptions): Promise<N8nProcess> {
	linkPackage(options.userFolder);
	const port = options.port === undefined || options.port === 0 ? await freePort() : options.port;
	const command = options.command ?? 'start';
	const child = spawn(
		nodeExecutable(),
		[
			'--require',
			join(sandboxFolder, 'n8n', 'exit-with-parent.js'),
			n8nExecutable,
			command,
			...(options.commandArguments ?? []),
		],
		{
			cwd: options.userFolder,
			env: n8nEnvironment({ userFolder: options.userFolder, port, brokerPort: await freePort(), env: options.env }),
			// A group of its own: Ctrl-C reaches us and not n8n, and nothing of the group is left when it ends.
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	const running = new RunningN8n(child, options.onOutput);
	options.signal?.addEventListener('abort', () => void running.stop());
	await running.waitFor(readyLine[command], options.readyWithinMs ?? 180_000);
	const url = `http://127.0.0.1:${port}`;
	return {
		port,
		url,
		pid: running.pid,
		rest: new N8nRest(url),
		exited: running.exited,
		output: () => running.output(),
		stop: () => running.stop(),
		kill: () => running.kill(),
	};
}

class RunningN8n {
	readonly exited: Promise<N8nExit>;
	private readonly lines: string[] = [];
	private readonly watchers = new Set<(line: string) => void>();

	constructor(
		private readonly child: ChildProcess,
		onOutput?: (line: string) => void,
	) {
		if (onOutput !== undefined) this.watchers.add(onOutput);
		this.exited = new Promise((resolve) => {
			child.once('error', (error) => {
				this.take(error.message);
				resolve({ code: null, signal: null });
			});
			child.once('exit', (code, signal) => {
				this.signalGroup('SIGKILL');
				resolve({ code, signal });
			});
		});
		for (const stream of [child.stdout, child.stderr]) this.readLines(stream);
	}

	get pid(): number {
		return this.child.pid ?? 0;
	}

	output(): string {
		return this.lines.join('\n');
	}

	async waitFor(pattern: RegExp, withinMs: number): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		try {
			await new Promise<void>((resolve, reject) => {
				const look = (line: string): void => {
					if (pattern.test(line)) resolve();
				};
				this.watchers.add(look);
				timer = setTimeout(
					() => reject(new Error(`n8n was not ready within ${withinMs / 1_000} s.\n${this.tail()}`)),
					withinMs,
				);
				void this.exited.then(({ code, signal }) =>
					reject(new Error(`n8n ended while starting (${signal ?? `exit code ${code}`}).\n${this.tail()}`)),
				);
			});
		} catch (error) {
			await this.kill();
			throw error;
		} finally {
			clearTimeout(timer);
		}
	}

	async stop(): Promise<void> {
		this.child.kill('SIGTERM');
		const timer = setTimeout(() => this.signalGroup('SIGKILL'), stopWithinMs);
		await this.exited;
		clearTimeout(timer);
	}

	async kill(): Promise<void> {
		this.signalGroup('SIGKILL');
		await this.exited;
	}

	private signalGroup(signal: NodeJS.Signals): void {
		if (this.child.pid === undefined) return;
		try {
			process.kill(-this.child.pid, signal);
		} catch {
			// Nobody of the group is left.
		}
	}

	private readLines(stream: NodeJS.ReadableStream | null): void {
		let rest = '';
		stream?.setEncoding('utf8');
		stream?.on('data', (chunk: string) => {
			const lines = (rest + chunk).split(/\r?\n/);
			rest = lines.pop() ?? '';
			for (const line of lines) this.take(line);
		});
	}

	private take(line: string): void {
		this.lines.push(line);
		if (this.lines.length > outputLinesKept) this.lines.shift();
		for (const watcher of this.watchers) watcher(line);
	}

	private tail(): string {
		return this.lines.slice(-30).join('\n');
	}
}
