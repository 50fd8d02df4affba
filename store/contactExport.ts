import { sql } from 'kysely';

import { jsonKeysOf } from './database/dialect';
import type { Database } from './schema';

/** The names of the fields that contacts have, of a page of contacts by id, and where the page ends; null: there are no more. */
export async function selectFieldNames(
	db: Database,
	{ groupId, after, limit }: { groupId: number | null; after: number; limit: number },
): Promise<{ names: string[]; last: number | null }> {
	const inGroup =
		groupId === null ? sql`` : sql`and id in (select contact_id from membership where group_id = ${groupId})`;
	const page = sql`select id, fields from contact where id > ${after} ${inGroup} order by id limit ${limit}`;
	const { rows: ends } = await sql<{ last: number | null }>`select max(id) as "last" from (${page}) as p`.execute(db);
	const last = ends[0]?.last ?? null;
	if (last === null) return { names: [], last };
	const { rows } = await sql<{
		name: string;
	}>`select distinct k.name as "name" from (${page}) as p cross join ${jsonKeysOf(db, 'p.fields')}`.execute(db);
	return { names: rows.map(({ name }) => name), last };
}
