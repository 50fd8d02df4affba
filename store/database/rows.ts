import { type Expression, type RawBuilder, sql, type SqlBool } from 'kysely';

import { isPostgres } from './dialect';
import type { Database } from '../schema';

/**
 * Lists travel as one JSON parameter: the statement's text stays the same for every length, so that both databases
 * prepare it once, and building it costs nothing per value.
 */

/** For `where column in …`: `(select …)` over the values. */
export function listOf(db: Database, values: readonly number[] | readonly string[]): RawBuilder<never> {
	if (values.length === 0) return sql`(null)`;
	const json = JSON.stringify(values);
	if (!isPostgres(db)) return sql`(select value from json_each(${json}))`;
	return typeof values[0] === 'number'
		? sql`(select jsonb_array_elements_text(${json}::jsonb)::bigint)`
		: sql`(select jsonb_array_elements_text(${json}::jsonb))`;
}

/** `column in …` where it is one of several conditions: for an "or" of `in (select …)` PostgreSQL reads the whole table, of arrays it takes the indexes. */
export function isOneOf(
	db: Database,
	column: Expression<unknown>,
	values: readonly number[] | readonly string[],
): RawBuilder<SqlBool> {
	// SQLite, too, reads the whole table for "or false".
	if (!isPostgres(db)) return sql<SqlBool>`${column} in ${listOf(db, values)}`;
	return values.length === 0 ? sql<SqlBool>`false` : sql<SqlBool>`${column} = any(array(${listOf(db, values)}))`;
}

/** The ids that a query finds, for `in`: PostgreSQL takes an index for an array, whatever it believes of a table that is being filled. */
export function asArray(db: Database, ids: RawBuilder<number>): RawBuilder<number> {
	return isPostgres(db) ? sql<number>`(select unnest(array(${ids})))` : sql<number>`(${ids})`;
}

/** For `from …`: a table `row` with one column `value`, an array each; read its cells with textCell and numberCell. */
export function rowsOf(db: Database, rows: readonly (readonly unknown[])[]): RawBuilder<unknown> {
	const json = JSON.stringify(rows);
	return isPostgres(db) ? sql`jsonb_array_elements(${json}::jsonb) as r(value)` : sql`json_each(${json}) as r`;
}

export function textCell(index: number): RawBuilder<string> {
	return sql`(r.value ->> ${sql.lit(index)})`;
}

export function numberCell(index: number): RawBuilder<number> {
	return sql`cast(r.value ->> ${sql.lit(index)} as bigint)`;
}

/** Cuts a list into pieces of at most `size`. */
export function chunksOf<T>(values: readonly T[], size: number): T[][] {
	const chunks: T[][] = [];
	for (let start = 0; start < values.length; start += size) chunks.push(values.slice(start, start + size));
	return chunks;
}
