import type { Channel, Purpose } from '../domain/channel';
import type { ProviderName } from '../domain/provider';
import type { MessageState } from '../domain/messageState';
import { keyedHash } from './database/keyedHash';
import { changeMessages } from './messageChanges';
import type { OutboxMessage } from './outbox';
import { IS_OPEN } from './database/partialIndexes';
import { isOneOf, listOf } from './database/rows';
import type { Database } from './schema';

export interface Withdrawal {
	identityId: number;
	/** The person's phone numbers, E.164. */
	phones: readonly string[];
	/** Contacts of the person. */
	contactIds: readonly number[];
	channels?: readonly Channel[];
	purposes?: readonly Purpose[];
	/** Only messages planned for this audience group (STOP x). */
	groupId?: number;
	/** Only messages of this sender. */
	senderId?: number;
	reason: 'opted out' | 'number changed';
	now: number;
}

/**
 * Takes back what is queued for a person, in the transaction of their opt-out.
 * @returns how many messages.
 */
export async function withdrawQueued(db: Database, withdrawal: Withdrawal): Promise<number> {
	const { channels, purposes, groupId, senderId } = withdrawal;
	let query = openMessagesOf(db, [withdrawal.identityId], withdrawal.phones, withdrawal.contactIds).where(
		'state',
		'=',
		'queued',
	);
	if (channels) query = query.where('channel', 'in', [...channels]);
	if (purposes) query = query.where('purpose', 'in', [...purposes]);
	if (groupId !== undefined) query = query.where('group_id', '=', groupId);
	if (senderId !== undefined) query = query.where('sender_id', '=', senderId);
	const ids = (await query.execute()).map(({ id }) => id);
	const withdrawn = await changeMessages(db, ids, withdrawal.now, ({ state }) =>
		state === 'queued' ? { state: 'skipped', error: withdrawal.reason, leaseOwner: null, leaseUntil: null } : null,
	);
	return withdrawn.length;
}

/** What was sent, and is to be sent, to a contact that is part of another now. */
export async function adoptContactMessages(db: Database, fromContactId: number, toContactId: number): Promise<void> {
	await db.updateTable('message').set({ contact_id: toContactId }).where('contact_id', '=', fromContactId).execute();
}

/** A message on its way to a provider. */
export interface Mark {
	id: number;
	markedAt: number | null;
	/** Its request starts within this long of the look at consent, ms, or not at all. */
	startsWithinMs: number;
}

/** The messages to these people, on any number of theirs, that are on their way to a provider. */
export async function marksOf(db: Database, identityIds: readonly number[]): Promise<Mark[]> {
	const identities = await db
		.selectFrom('identity')
		.select(['phone', 'whatsapp_user_id as whatsAppUserId'])
		.where('id', 'in', listOf(db, identityIds))
		.execute();
	const phones = identities.flatMap(({ phone }) => (phone === null ? [] : [phone]));
	const userIds = identities.flatMap(({ whatsAppUserId }) => (whatsAppUserId === null ? [] : [whatsAppUserId]));
	const contacts = await db
		.selectFrom('contact')
		.select('id')
		.where((where) =>
			where.or([
				isOneOf(db, where.ref('sms_number'), phones),
				isOneOf(db, where.ref('whatsapp_number'), phones),
				isOneOf(db, where.ref('whatsapp_user_id'), userIds),
			]),
		)
		.execute();
	const contactIds = contacts.map(({ id }) => id);
	const open = await openMessagesOf(db, identityIds, phones, contactIds)
		.where('state', '=', 'sending')
		.select(['marked_at as markedAt', 'lease_until as leaseUntil'])
		.execute();
	return open.map(({ id, markedAt, leaseUntil }) => ({
		id,
		markedAt,
		startsWithinMs: leaseUntil === null || markedAt === null ? 0 : leaseUntil - markedAt,
	}));
}

/** Whether one of these marks still stands: neither answered nor taken back. */
export async function areInFlight(db: Database, marks: readonly Mark[]): Promise<boolean> {
	const rows = await db
		.selectFrom('message')
		.select(['id', 'marked_at as markedAt'])
		.where(
			'id',
			'in',
			listOf(
				db,
				marks.map(({ id }) => id),
			),
		)
		.where('state', '=', 'sending')
		.execute();
	return rows.some((row) => marks.some(({ id, markedAt }) => id === row.id && markedAt === row.markedAt));
}

