import { sql } from 'kysely';

import type { Channel, Purpose } from '../domain/channel';
import { countsOfChange, type MessageState, type MessageStep } from '../domain/messageState';
import { addCounts, type Count } from './counters';
import { forUpdate, jsonText } from './database/dialect';
import { ERASED_PROVIDER_ID } from './personData';
import { listOf, numberCell, rowsOf, textCell } from './database/rows';
import type { CampaignState, Database } from './schema';

/** A message as it lies in the store, locked until the transaction ends. */
export interface StoredMessage extends MessageStep {
	id: number;
	campaignId: number | null;
	campaignState: CampaignState | null;
	groupId: number;
	senderId: number;
	purpose: Purpose;
	identityId: number | null;
	contactId: number | null;
	recipient: string | null;
	reasonText: string | null;
	providerMessageId: string | null;
	/** Name of the template, for the counters. */
	template: string | null;
	attempts: number;
	dueAt: number;
	leaseOwner: string | null;
	leaseUntil: number | null;
	markedAt: number | null;
	stateAt: number;
}

export type MessageChange = Partial<
	Pick<
		StoredMessage,
		| 'state'
		| 'deliveredAs'
		| 'error'
		| 'reasonText'
		| 'providerMessageId'
		| 'attempts'
		| 'dueAt'
		| 'leaseOwner'
		| 'leaseUntil'
		| 'markedAt'
	>
>;

/**
 * The one way a message's state changes: locks the messages in the order of their ids, asks `change` about each
 * (null: leave it as it is), writes them in one statement and keeps the counters.
 * @returns the messages that changed, as they are now.
 */
export async function changeMessages(
	db: Database,
	ids: readonly number[],
	now: number,
	change: (message: StoredMessage) => MessageChange | null,
): Promise<StoredMessage[]> {
	if (ids.length === 0) return [];
	const changed: StoredMessage[] = [];
	const counts: Count[] = [];
	for (const before of await underTheirCampaigns(db, await lockMessages(db, ids))) {
		const wanted = change(before);
		if (!wanted) continue;
		const isErased = before.providerMessageId === ERASED_PROVIDER_ID;
		const providerMessageId = isErased ? ERASED_PROVIDER_ID : (wanted.providerMessageId ?? before.providerMessageId);
		const after: StoredMessage = { ...before, ...wanted, providerMessageId, taken: providerMessageId !== null };
		if (after.state !== before.state) after.stateAt = now;
		changed.push(after);
		// What is left out while its campaign is being planned is counted when the whole is planned.
		if (before.campaignState !== 'planning' || after.state !== 'skipped') counts.push(...countsFor(before, after, now));
	}
	await writeMessages(db, changed);
	await addCounts(db, counts);
	return changed;
}

async function lockMessages(db: Database, ids: readonly number[]): Promise<StoredMessage[]> {
	const rows = await forUpdate(
		db,
		db
			.selectFrom('message')
			.where('id', 'in', listOf(db, ids))
			.orderBy('id')
			.select([
				'id',
				'campaign_id as campaignId',
				'group_id as groupId',
				'sender_id as senderId',
				'channel',
				'purpose',
				'identity_id as identityId',
				'contact_id as contactId',
				'recipient',
				'state',
				'reason as error',
				'reason_text as reasonText',
				'provider_message_id as providerMessageId',
				'delivered_as as deliveredAs',
				'attempts',
				'due_at as dueAt',
				'lease_owner as leaseOwner',
				'lease_until as leaseUntil',
				'marked_at as markedAt',
				'state_at as stateAt',
				sql<CampaignState | null>`(select c.state from campaign c where c.id = message.campaign_id)`.as(
					'campaignState',
				),
				sql<
					string | null
				>`coalesce(${jsonText(db, 'message.content', 'name')}, (select ${jsonText(db, 'c.content', 'name')} from campaign c where c.id = message.campaign_id))`.as(
					'template',
				),
			]),
	).execute();
	return rows.map((row) => ({ ...row, taken: row.providerMessageId !== null }));
}

