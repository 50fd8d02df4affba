import { PostgresAdapter, type SelectQueryBuilder } from 'kysely';

import type { Database, Schema } from '../schema';

/** SQLite has one writer at a time (`begin immediate`); PostgreSQL needs its rows locked by name. */
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
