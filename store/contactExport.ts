import { sql } from 'kysely';

import { jsonKeysOf } from './database/dialect';
import { listOf } from './database/rows';
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
	}>`select distinct k.key as "name" from (${page}) as p cross join ${jsonKeysOf(db, 'p.fields')}`.execute(db);
	return { names: rows.map(({ name }) => name), last };
}

/** The shortcodes of the groups that these contacts are in, in alphabetical order. */
export async function shortcodesOfContacts(
	db: Database,
	contactIds: readonly number[],
): Promise<Map<number, string[]>> {
	const groups = new Map<number, string[]>();
	if (contactIds.length === 0) return groups;
	const rows = await db
		.selectFrom('membership as m')
		.innerJoin('contact_group as g', 'g.id', 'm.group_id')
		.select(['m.contact_id as contactId', 'g.shortcode'])
		.where('m.contact_id', 'in', listOf(db, contactIds))
		.execute();
	for (const { contactId, shortcode } of rows)
		groups.set(contactId, [...(groups.get(contactId) ?? []), shortcode].sort());
	return groups;
}
