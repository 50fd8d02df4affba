import { sql } from 'kysely';

import { NotFoundError } from '../domain/errors';
import { foldLetters } from '../domain/foldText';
import { contains } from './database/like';
import { listOf } from './database/rows';
import type { Database } from './schema';

export interface Group {
	id: number;
	name: string;
	/** Normal form of domain/shortcode.ts. */
	shortcode: string;
}

const GROUP = ['id', 'name', 'shortcode'] as const;

export async function findGroupByShortcode(db: Database, shortcode: string): Promise<Group | undefined> {
	return await db.selectFrom('contact_group').select(GROUP).where('shortcode', '=', shortcode).executeTakeFirst();
}

/** @param ref group id or shortcode. @throws {NotFoundError} */
export async function resolveGroup(db: Database, ref: string): Promise<Group> {
	const wanted = ref.trim();
	let query = db.selectFrom('contact_group').select(GROUP);
	// A shortcode begins with a letter: digits are an id.
	query = /^\d{1,15}$/.test(wanted)
		? query.where('id', '=', Number(wanted))
		: query.where('shortcode', '=', foldLetters(wanted.slice(0, 200)));
	const group = await query.executeTakeFirst();
	if (!group)
		throw new NotFoundError(
			`There is no group "${wanted.slice(0, 40)}". Choose one from the list, or make it with Group: Create or Update.`,
		);
	return group;
}

/** By id. */
export async function allGroups(db: Database): Promise<Group[]> {
	return await db.selectFrom('contact_group').select(GROUP).orderBy('id').execute();
}

export async function groupsWithIds(db: Database, ids: readonly number[]): Promise<Group[]> {
	if (ids.length === 0) return [];
	return await db
		.selectFrom('contact_group')
		.select(GROUP)
		.where('id', 'in', listOf(db, [...new Set(ids)]))
		.execute();
}

/** Each group once, in the order given. @throws {NotFoundError} */
export async function resolveGroups(db: Database, refs: readonly string[]): Promise<Group[]> {
	const groups = new Map<number, Group>();
	for (const ref of refs) {
		const group = await resolveGroup(db, ref);
		groups.set(group.id, group);
	}
	return [...groups.values()];
}

export async function insertGroup(db: Database, group: Omit<Group, 'id'>, now: number): Promise<Group | undefined> {
	return await db
		.insertInto('contact_group')
		.values({ ...group, created_at: now })
		.onConflict((conflict) => conflict.doNothing())
		.returning(GROUP)
		.executeTakeFirst();
}

export async function renameGroup(db: Database, id: number, name: string): Promise<void> {
	await db.updateTable('contact_group').set({ name }).where('id', '=', id).execute();
}

/** False when another group has the shortcode. */
export async function changeGroup(db: Database, { id, name, shortcode }: Group): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('contact_group')
		.set({ name, shortcode })
		.where('id', '=', id)
		.where((where) =>
			where.not(
				where.exists(
					where
						.selectFrom('contact_group as other')
						.select('other.id')
						.where('other.shortcode', '=', shortcode)
						.where('other.id', '<>', id),
				),
			),
		)
		.executeTakeFirst();
	return numUpdatedRows > 0n;
}

/** Its memberships go with it. */
export async function removeGroup(db: Database, id: number): Promise<void> {
	await db.deleteFrom('contact_group').where('id', '=', id).execute();
}

export interface GroupFigures extends Group {
	contacts: number;
	/** With an SMS number, no STOP by SMS, and nothing found by Verify: a Service SMS may be sent. */
	reachableBySms: number;
	withWhatsAppNumber: number;
	registeredForWhatsApp: number;
	/** Registered, and nothing said against advertising. */
	reachableByWhatsApp: number;
}

/** The five figures of each group, in one statement; by id, a page after `after`. */
export async function selectGroupFigures(
	db: Database,
	{ search, limit, after }: { search: string; limit: number; after: number },
): Promise<GroupFigures[]> {
	const groups = db
		.selectFrom('contact_group')
		.select(GROUP)
		.where('id', '>', after)
		.$if(search !== '', (query) =>
			query.where((where) => where.or([contains(where.ref('name'), search), contains(where.ref('shortcode'), search)])),
		)
		.orderBy('id')
		.limit(limit);
	/** What is said on either number of a contact, or found against it, holds for both, except a STOP of SMS: as domain/permission.ts decides. */
	const hasWord = (identities: string, scopes: string) =>
		sql`exists (select 1 from consent_word w where w.identity_id in (${sql.raw(identities)}) and w.direction = 'out' and w.scope in (${sql.raw(scopes)}))`;
	const isContradicted = sql`coalesce(wi.contradicted_at, si.contradicted_at, ui.contradicted_at) is not null`;
	const { rows } = await sql<GroupFigures>`
		with g as ${groups}, member as (
			select m.group_id, c.sms_number, coalesce(c.whatsapp_number, c.whatsapp_user_id) as whatsapp_address,
				case when c.sms_number is not null and not ${hasWord('si.id', `'sms'`)} and not ${hasWord('wi.id, si.id, ui.id', `'group:' || m.group_id`)} and not ${isContradicted} then 1 else 0 end as by_sms,
				case when exists (select 1 from registration r where r.identity_id = coalesce(wi.id, ui.id) and r.state = 'active') then 1 else 0 end as registered,
				case when exists (
					select 1 from registration r where r.identity_id = coalesce(wi.id, ui.id) and r.state = 'active'
						and not ${isContradicted}
						and not ${hasWord('wi.id, si.id, ui.id', `'all', 'group:' || m.group_id, 'sender:' || r.sender_id, 'marketing:' || r.sender_id`)}
				) then 1 else 0 end as by_whatsapp
			from membership m join g on g.id = m.group_id join contact c on c.id = m.contact_id
				left join identity wi on wi.phone = c.whatsapp_number left join identity si on si.phone = c.sms_number
				left join identity ui on ui.whatsapp_user_id = c.whatsapp_user_id
		)
		select g.id as "id", g.name as "name", g.shortcode as "shortcode",
			count(member.group_id) as "contacts", coalesce(sum(member.by_sms), 0) as "reachableBySms",
			count(member.whatsapp_address) as "withWhatsAppNumber", coalesce(sum(member.registered), 0) as "registeredForWhatsApp",
			coalesce(sum(member.by_whatsapp), 0) as "reachableByWhatsApp"
		from g left join member on member.group_id = g.id
		group by g.id, g.name, g.shortcode order by g.id`.execute(db);
	return rows;
}
