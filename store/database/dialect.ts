import { PostgresAdapter, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';

import type { Database, Schema } from '../schema';

/**
 * SQLite has one writer at a time (`begin immediate`); PostgreSQL needs its rows locked by name, and knows JSON only in columns of
 * that type, where ours are text. Only this folder asks which one it is.
 */
export function isPostgres(db: Database): boolean {
	return db.getExecutor().adapter instanceof PostgresAdapter;
}

/** Locks the rows read until the transaction ends; the query orders them, so that two transactions never wait for each other. */
export function forUpdate<T extends keyof Schema, O>(
	db: Database,
	query: SelectQueryBuilder<Schema, T, O>,
): SelectQueryBuilder<Schema, T, O> {
	return isPostgres(db) ? query.forUpdate() : query;
}

/** As forUpdate, passing over rows that another worker holds. */
export function forUpdateSkipLocked<T extends keyof Schema, O>(
	db: Database,
	query: SelectQueryBuilder<Schema, T, O>,
): SelectQueryBuilder<Schema, T, O> {
	return isPostgres(db) ? query.forUpdate().skipLocked() : query;
}

/** As forUpdate, by the weaker lock that lets others refer to the row meanwhile. */
export function forNoKeyUpdate<T extends keyof Schema, O>(
	db: Database,
	query: SelectQueryBuilder<Schema, T, O>,
): SelectQueryBuilder<Schema, T, O> {
	return isPostgres(db) ? query.forNoKeyUpdate() : query;
}

/** The same for the end of a statement written out. */
export function lockClause(db: Database, clause: 'for update' | 'for update skip locked'): RawBuilder<unknown> {
	return isPostgres(db) ? sql.raw(clause) : sql``;
}

/** A field of a column of JSON as text, null where it is missing. @param column e.g. `x.details` */
export function jsonText(db: Database, column: string, key: string): RawBuilder<string | null> {
	return isPostgres(db)
		? sql`${sql.ref(column)}::jsonb ->> ${sql.lit(key)}`
		: sql`${sql.ref(column)} ->> ${sql.lit(key)}`;
}

/** A column of JSON without one of its fields. */
export function jsonWithout(db: Database, column: string, key: string): RawBuilder<string> {
	return isPostgres(db)
		? sql`(${sql.ref(column)}::jsonb - ${sql.lit(key)})::text`
		: sql`json_remove(${sql.ref(column)}, ${sql.lit(`$.${key}`)})`;
}

/** For `from …, jsonKeysOf(…)`: a table `k` whose column `key` is the names of the fields of a column of JSON. */
export function jsonKeysOf(db: Database, column: string): RawBuilder<unknown> {
	return isPostgres(db)
		? sql`lateral json_object_keys(${sql.ref(column)}::json) as k(key)`
		: // Not in a select of its own, which would not see the other table.
			sql`json_each(${sql.ref(column)}) as k`;
}
