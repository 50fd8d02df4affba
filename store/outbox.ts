import { sql } from 'kysely';

import type { Channel, Purpose } from '../domain/channel';
import type { MessageState } from '../domain/messageState';
import { changeMessages } from './messageChanges';
import { forUpdateSkipLocked } from './database/dialect';
import { isOneOf, listOf } from './database/rows';
import { identitiesById } from './identities';
import type { Database } from './schema';

/** A message about to be sent. */
export interface OutboxMessage {
	id: number;
	campaignId: number | null;
	groupId: number;
	channel: Channel;
	purpose: Purpose;
	identityId: number | null;
	recipient: string | null;
	whatsAppUserId: string | null;
	/** JSON; null: the campaign's content with `fields`. */
	content: string | null;
	/** JSON; null: nothing to fill in. */
	fields: string | null;
	replyToEventId: number | null;
}

/** A running campaign, as far as sending its messages needs it. */
export interface CampaignToSend {
	id: number;
	content: string;
	/** For an SMS that stands in for WhatsApp. */
	insteadOfSenderId: number | null;
}

/** Campaigns that have something to send now from a sender, oldest first. */
export async function campaignsToSend(db: Database, senderId: number, now: number): Promise<CampaignToSend[]> {
	const campaigns = await db
		.selectFrom('campaign')
		.select(['id', 'content', 'channels', 'whatsapp_sender_id as whatsAppSenderId'])
		.where('state', '=', 'running')
		.where('starts_at', '<=', now)
		.where((where) => where.or([where('whatsapp_sender_id', '=', senderId), where('sms_sender_id', '=', senderId)]))
		.orderBy('id')
		.execute();
	return campaigns.map(({ id, content, channels, whatsAppSenderId }) => ({
		id,
		content,
		insteadOfSenderId: channels === 'whatsappElseSms' ? whatsAppSenderId : null,
	}));
}

/**
 * Leases messages of one campaign to one delivery, so that two deliveries do not reach for the same. A lease permits
 * nothing: consent is looked at when a message is marked.
 */
export async function leaseMessages(
	db: Database,
	{
		campaignId,
		senderId,
		owner,
		limit,
		now,
		leaseUntil,
	}: { campaignId: number; senderId: number; owner: string; limit: number; now: number; leaseUntil: number },
): Promise<OutboxMessage[]> {
	const messages = await forUpdateSkipLocked(
		db,
		db
			.selectFrom('message')
			.select([
				'id',
				'campaign_id as campaignId',
				'group_id as groupId',
				'channel',
				'purpose',
				'identity_id as identityId',
				'recipient',
				'content',
				'fields',
				'reply_to_event_id as replyToEventId',
			])
			.where('campaign_id', '=', campaignId)
			.where('state', '=', sql.lit('queued'))
			.where('sender_id', '=', senderId)
			.where('due_at', '<=', now)
			.where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<=', now)]))
			.orderBy('id')
			.limit(limit),
	).execute();
	if (messages.length > 0) {
		await db
			.updateTable('message')
			.set({ lease_owner: owner, lease_until: leaseUntil })
			.where(
				'id',
				'in',
				listOf(
					db,
					messages.map(({ id }) => id),
				),
			)
			.execute();
	}
	const withoutNumber = messages.flatMap(({ recipient, identityId }) =>
		recipient === null && identityId !== null ? [identityId] : [],
	);
	const identities = withoutNumber.length === 0 ? [] : await identitiesById(db, withoutNumber);
	const userIds = new Map(identities.map(({ id, whatsAppUserId }) => [id, whatsAppUserId]));
	return messages.map((message) => ({
		...message,
		whatsAppUserId: message.recipient === null ? (userIds.get(message.identityId ?? 0) ?? null) : null,
	}));
}

/** A message of a campaign that was sent, is on its way, or may have been sent. */
export interface GivenMessage {
	campaignId: number;
	channel: Channel;
	identityId: number | null;
	recipient: string | null;
}

/** What these people were given by these campaigns, at their WhatsApp user ids or at these numbers (E.164). */
export async function givenInCampaigns(
	db: Database,
	campaignIds: readonly number[],
	{ identityIds, phones }: { identityIds: readonly number[]; phones: readonly string[] },
): Promise<GivenMessage[]> {
	const ofCampaigns = db
		.selectFrom('message')
		.select(['campaign_id as campaignId', 'channel', 'identity_id as identityId', 'recipient', 'state'])
		.where('campaign_id', 'in', [...campaignIds])
		.where('campaign_id', 'is not', null)
		.$narrowType<{ campaignId: number }>();
	// The states are looked at here: asked for in SQL, they would lead SQLite to read the whole campaign.
	const toUserIds = await ofCampaigns
		.where((where) => isOneOf(db, where.ref('identity_id'), identityIds))
		.where('identity_id', 'is not', null)
		.where('recipient', 'is', null)
		.execute();
	const toNumbers =
		phones.length === 0
			? []
			: await ofCampaigns
					.where('channel', 'in', ['sms', 'whatsapp'])
					.where((where) => isOneOf(db, where.ref('recipient'), phones))
					.where('recipient', 'is not', null)
					.where('state', '<>', sql.lit('skipped'))
					.execute();
	return [...toUserIds, ...toNumbers].filter(({ state }) => MAY_HAVE_ARRIVED.has(state));
}

