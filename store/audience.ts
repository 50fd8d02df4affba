import { sql } from 'kysely';

import type { Audience } from '../domain/audience';
import { IS_OPEN } from './database/partialIndexes';
import { listOf } from './database/rows';
import type { Database } from './schema';

/** A contact as planning needs it. */
export interface AudienceContact {
	id: number;
	name: string | null;
	smsNumber: string | null;
	whatsAppNumber: string | null;
	whatsAppUserId: string | null;
	/** JSON object of custom fields. */
	fields: string;
	language: string | null;
}

const COLUMNS = [
	'id',
	'name',
	'sms_number as smsNumber',
	'whatsapp_number as whatsAppNumber',
	'whatsapp_user_id as whatsAppUserId',
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

/** Who has a message of the campaign already: `<channel> <number>`, and `<channel> #<identity>` of those written to by WhatsApp user id. */
export async function peoplePlanned(
	db: Database,
	campaignId: number,
	{ phones, identityIds }: { phones: readonly string[]; identityIds: readonly number[] },
): Promise<string[]> {
	const planned = db
		.selectFrom('message')
		.where('campaign_id', '=', campaignId)
		.where('channel', 'in', ['sms', 'whatsapp'])
		.where('state', '<>', sql.lit('skipped'));
	const byNumber = await planned
		.select(['channel', 'recipient'])
		.where('recipient', 'in', listOf(db, phones))
		.where('recipient', 'is not', null)
		.execute();
	// What is planned is open until the whole is planned, so an index leads there.
	const byIdentity = await planned
		.select(['channel', 'identity_id as identityId'])
		.where(IS_OPEN)
		.where('identity_id', 'in', listOf(db, identityIds))
		.where('recipient', 'is', null)
		.execute();
	return [
		...byNumber.map(({ channel, recipient }) => `${channel} ${recipient}`),
		...byIdentity.map(({ channel, identityId }) => `${channel} #${identityId}`),
	];
}