/** The same with the states of their campaigns, held: one that is being planned does not become whole in between. */
async function underTheirCampaigns(db: Database, messages: StoredMessage[]): Promise<StoredMessage[]> {
	const planned = messages.flatMap(({ campaignId, campaignState }) =>
		campaignId !== null && campaignState === 'planning' ? [campaignId] : [],
	);
	if (planned.length === 0) return messages;
	const campaigns = await forUpdate(
		db,
		db
			.selectFrom('campaign')
			.select(['id', 'state'])
			.where('id', 'in', listOf(db, [...new Set(planned)]))
			.orderBy('id'),
	).execute();
	const states = new Map(campaigns.map(({ id, state }) => [id, state]));
	return messages.map((message) => ({
		...message,
		campaignState: states.get(message.campaignId ?? 0) ?? message.campaignState,
	}));
}

function countsFor(before: StoredMessage, after: StoredMessage, now: number): Count[] {
	return countsOfChange(before, after).map((step) => ({
		at: step.time === 'request' ? (after.markedAt ?? now) : step.time === 'before' ? before.stateAt : now,
		senderId: after.senderId,
		channel: step.channel,
		what: step.what,
		campaignId: after.campaignId,
		groupId: after.groupId,
		template: after.template,
		error: step.error,
		total: step.delta,
	}));
}

async function writeMessages(db: Database, messages: readonly StoredMessage[]): Promise<void> {
	if (messages.length === 0) return;
	const rows = messages.map((message) => [
		message.id,
		message.state,
		message.error,
		message.reasonText,
		message.providerMessageId,
		message.deliveredAs,
		message.attempts,
		message.dueAt,
		message.leaseOwner,
		message.leaseUntil,
		message.markedAt,
		message.stateAt,
	]);
	await sql`update message set
			state = ${textCell(1)}, reason = ${textCell(2)}, reason_text = ${textCell(3)}, provider_message_id = ${textCell(4)},
			delivered_as = ${textCell(5)}, attempts = ${numberCell(6)}, due_at = ${numberCell(7)}, lease_owner = ${textCell(8)},
			lease_until = ${numberCell(9)}, marked_at = ${numberCell(10)}, state_at = ${numberCell(11)}
		from ${rowsOf(db, rows)} where message.id = ${numberCell(0)}`.execute(db);
}

/** A message about to be stored: all its columns are known. */
export interface NewMessage {
	campaignId: number | null;
	groupId: number;
	senderId: number;
	channel: Channel;
	purpose: Purpose;
	identityId: number | null;
	contactId: number | null;
	recipient: string | null;
	content: string | null;
	fields: string | null;
	state: MessageState;
	reason: string | null;
	dueAt: number;
}

/** Stores many messages in one statement; a person who has a message of this campaign and channel already gets no second one. */
export async function insertMessages(db: Database, messages: readonly NewMessage[], now: number): Promise<void> {
	if (messages.length === 0) return;
	const rows = messages.map((message) => [
		message.campaignId,
		message.groupId,
		message.senderId,
		message.channel,
		message.purpose,
		message.identityId,
		message.contactId,
		message.recipient,
		message.content,
		message.fields,
		message.state,
		message.reason,
		message.dueAt,
	]);
	await sql`insert into message
			(campaign_id, group_id, sender_id, channel, purpose, identity_id, contact_id, recipient, content, fields, state, reason, due_at, created_at, state_at)
		select ${numberCell(0)}, ${numberCell(1)}, ${numberCell(2)}, ${textCell(3)}, ${textCell(4)}, ${numberCell(5)}, ${numberCell(6)},
			${textCell(7)}, ${textCell(8)}, ${textCell(9)}, ${textCell(10)}, ${textCell(11)}, ${numberCell(12)},
			cast(${now} as bigint), cast(${now} as bigint)
		from ${rowsOf(db, rows)} where true
		on conflict do nothing`.execute(db);
}
