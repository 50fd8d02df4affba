import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { n8nEnvironment } from './environment';
import { freePort } from './freePort';
import { n8nExecutable, nodeExecutable } from './nodeExecutable';

export interface N8nCommandOptions {
	env?: Record<string, string> | undefined;
	/** What its output has to hold when it worked. */
	success?: RegExp | undefined;
	/** Ends the command. */
	signal?: AbortSignal | undefined;
}

/**
 * Runs one command of n8n's CLI on the user folder of an n8n that does not run.
 * @returns what it wrote
 * @throws {Error} when it fails, which n8n shows by its exit code or, in imports, only by what it writes
 */
export async function runN8nCommand(
	userFolder: string,
	args: string[],
	options: N8nCommandOptions = {},
): Promise<string> {
	const { env, success, signal } = options;
	mkdirSync(userFolder, { recursive: true });
	const port = await freePort();
	const child = spawn(nodeExecutable(), [n8nExecutable, ...args], {
		cwd: userFolder,
		env: n8nEnvironment({ userFolder, port, brokerPort: port, env }),
		stdio: ['ignore', 'pipe', 'pipe'],
		signal,
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	if (code !== 0 || (success !== undefined && !success.test(output))) {
		throw new Error(`"n8n ${args[0]}" failed (exit code ${code}):\n${output.split('\n').slice(-15).join('\n')}`);
	}
	return output;
}
