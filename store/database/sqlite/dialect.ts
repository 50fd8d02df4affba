import {
	CompiledQuery,
	type DatabaseConnection,
	type DatabaseIntrospector,
	type Dialect,
	type DialectAdapter,
	type Driver,
	type Kysely,
	type QueryCompiler,
	type QueryResult,
	SqliteAdapter,
	SqliteIntrospector,
	SqliteQueryCompiler,
} from 'kysely';

import { SqliteThread } from './thread';
import type { WorkerSettings } from './worker.mjs';

/** Kysely on node:sqlite, one connection in a thread of its own. */
export class SqliteThreadDialect implements Dialect {
	constructor(private readonly settings: WorkerSettings) {}

	createDriver(): Driver {
		return new SqliteThreadDriver(this.settings);
	}

	createQueryCompiler(): QueryCompiler {
		return new SqliteQueryCompiler();
	}

	createAdapter(): DialectAdapter {
		return new SqliteAdapter();
	}

	createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
		return new SqliteIntrospector(db);
	}
}

class SqliteThreadDriver implements Driver {
	private connection: SqliteConnection | undefined;
	private readonly waiting: Array<() => void> = [];
	private taken = false;

	constructor(private readonly settings: WorkerSettings) {}

	async init(): Promise<void> {
		this.connection = new SqliteConnection(await SqliteThread.open(this.settings));
	}

	/** One connection: whoever comes while it is taken waits, in order. */
	async acquireConnection(): Promise<DatabaseConnection> {
		if (this.taken) await new Promise<void>((resolve) => this.waiting.push(resolve));
		this.taken = true;
		return this.open;
	}

	async releaseConnection(): Promise<void> {
		const next = this.waiting.shift();
		if (next) next();
		else this.taken = false;
	}

	/** Takes the write lock at once, so that a transaction never fails half way because another process writes. */
	async beginTransaction(connection: DatabaseConnection): Promise<void> {
		await connection.executeQuery(CompiledQuery.raw('begin immediate'));
	}

	async commitTransaction(connection: DatabaseConnection): Promise<void> {
		await connection.executeQuery(CompiledQuery.raw('commit'));
	}

	async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		try {
			await connection.executeQuery(CompiledQuery.raw('rollback'));
		} catch (error) {
			// After some errors (disk full, I/O error, out of memory) SQLite has rolled back already; that error is the one to tell.
			if (!/no transaction is active/.test(String(error))) throw error;
		}
	}

	async destroy(): Promise<void> {
		await this.connection?.thread.close();
	}

	private get open(): SqliteConnection {
		if (!this.connection) throw new Error('The SQLite driver was used before init().');
		return this.connection;
	}
}

class SqliteConnection implements DatabaseConnection {
	constructor(readonly thread: SqliteThread) {}

	async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
		const { rows, changes, insertId } = await this.thread.run(query.sql, query.parameters);
		return { rows: rows as R[], numAffectedRows: BigInt(changes), insertId: BigInt(insertId) };
	}

	/** Part of Kysely's port; results are read page by page by key instead. */
	async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
		throw new Error('The SQLite driver does not stream: read by pages.');
	}
}
