import { sql } from 'kysely';

import type { PersonKey } from './identities';
import type { Database, MembershipTable } from './schema';

/** A contact of a person with the groups it is in. */
export interface ContactMembership {
	contactId: number;
	smsNumber: string | null;
	whatsAppNumber: string | null;
	groupId: number | null;
	source: MembershipTable['source'] | null;
}

/** Every contact of a person and every group of each: one row a membership, one without group for a contact in none. */
export async function membershipsOfPerson(
	db: Database,
	{ phone, whatsAppUserId }: PersonKey,
): Promise<ContactMembership[]> {
	const phones = phone === null ? [] : [phone];
	return await db
		.selectFrom('contact as c')
		.leftJoin('membership as m', 'm.contact_id', 'c.id')
		.select([
			'c.id as contactId',
			'c.sms_number as smsNumber',
			'c.whatsapp_number as whatsAppNumber',
			'm.group_id as groupId',
			'm.source as source',
		])
		.where((where) =>
			where.or([
				...phones.flatMap((each) => [where('c.sms_number', '=', each), where('c.whatsapp_number', '=', each)]),
				...(whatsAppUserId === null ? [] : [where('c.whatsapp_user_id', '=', whatsAppUserId)]),
			]),
		)
		.orderBy('c.id')
		.execute();
}

/** Whoever put a contact into a group first stays its source. A group that is gone is passed over. False when nothing changed. */
export async function insertMembership(
	db: Database,
	{
		groupId,
		contactId,
		source,
		now,
	}: { groupId: number; contactId: number; source: MembershipTable['source']; now: number },
): Promise<boolean> {
	const { numInsertedOrUpdatedRows = 0n } = await db
		.insertInto('membership')
		.columns(['group_id', 'contact_id', 'source', 'created_at'])
		.expression((select) =>
			select
				.selectFrom('contact_group')
				.select([
					'id as group_id',
					sql<number>`cast(${contactId} as bigint)`.as('contact_id'),
					sql<MembershipTable['source']>`cast(${source} as text)`.as('source'),
					sql<number>`cast(${now} as bigint)`.as('created_at'),
				])
				.where('id', '=', groupId),
		)
		.onConflict((conflict) => conflict.doNothing())
		.executeTakeFirst();
	return numInsertedOrUpdatedRows > 0n;
}

/**
 * Puts a contact into another's groups, but for those the person left. What the operator put either of them into counts as the operator's.
 * @returns shortcodes of the groups that are new to it, and of those it is in no longer or does not come into.
 */
export async function adoptMemberships(
	db: Database,
	{ fromId, toId, leftGroupIds, now }: { fromId: number; toId: number; leftGroupIds: readonly number[]; now: number },
): Promise<{ added: string[]; refused: string[] }> {
	const rows = await db
		.selectFrom('membership as m')
		.innerJoin('contact_group as g', 'g.id', 'm.group_id')
		.select(['m.group_id as groupId', 'm.contact_id as contactId', 'm.source as source', 'g.shortcode as shortcode'])
		.where('m.contact_id', 'in', [fromId, toId])
		.orderBy('g.id')
		.execute();
	const result = { added: [] as string[], refused: [] as string[] };
	for (const groupId of new Set(rows.map((row) => row.groupId))) {
		const both = rows.filter((row) => row.groupId === groupId);
		const shortcode = both[0]?.shortcode ?? '';
		if (leftGroupIds.includes(groupId)) {
			result.refused.push(shortcode);
			await deleteMemberships(db, { contactIds: [toId], groupIds: [groupId], source: null });
			continue;
		}
		const source = both.some((row) => row.source === 'operator') ? 'operator' : 'person';
		const own = both.find(({ contactId }) => contactId === toId);
		if (!own) result.added.push(shortcode);
		if (own && own.source !== source)
			await deleteMemberships(db, { contactIds: [toId], groupIds: [groupId], source: null });
		await insertMembership(db, { groupId, contactId: toId, source, now });
	}
	return result;
}

/** @param source only memberships made by them; null: whoever made them. */
export async function deleteMemberships(
	db: Database,
	{
		contactIds,
		groupIds,
		source,
	}: { contactIds: readonly number[]; groupIds: readonly number[] | null; source: MembershipTable['source'] | null },
): Promise<number> {
	if (contactIds.length === 0 || groupIds?.length === 0) return 0;
	let query = db.deleteFrom('membership').where('contact_id', 'in', contactIds);
	if (groupIds !== null) query = query.where('group_id', 'in', groupIds);
	if (source !== null) query = query.where('source', '=', source);
	const { numDeletedRows } = await query.executeTakeFirst();
	return Number(numDeletedRows);
}
