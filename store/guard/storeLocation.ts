import { stat } from 'node:fs/promises';
import { sql } from 'kysely';

import type { Database } from '../schema';

/** What tells the place of a store from a copy of it, e.g. `inode` and `born`; a value is null where it cannot be told. */
export type StorePlace = Record<string, string | null>;

/** @param file of an SQLite store; null: PostgreSQL. */
export async function placeOf(db: Database, file: string | null): Promise<StorePlace> {
	if (file === null) return await placeInPostgres(db);
	const { ino, birthtimeNs, ctimeNs } = await stat(file, { bigint: true });
	// Where a file system knows no time of birth, Node says 0 or the time of the last change.
	const isBornKnown = birthtimeNs !== 0n && birthtimeNs !== ctimeNs;
	return { inode: String(ino), born: isBornKnown ? String(birthtimeNs) : null };
}

async function placeInPostgres(db: Database): Promise<StorePlace> {
	const { rows } = await sql<{
		id: string;
	}>`select oid::text as id from pg_database where datname = current_database()`.execute(db);
	return { database: rows[0]?.id ?? null, system: await systemIdentifier(db) };
}

/** Null without the permission to ask: the database alone is compared then. */
async function systemIdentifier(db: Database): Promise<string | null> {
	try {
		const { rows } = await sql<{ id: string }>`select system_identifier::text as id from pg_control_system()`.execute(
			db,
		);
		return rows[0]?.id ?? null;
	} catch {
		return null;
	}
}

/**
 * Whether the store lies elsewhere than before. A file does if both inode and time of birth are others: file systems with
 * unstable inodes give no false alarm. A database does if it, or its cluster, is another.
 */
export function isElsewhere(before: StorePlace, now: StorePlace): boolean {
	const differs = (name: string): boolean =>
		(before[name] ?? null) !== null && (now[name] ?? null) !== null && before[name] !== now[name];
	if ('inode' in before && 'inode' in now) return differs('inode') && differs('born');
	if ('database' in before && 'database' in now) return differs('database') || differs('system');
	return true;
}
