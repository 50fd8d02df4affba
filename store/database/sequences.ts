import { type RawBuilder, sql } from 'kysely';

import type { Database, Schema } from '../schema';
import { isPostgres } from './dialect';

/** What gives out the ids of a table, and was the last one it gave. */
const sequenceOf = (table: keyof Schema): RawBuilder<unknown> => sql`pg_get_serial_sequence(${sql.lit(table)}, 'id')`;

/** What the table gets from now on is numbered beyond so many further ids. */
export async function skipIdsOf(db: Database, table: keyof Schema, ids: number): Promise<void> {
	if (isPostgres(db)) {
		const sequence = sequenceOf(table);
		await sql`select setval(${sequence}, coalesce(pg_sequence_last_value(${sequence}::regclass), 0) + ${sql.lit(ids)})`.execute(
			db,
		);
		return;
	}
	await sql`insert into sqlite_sequence (name, seq) select ${table}, 0 where not exists (select 1 from sqlite_sequence where name = ${table})`.execute(
		db,
	);
	await sql`update sqlite_sequence set seq = seq + ${ids} where name = ${table}`.execute(db);
}

/** The newest id a row of the table was ever given, also where the row is gone; 0 where none was. */
export async function newestIdOf(db: Database, table: keyof Schema): Promise<number> {
	const newest = isPostgres(db)
		? sql<{ id: number | null }>`select pg_sequence_last_value(${sequenceOf(table)}::regclass) as id`
		: sql<{ id: number | null }>`select max(seq) as id from sqlite_sequence where name = ${table}`;
	const { rows } = await newest.execute(db);
	return rows[0]?.id ?? 0;
}