/** Three short look-ups in the partial indexes of open messages, instead of one condition that no index serves. */
function openMessagesOf(
	db: Database,
	identityIds: readonly number[],
	phones: readonly string[],
	contactIds: readonly number[],
) {
	const open = db.selectFrom('message').where(IS_OPEN);
	const ids = open
		.select('id')
		.where('identity_id', 'in', listOf(db, identityIds))
		.union(open.select('id').where('recipient', 'in', listOf(db, phones)))
		.union(open.select('id').where('contact_id', 'in', listOf(db, contactIds)));
	return db.selectFrom('message').select('id').where('id', 'in', ids);
}

/** What Send and Reply tell of a message. */
export interface MessageView {
	id: number;
	state: MessageState;
	reason: string | null;
	reasonText: string | null;
	recipient: string | null;
	whatsAppUserId: string | null;
	channel: Channel;
	senderPhone: string;
	provider: ProviderName;
	providerMessageId: string | null;
}

export async function messageById(db: Database, id: number): Promise<MessageView | undefined> {
	return await viewsOf(db).where('message.id', '=', id).executeTakeFirst();
}

export async function messageByKey(db: Database, idempotencyKey: string): Promise<MessageView | undefined> {
	// The key of a message to somebody erased is kept as a hash: it still sends nothing a second time.
	return await viewsOf(db)
		.where('message.idempotency_key', 'in', [idempotencyKey, erasedKey(db, idempotencyKey)])
		.executeTakeFirst();
}

export function erasedKey(db: Database, idempotencyKey: string): string {
	return `erased ${keyedHash(db, 'idempotency key', idempotencyKey)}`;
}

function viewsOf(db: Database) {
	return db
		.selectFrom('message')
		.innerJoin('sender', 'sender.id', 'message.sender_id')
		.leftJoin('identity', 'identity.id', 'message.identity_id')
		.select([
			'message.id',
			'message.state',
			'message.reason',
			'message.reason_text as reasonText',
			'message.recipient',
			'identity.whatsapp_user_id as whatsAppUserId',
			'message.channel',
			'sender.phone as senderPhone',
			'sender.provider',
			'message.provider_message_id as providerMessageId',
		]);
}

export interface NewSingle {
	senderId: number;
	channel: Channel;
	purpose: Purpose;
	identityId: number | null;
	phone: string | null;
	/** JSON. */
	content: string;
	/** Set: left out. */
	reason: string | null;
	reasonText: string | null;
	idempotencyKey: string;
	replyToEventId: number | null;
	/** Who may send it. */
	owner: string | null;
	leaseUntil: number;
	now: number;
}

/** @returns its id; undefined when its idempotency key, or the Reply to the same event, is there already. */
export async function insertSingle(db: Database, single: NewSingle): Promise<number | undefined> {
	const row = await db
		.insertInto('message')
		.values({
			campaign_id: null,
			group_id: 0,
			sender_id: single.senderId,
			channel: single.channel,
			purpose: single.purpose,
			identity_id: single.identityId,
			contact_id: null,
			recipient: single.phone,
			content: single.content,
			fields: null,
			state: single.owner === null ? 'skipped' : 'queued',
			reason: single.reason,
			reason_text: single.reasonText,
			idempotency_key: single.idempotencyKey,
			reply_to_event_id: single.replyToEventId,
			due_at: single.now,
			lease_owner: single.owner,
			lease_until: single.owner === null ? null : single.leaseUntil,
			created_at: single.now,
			state_at: single.now,
		})
		.onConflict((conflict) => conflict.doNothing())
		.returning('id')
		.executeTakeFirst();
	return row?.id;
}

/** Takes over a queued message whose call was killed. @returns false when somebody else has it. */
export async function claimMessage(
	db: Database,
	id: number,
	owner: string,
	now: number,
	leaseUntil: number,
): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('message')
		.set({ lease_owner: owner, lease_until: leaseUntil })
		.where('id', '=', id)
		.where('state', '=', 'queued')
		.where('lease_until', '<=', now)
		.executeTakeFirst();
	return numUpdatedRows > 0n;
}

export async function singleToSend(
	db: Database,
	id: number,
): Promise<(OutboxMessage & { senderId: number; provider: ProviderName }) | undefined> {
	return await db
		.selectFrom('message')
		.innerJoin('sender', 'sender.id', 'message.sender_id')
		.leftJoin('identity', 'identity.id', 'message.identity_id')
		.select([
			'message.id',
			'message.campaign_id as campaignId',
			'message.group_id as groupId',
			'message.sender_id as senderId',
			'message.channel',
			'message.purpose',
			'message.identity_id as identityId',
			'message.recipient',
			'identity.whatsapp_user_id as whatsAppUserId',
			'message.content',
			'message.fields',
			'message.reply_to_event_id as replyToEventId',
			'sender.provider',
		])
		.where('message.id', '=', id)
		.executeTakeFirst();
}
