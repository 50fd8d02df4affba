import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A real PostgreSQL that a test can stop and start. */
export async function forkPostgres() {
	const child = fork(join(__dirname, 'postgresProcess.mts'), { execArgv: [] });
	const [login] = (await once(child, 'message')) as [{ port: number; user: string; password: string }];
	const order = async (name: 'start' | 'stop' | 'remove'): Promise<void> => {
		child.send(name);
		await once(child, 'message');
	};
	return {
		...login,
		start: async () => await order('start'),
		stop: async () => await order('stop'),
		remove: async () => {
			await order('remove');
			child.kill();
		},
	};
}