const MAY_HAVE_ARRIVED: ReadonlySet<MessageState> = new Set([
	'sending',
	'accepted',
	'sent',
	'delivered',
	'read',
	'unknown',
]);

/** Gives back what was leased and not marked. */
export async function releaseLeases(db: Database, owner: string, ids: readonly number[]): Promise<void> {
	if (ids.length === 0) return;
	await db
		.updateTable('message')
		.set({ lease_owner: null, lease_until: null })
		.where('id', 'in', listOf(db, ids))
		.where('lease_owner', '=', owner)
		.where('state', '=', 'queued')
		.execute();
}

/** Whether a sender has a message to send now. */
export async function hasSomethingToSend(db: Database, senderId: number, now: number): Promise<boolean> {
	const campaigns = await campaignsToSend(db, senderId, now);
	for (const { id } of campaigns) {
		const message = await db
			.selectFrom('message')
			.select('id')
			.where('campaign_id', '=', id)
			.where('state', '=', sql.lit('queued'))
			.where('sender_id', '=', senderId)
			.where('due_at', '<=', now)
			.where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<=', now)]))
			.limit(1)
			.executeTakeFirst();
		if (message) return true;
	}
	return false;
}

/** How many messages of running campaigns a sender has still to send. */
export async function countLeft(db: Database, senderId: number): Promise<number> {
	const row = await db
		.selectFrom('campaign')
		.innerJoin('message', 'message.campaign_id', 'campaign.id')
		.where('campaign.state', '=', 'running')
		.where('message.state', '=', sql.lit('queued'))
		.where('message.sender_id', '=', senderId)
		.select(({ fn }) => fn.countAll<number>().as('total'))
		.executeTakeFirstOrThrow();
	return Number(row.total);
}

/** Whether a message was marked as sending before this time and is so still: asked each second, so it must not write. */
export async function hasInterrupted(db: Database, markedBefore: number): Promise<boolean> {
	const stale = await db
		.selectFrom('message')
		.select('id')
		.where('state', '=', sql.lit('sending'))
		.where('marked_at', '<', markedBefore)
		.limit(1)
		.executeTakeFirst();
	return stale !== undefined;
}

/**
 * Messages whose sender never told what became of them (the process was killed, or its store went away) are unknown from
 * now on: they are not sent again unless the operator says so.
 * @returns how many.
 */
export async function giveUpOn(db: Database, markedBefore: number, limit: number, now: number): Promise<number> {
	const stale = await db
		.selectFrom('message')
		.select('id')
		.where('state', '=', sql.lit('sending'))
		.where('marked_at', '<', markedBefore)
		.orderBy('marked_at')
		.limit(limit)
		.execute();
	const changed = await changeMessages(
		db,
		stale.map(({ id }) => id),
		now,
		({ state, markedAt }) =>
			state === 'sending' && (markedAt ?? 0) < markedBefore
				? { state: 'unknown', error: 'interrupted', reasonText: INTERRUPTED, leaseOwner: null, leaseUntil: null }
				: null,
	);
	return changed.length;
}

const INTERRUPTED =
	'Sending was interrupted between the request and its answer: the message may have been sent. It is not sent again by itself.';

/** Messages on their own that are queued, and whose sender's lease ended before this time. */
function forgotten(db: Database, leasedBefore: number) {
	return db
		.selectFrom('message')
		.select('id')
		.where('campaign_id', 'is', null)
		.where('state', '=', sql.lit('queued'))
		.where('lease_until', '<', leasedBefore);
}

/** Asked again and again, so it must not write. */
export async function hasForgotten(db: Database, leasedBefore: number): Promise<boolean> {
	return (await forgotten(db, leasedBefore).limit(1).executeTakeFirst()) !== undefined;
}

/** They failed, from now on. @returns how many. */
export async function giveUpForgotten(db: Database, leasedBefore: number, limit: number, now: number): Promise<number> {
	const ids = (await forgotten(db, leasedBefore).orderBy('id').limit(limit).execute()).map(({ id }) => id);
	const changed = await changeMessages(db, ids, now, ({ state, leaseUntil }) =>
		state === 'queued' && leaseUntil !== null && leaseUntil < leasedBefore
			? { state: 'failed', error: 'interrupted', reasonText: NEVER_SENT, leaseOwner: null, leaseUntil: null }
			: null,
	);
	return changed.length;
}

const NEVER_SENT =
	'The execution that was to send it ended before it did, and none did so within a day. It was not sent. Send it again if it still matters.';
