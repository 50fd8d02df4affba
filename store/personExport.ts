import { listOf } from './database/rows';
import type { Database } from './schema';

/** Everything about a person that is few; pages of the rest are below. Column names are what people read in the export. */
export async function readPerson(
	db: Database,
	{ identityIds, contactIds }: { identityIds: readonly number[]; contactIds: readonly number[] },
) {
	const identities = listOf(db, identityIds);
	return {
		identities: await db
			.selectFrom('identity')
			.select(['id', 'phone', 'whatsapp_user_id as whatsAppUserId', 'created_at as createdAt'])
			.where('id', 'in', identities)
			.orderBy('id')
			.execute(),
		registrations: await db
			.selectFrom('registration as r')
			.innerJoin('sender as s', 's.id', 'r.sender_id')
			.select([
				's.phone as senderPhone',
				's.name as senderName',
				'r.state',
				'r.since',
				'r.ended_by as endedBy',
				'r.last_inbound_at as lastInboundAt',
			])
			.where('r.identity_id', 'in', identities)
			.orderBy('r.sender_id')
			.execute(),
		words: await db
			.selectFrom('consent_word')
			.select(['scope', 'direction', 'effective_at as effectiveAt', 'source'])
			.where('identity_id', 'in', identities)
			.orderBy('scope')
			.execute(),
		contacts: await db
			.selectFrom('contact')
			.selectAll()
			.where('id', 'in', listOf(db, contactIds))
			.orderBy('id')
			.execute(),
		memberships: await db
			.selectFrom('membership as m')
			.innerJoin('contact_group as g', 'g.id', 'm.group_id')
			.select(['m.contact_id as contactId', 'g.name', 'g.shortcode', 'm.source', 'm.created_at as createdAt'])
			.where('m.contact_id', 'in', listOf(db, contactIds))
			.orderBy('g.id')
			.execute(),
		invitations: await db
			.selectFrom('invitation as i')
			.innerJoin('sender as s', 's.id', 'i.sender_id')
			.selectAll('i')
			.select('s.phone as senderPhone')
			.where('i.identity_id', 'in', identities)
			.orderBy('i.id')
			.execute(),
	};
}

/** Events of one identity in the order in which they count, a page after a row. */
export async function eventsOfIdentity(
	db: Database,
	identityId: number,
	after: { effectiveAt: number; id: number },
	limit: number,
) {
	return await db
		.selectFrom('event as e')
		.leftJoin('sender as s', 's.id', 'e.sender_id')
		.select([
			'e.id',
			'e.kind',
			'e.channel',
			'e.provider',
			'e.provider_event_id as providerEventId',
			's.phone as senderPhone',
			'e.effective_at as effectiveAt',
			'e.received_at as receivedAt',
			'e.text',
			'e.details',
			'e.applied',
			'e.outcome',
		])
		.where('e.identity_id', '=', identityId)
		.where((where) =>
			where.or([
				where('e.effective_at', '>', after.effectiveAt),
				where.and([where('e.effective_at', '=', after.effectiveAt), where('e.id', '>', after.id)]),
			]),
		)
		.orderBy('e.effective_at')
		.orderBy('e.id')
		.limit(limit)
		.execute();
}

export async function messagesById(db: Database, ids: readonly number[]) {
	return await db
		.selectFrom('message as m')
		.leftJoin('sender as s', 's.id', 'm.sender_id')
		.leftJoin('campaign as c', 'c.id', 'm.campaign_id')
		.select([
			'm.id',
			'm.channel',
			'm.purpose',
			'm.recipient',
			'm.state',
			'm.reason',
			'm.reason_text as reasonText',
			'm.content',
			'm.fields',
			'm.created_at as createdAt',
			'm.state_at as stateAt',
			'm.provider_message_id as providerMessageId',
			's.phone as senderPhone',
			'c.name as campaign',
			'c.content as campaignContent',
		])
		.where('m.id', 'in', listOf(db, ids))
		.orderBy('m.id')
		.execute();
}

/** Reports of providers, which belong to no identity. */
export async function statusEvents(db: Database, ids: readonly number[]) {
	return await db
		.selectFrom('event')
		.select(['id', 'kind', 'channel', 'effective_at as effectiveAt', 'details'])
		.where('id', 'in', listOf(db, ids))
		.orderBy('id')
		.execute();
}
