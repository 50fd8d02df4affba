import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Kysely } from 'kysely';

import { ConfigurationError } from '../domain/errors';
import { bindLedgerKey, keyFingerprint } from './database/keyedHash';
import { migrate } from './migrate';
import { createPostgresDialect, type PostgresSettings } from './database/postgres/dialect';
import { RestoreGuard } from './guard/restoreGuard';
import type { Database, Schema } from './schema';
import { SqliteThreadDialect } from './database/sqlite/dialect';
import { assertUsable, type SqliteSettings, sqliteFilePath } from './database/sqlite/location';
import { isTransactionConflict, needsReopening, storeError } from './database/databaseErrors';

export type StoreSettings = (({ kind: 'sqlite' } & SqliteSettings) | ({ kind: 'postgres' } & PostgresSettings)) & {
	/** Signs the consent ledger; the store remembers a fingerprint of it and refuses another. */
	ledgerKey: string;
	/** Where this machine keeps what it has seen of a PostgreSQL store; beside the file with SQLite. None: nowhere. */
	watermarkFolder?: string;
};

export interface OpenOptions {
	/** Whether a missing SQLite file is made: by the credential's test and the first set-up only. */
	create: boolean;
	/** The clock, UTC milliseconds. */
	now?: () => number;
}

/** One open store. The same for both databases, but for `dialect.ts`. */
export interface Store {
	readonly db: Database;
	/** Eight characters that tell this store from every other: part of each message's reference. */
	readonly id: string;
	readonly ledgerKey: string;
	/** Notices that the store is not the one that was left. */
	readonly guard: RestoreGuard;
	/** Its connection is good no longer (its file was taken away, its thread ended): the next use opens another. */
	readonly isBroken?: boolean;
	/** UTC milliseconds. */
	now(): number;
	/** Runs queries that change nothing. @throws {StoreUnavailableError} when the database cannot be reached. */
	read<T>(work: (db: Database) => Promise<T>): Promise<T>;
	/**
	 * Runs `work` in one write transaction; on a conflict between transactions, once more (at most three times in all).
	 * @throws {StoreUnavailableError} when the database cannot be reached.
	 */
	transaction<T>(work: (db: Database) => Promise<T>): Promise<T>;
	close(): Promise<void>;
}

const BUSY_TIMEOUT_MS = 5_000;
const TRANSACTION_TRIES = 3;

/**
 * Opens a store and brings its schema to this version.
 * @throws {StoreUnavailableError} when it cannot be reached now.
 * @throws {ConfigurationError} when it is missing, newer than this version, or signed with another key.
 */
export async function openStore(settings: StoreSettings, { create, now = Date.now }: OpenOptions): Promise<Store> {
	if (settings.ledgerKey === '') {
		throw new ConfigurationError(
			'The Opt-In Store credential has no ledger key. Enter one and keep it: without it the consent ledger proves nothing.',
		);
	}
	if (settings.kind === 'sqlite') assertUsable(settings, create);
	const db = new Kysely<Schema>({
		dialect:
			settings.kind === 'sqlite'
				? new SqliteThreadDialect({ file: sqliteFilePath(settings), busyTimeoutMs: BUSY_TIMEOUT_MS })
				: createPostgresDialect(settings),
	});
	bindLedgerKey(db, settings.ledgerKey);
	try {
		await migrate(db as unknown as Kysely<unknown>);
		const id = await setUp(db, settings.ledgerKey);
		const isFile = settings.kind === 'sqlite';
		const guard = new RestoreGuard(db, {
			id,
			folder: isFile ? join(settings.n8nFolder, 'optin') : (settings.watermarkFolder ?? null),
			file: isFile ? sqliteFilePath(settings) : null,
			now,
		});
		await guard.check();
		return new OpenStore(db, id, settings.ledgerKey, guard, now);
	} catch (error) {
		await db.destroy().catch(() => undefined);
		throw storeError(error);
	}
}

class OpenStore implements Store {
	isBroken = false;

	constructor(
		readonly db: Database,
		readonly id: string,
		readonly ledgerKey: string,
		readonly guard: RestoreGuard,
		readonly now: () => number,
	) {}

	async read<T>(work: (db: Database) => Promise<T>): Promise<T> {
		try {
			return await work(this.db);
		} catch (error) {
			throw this.told(error);
		}
	}

	async transaction<T>(work: (db: Database) => Promise<T>): Promise<T> {
		for (let tries = 1; ; tries++) {
			// A connection that is lost fails once more when it is to roll back: what was first is what happened.
			const failures: unknown[] = [];
			try {
				const result = await this.db.transaction().execute(async (db) => {
					try {
						return await work(db);
					} catch (error) {
						failures.push(error);
						throw error;
					}
				});
				this.guard.changed();
				return result;
			} catch (error) {
				const [first = error] = failures;
				if (!isTransactionConflict(first) || tries === TRANSACTION_TRIES) throw this.told(first);
			}
		}
	}

	private told(error: unknown): unknown {
		if (needsReopening(error)) this.isBroken = true;
		return storeError(error);
	}

	async close(): Promise<void> {
		await this.guard.close();
		await this.db.destroy();
	}
}

/** Gives a new store its id and key; checks the key of one that has them. */
async function setUp(db: Database, ledgerKey: string): Promise<string> {
	const fingerprint = keyFingerprint(ledgerKey);
	await db
		.insertInto('setting')
		.values([
			{ name: 'storeId', value: randomBytes(4).toString('hex') },
			{ name: 'ledgerKey', value: fingerprint },
		])
		.onConflict((conflict) => conflict.doNothing())
		.execute();
	const rows = await db.selectFrom('setting').selectAll().where('name', 'in', ['storeId', 'ledgerKey']).execute();
	const value = (name: string): string => rows.find((row) => row.name === name)?.value ?? '';
	if (value('ledgerKey') !== fingerprint) {
		throw new ConfigurationError(
			'The ledger key of the Opt-In Store credential is not the one this store was made with. Enter that one: with another key no consent record could be verified.',
		);
	}
	return value('storeId');
}
