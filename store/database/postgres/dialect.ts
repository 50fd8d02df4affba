import { PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';

export interface PostgresSettings {
	host: string;
	port: number;
	database: string;
	user: string;
	password: string;
	ssl: boolean;
}

const CONNECTIONS = 6;
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_MS = 30_000;

/** Ids, times and totals are bigint in the schema and fit a double: they arrive as numbers, as SQLite's do. */
const BIGINT: number = types.builtins.INT8;

function parserFor(type: number, format?: 'text' | 'binary'): (value: string) => unknown {
	if (type === BIGINT) return Number;
	return types.getTypeParser(type, format === 'binary' ? 'binary' : 'text') as (value: string) => unknown;
}

export function createPostgresDialect(settings: PostgresSettings): PostgresDialect {
	const pool = new Pool({
		host: settings.host,
		port: settings.port,
		database: settings.database,
		user: settings.user,
		password: settings.password,
		ssl: settings.ssl,
		max: CONNECTIONS,
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
		idleTimeoutMillis: IDLE_MS,
		allowExitOnIdle: true,
		types: { getTypeParser: parserFor },
	});
	// A connection that breaks is replaced by the next query; without listeners it would end the process, idle or in use.
	pool.on('error', () => undefined);
	pool.on('connect', (client) => client.on('error', () => undefined));
	return new PostgresDialect({ pool });
}
