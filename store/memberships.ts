import { sql } from 'kysely';

import type { Database, MembershipTable } from './schema';

/** A contact of a person with the groups it is in. */
export interface ContactMembership {
	contactId: number;
	smsNumber: string | null;
	whatsAppNumber: string | null;
	groupId: number | null;
	source: MembershipTable['source'] | null;
}

/** Every contact with this number and every group of each: one row a membership, one without group for a contact in none. */
export async function membershipsOfNumber(db: Database, phone: string): Promise<ContactMembership[]> {
	return await db
		.selectFrom('contact as c')
		.leftJoin('membership as m', 'm.contact_id', 'c.id')
		.select(['c.id as contactId', 'c.sms_number as smsNumber', 'c.whatsapp_number as whatsAppNumber', 'm.group_id as groupId', 'm.source as source'])
		.where((where) => where.or([where('c.sms_number', '=', phone), where('c.whatsapp_number', '=', phone)]))
		.orderBy('c.id')
		.execute();
}

/** Whoever put a contact into a group first stays its source. A group that is gone is passed over. False when nothing changed. */
export async function insertMembership(
	db: Database,
	{ groupId, contactId, source, now }: { groupId: number; contactId: number; source: MembershipTable['source']; now: number },
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

/** @param source only memberships made by them; null: whoever made them. */
export async function deleteMemberships(
	db: Database,
	{ contactIds, groupIds, source }: { contactIds: readonly number[]; groupIds: readonly number[] | null; source: MembershipTable['source'] | null },
): Promise<number> {
	if (contactIds.length === 0 || groupIds?.length === 0) return 0;
	let query = db.deleteFrom('membership').where('contact_id', 'in', contactIds);
	if (groupIds !== null) query = query.where('group_id', 'in', groupIds);
	if (source !== null) query = query.where('source', '=', source);
	const { numDeletedRows } = await query.executeTakeFirst();
	return Number(numDeletedRows);
}
