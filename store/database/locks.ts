import { sql } from 'kysely';

import type { Database } from '../schema';
import { isPostgres } from './dialect';

/**
 * PostgreSQL's advisory locks by what they guard, each held until its transaction ends. The numbers tell them from everybody
 * else's in the database and never change, because two versions may run side by side. SQLite has one writer and needs none.
 */
const LOCKS = {
	/** By sender: who fills its places. */
	places: 20_261_122,
	/** By sender: who writes an opt-out from it (shared), or replaces it. */
	succession: 20_261_123,
	/** By number: who makes or changes a contact with it. */
	contact: 20_261_124,
	/** Shared by whoever makes or changes a contact; held alone by whoever changes very many. */
	allContacts: 20_261_125,
	/** Who counts invitations and adds one. PostgreSQL keeps single numbers and pairs apart, so it meets no *succession*. */
	invitationRequests: 20_261_123,
} as const;

type KeyedLock = 'places' | 'succession' | 'contact';
type SingleLock = Exclude<keyof typeof LOCKS, KeyedLock>;

/** Waits until nobody else holds the lock. @returns whether there was anything to wait for: false on SQLite */
export async function takeLock(db: Database, name: SingleLock): Promise<boolean> {
	if (!isPostgres(db)) return false;
	await sql`select pg_advisory_xact_lock(${LOCKS[name]}::bigint)`.execute(db);
	return true;
}

/** As takeLock, held by many at once, but not beside one who takes it. */
export async function shareLock(db: Database, name: SingleLock): Promise<void> {
	if (isPostgres(db)) await sql`select pg_advisory_xact_lock_shared(${LOCKS[name]}::bigint)`.execute(db);
}

/** One lock a key, one after the other in the order of the keys, so that nobody waits in a circle. */
export async function takeLocks(db: Database, name: KeyedLock, keys: readonly (number | string)[]): Promise<boolean> {
	if (!isPostgres(db)) return false;
	const numbers = keys.filter((key) => typeof key === 'number').sort((one, other) => one - other);
	for (const key of numbers) await sql`select pg_advisory_xact_lock(${LOCKS[name]}::int, ${key}::int)`.execute(db);
	const texts = [...new Set(keys.filter((key) => typeof key === 'string'))].sort();
	for (const key of texts) await sql`select pg_advisory_xact_lock(${LOCKS[name]}::int, hashtext(${key}))`.execute(db);
	return true;
}

export async function shareLockOf(db: Database, name: KeyedLock, key: number): Promise<void> {
	if (isPostgres(db)) await sql`select pg_advisory_xact_lock_shared(${LOCKS[name]}::int, ${key}::int)`.execute(db);
}
