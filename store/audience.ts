import { sql } from 'kysely';

import type { Audience } from '../domain/audience';
import { listOf } from './database/rows';
import type { Database } from './schema';

/** A contact as planning needs it. */
export interface AudienceContact {
	id: number;
	name: string | null;
	smsNumber: string | null;
	whatsAppNumber: string | null;
	/** JSON object of custom fields. */
	fields: string;
	language: string | null;
}

const COLUMNS = [
	'id',
	'name',
	'sms_number as smsNumber',
	'whatsapp_number as whatsAppNumber',
	'fields',
	'language',
] as const;

/** The next contacts of the joined groups without the excluded ones, by id. */
export async function nextContacts(
	db: Database,
	{ groupIds, excludedGroupIds }: Audience,
	{ after, limit }: { after: number; limit: number },
): Promise<AudienceContact[]> {
	if (groupIds.length === 0) return [];
	return await db
		.selectFrom('contact')
		.select(COLUMNS)
		.where('id', '>', after)
		.where((where) =>
			where.exists(
				where
					.selectFrom('membership')
					.select('contact_id')
					.whereRef('contact_id', '=', 'contact.id')
					.where('group_id', 'in', groupIds),
			),
		)
		.$if(excludedGroupIds.length > 0, (query) =>
			query.where((where) =>
				where.not(
					where.exists(
						where
							.selectFrom('membership')
							.select('contact_id')
							.whereRef('contact_id', '=', 'contact.id')
							.where('group_id', 'in', excludedGroupIds),
					),
				),
			),
		)
		.orderBy('id')
		.limit(limit)
		.execute();
}

/** The contacts these numbers belong to. */
export async function contactsWithNumbers(db: Database, phones: readonly string[]): Promise<AudienceContact[]> {
	const contacts = db.selectFrom('contact').select(COLUMNS);
	return await contacts
		.where('sms_number', 'in', listOf(db, phones))
		.union(contacts.where('whatsapp_number', 'in', listOf(db, phones)))
		.execute();
}

/** Of each contact: which of these groups it is in. */
export async function groupsOfContacts(
	db: Database,
	contactIds: readonly number[],
	groupIds: readonly number[],
): Promise<Map<number, number[]>> {
	const groups = new Map<number, number[]>();
	if (groupIds.length === 0 || contactIds.length === 0) return groups;
	const rows = await db
		.selectFrom('membership')
		.select(['contact_id as contactId', 'group_id as groupId'])
		.where('contact_id', 'in', listOf(db, contactIds))
		.where('group_id', 'in', [...groupIds])
		.execute();
	for (const { contactId, groupId } of rows) groups.set(contactId, [...(groups.get(contactId) ?? []), groupId]);
	return groups;
}

/** Which of these numbers have a message of the campaign already, by channel: `<channel> <number>`. */
export async function numbersPlanned(db: Database, campaignId: number, phones: readonly string[]): Promise<string[]> {
	const rows = await db
		.selectFrom('message')
		.select(['channel', 'recipient'])
		.where('campaign_id', '=', campaignId)
		.where('channel', 'in', ['sms', 'whatsapp'])
		.where('recipient', 'in', listOf(db, phones))
		.where('recipient', 'is not', null)
		.where('state', '<>', sql.lit('skipped'))
		.execute();
	return rows.map(({ channel, recipient }) => `${channel} ${recipient}`);
}
