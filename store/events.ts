import { sql } from 'kysely';

import type { Channel } from '../domain/channel';
import { lockClause } from './database/dialect';
import { chunksOf, listOf } from './database/rows';
import type { Database, EventOutput, EventTable } from './schema';

export interface NewEvent {
	inbox: string | null;
	provider: EventTable['provider'];
	providerEventId: string;
	kind: string;
	channel: Channel;
	senderId: number | null;
	identityId: number | null;
	groupId: number | null;
	/** UTC ms. */
	effectiveAt: number;
	receivedAt: number;
	text: string | null;
	details: Record<string, unknown>;
	applied: boolean;
	outcome: string;
	output: EventOutput | null;
}

export interface KnownEvent {
	id: number;
	identityId: number | null;
	kind: string;
	outcome: string;
	output: EventOutput | null;
	applied: boolean;
}

/** An event that bears on consent, as it was kept. */
export interface HistoryEvent {
	id: number;
	provider: EventTable['provider'];
	providerEventId: string;
	kind: string;
	channel: Channel;
	senderId: number | null;
	groupId: number | null;
	effectiveAt: number;
	details: string;
}

/** Kinds that tell nothing about what a person wants. */
const NO_SIGNALS = ['status', 'unknown', 'placeFreed'];
const ROWS_A_STATEMENT = 100;

export async function findEvent(
	db: Database,
	provider: EventTable['provider'],
	providerEventId: string,
): Promise<KnownEvent | undefined> {
	const row = await db
		.selectFrom('event')
		.select(['id', 'identity_id as identityId', 'kind', 'outcome', 'output', 'applied'])
		.where('provider', '=', provider)
		.where('provider_event_id', '=', providerEventId)
		.executeTakeFirst();
	return row && { ...row, applied: row.applied === 1 };
}

/** Undefined when the event is there already. */
export async function insertEvent(db: Database, event: NewEvent): Promise<number | undefined> {
	const row = await db
		.insertInto('event')
		.values(toRow(event))
		.onConflict((conflict) => conflict.doNothing())
		.returning('id')
		.executeTakeFirst();
	return row?.id;
}

/** What an event turned out to mean, once it was applied. */
export async function settleEvent(
	db: Database,
	id: number,
	event: Pick<
		NewEvent,
		'inbox' | 'senderId' | 'identityId' | 'groupId' | 'effectiveAt' | 'details' | 'applied' | 'outcome' | 'output'
	>,
): Promise<void> {
	await db
		.updateTable('event')
		.set({
			inbox: event.output === null ? null : event.inbox,
			sender_id: event.senderId,
			identity_id: event.identityId,
			group_id: event.groupId,
			effective_at: event.effectiveAt,
			details: JSON.stringify(event.details),
			applied: event.applied ? 1 : 0,
			outcome: event.outcome,
			output: event.output,
		})
		.where('id', '=', id)
		.execute();
}

/** Those that are there already stay as they are. */
export async function insertEvents(db: Database, events: readonly NewEvent[]): Promise<void> {
	for (const chunk of chunksOf(events, ROWS_A_STATEMENT)) {
		await db
			.insertInto('event')
			.values(chunk.map(toRow))
			.onConflict((conflict) => conflict.doNothing())
			.execute();
	}
}

function toRow(event: NewEvent) {
	return {
		inbox: event.output === null ? null : event.inbox,
		provider: event.provider,
		provider_event_id: event.providerEventId,
		kind: event.kind,
		channel: event.channel,
		sender_id: event.senderId,
		identity_id: event.identityId,
		group_id: event.groupId,
		effective_at: event.effectiveAt,
		received_at: event.receivedAt,
		text: event.text,
		details: JSON.stringify(event.details),
		applied: event.applied ? 1 : 0,
		outcome: event.outcome,
		output: event.output,
	};
}

/** When the person's newest signal counts; null for none. Says whether a new one may simply be applied on top. */
export async function newestSignalAt(db: Database, identityId: number): Promise<number | null> {
	const row = await db
		.selectFrom('event')
		.select('effective_at as at')
		.where('identity_id', '=', identityId)
		.where('kind', 'not in', NO_SIGNALS)
		.orderBy('effective_at', 'desc')
		.orderBy('id', 'desc')
		.limit(1)
		.executeTakeFirst();
	return row?.at ?? null;
}

/** When the person's newest signal that no provider but `provider` told counts, after `after` and until `until` (UTC ms); null: there is none. */
export async function newestByOtherClock(
	db: Database,
	identityId: number,
	{ provider, after, until }: { provider: EventTable['provider']; after: number; until: number },
): Promise<number | null> {
	const row = await db
		.selectFrom('event')
		.select('effective_at as at')
		.where('identity_id', '=', identityId)
		.where('kind', 'not in', NO_SIGNALS)
		.where('provider', '!=', provider)
		.where('effective_at', '>', after)
		.where('effective_at', '<=', until)
		.orderBy('effective_at', 'desc')
		.limit(1)
		.executeTakeFirst();
	return row?.at ?? null;
}

/** What a message in doubt came to. */
const DOUBTS = ['doubtful', 'alreadyAsked', 'alreadyOptedOut'];

/** When the person last wrote what may be an opt-out, after `since`; null: not. */
export async function newestDoubtAt(db: Database, identityId: number, since: number): Promise<number | null> {
	const row = await db
		.selectFrom('event')
		.select('effective_at as at')
		.where('identity_id', '=', identityId)
		.where('kind', '=', 'message')
		.where('outcome', 'in', DOUBTS)
		.where('effective_at', '>', since)
		.orderBy('effective_at', 'desc')
		.limit(1)
		.executeTakeFirst();
	return row?.at ?? null;
}

/** Everything that bears on one person's consent. */
export async function historyOf(db: Database, identityId: number): Promise<HistoryEvent[]> {
	return await db
		.selectFrom('event')
		.select([
			'id',
			'provider',
			'provider_event_id as providerEventId',
			'kind',
			'channel',
			'sender_id as senderId',
			'group_id as groupId',
			'effective_at as effectiveAt',
			'details',
		])
		.where('identity_id', '=', identityId)
		.where('kind', 'not in', NO_SIGNALS)
		.execute();
}

/** One event with the person it belongs to by now. */
export async function eventOfPerson(
	db: Database,
	provider: EventTable['provider'],
	providerEventId: string,
): Promise<{ id: number; identityId: number; details: string } | undefined> {
	return await db
		.selectFrom('event')
		.select(['id', 'identity_id as identityId', 'details'])
		.where('provider', '=', provider)
		.where('provider_event_id', '=', providerEventId)
		.where('identity_id', 'is not', null)
		.$narrowType<{ identityId: number }>()
		.executeTakeFirst();
}

export async function replaceDetails(db: Database, id: number, details: string): Promise<void> {
	await db.updateTable('event').set({ details }).where('id', '=', id).execute();
}

/** When two identities turn out to be one person. */
export async function moveEvents(db: Database, fromIdentityId: number, toIdentityId: number): Promise<void> {
	await db.updateTable('event').set({ identity_id: toIdentityId }).where('identity_id', '=', fromIdentityId).execute();
}

/** How often the oldest event that waits to be handed over was handed over before: asked often, so it must not write. Undefined: nothing waits. */
export async function handOversOfNext(
	db: Database,
	{ inbox, now, handOversBelow }: { inbox: string; now: number; handOversBelow: number },
): Promise<number | undefined> {
	const row = await db
		.selectFrom('event')
		.select('hand_overs as handOvers')
		.where('inbox', '=', inbox)
		.where('taken_at', 'is', null)
		.where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<', now)]))
		.where('hand_overs', '<', handOversBelow)
		.orderBy('id')
		.limit(1)
		.executeTakeFirst();
	return row?.handOvers;
}

/** Leases the oldest events nobody holds, of those handed over so often before, and counts it; in a transaction. */
export async function leaseEvents(
	db: Database,
	{
		inbox,
		owner,
		limit,
		handOvers,
		now,
		leaseUntil,
	}: { inbox: string; owner: string; limit: number; handOvers: number; now: number; leaseUntil: number },
): Promise<number[]> {
	const free = sql<number>`(select id from event where inbox = ${inbox} and taken_at is null and (lease_until is null or lease_until < ${now})
		and hand_overs = ${handOvers}
		order by id limit ${limit} ${lockClause(db, 'for update skip locked')})`;
	const rows = await db
		.updateTable('event')
		.set({ lease_owner: owner, lease_until: leaseUntil, hand_overs: handOvers + 1 })
		.where('id', 'in', free)
		.returning('id')
		.execute();
	return rows.map(({ id }) => id).sort((one, other) => one - other);
}

/** Gives back what an owner holds: it is handed over again from `notBefore` on. @param handOvers as often as it was by now. */
export async function giveBackEvents(
	db: Database,
	{
		owner,
		ids,
		handOvers,
		notBefore,
	}: { owner: string; ids: readonly number[]; handOvers: number; notBefore: number | null },
): Promise<void> {
	await db
		.updateTable('event')
		.set({ lease_owner: null, lease_until: notBefore, hand_overs: handOvers })
		.where('id', 'in', listOf(db, ids))
		.where('lease_owner', '=', owner)
		.where('taken_at', 'is', null)
		.execute();
}

/** Events that nobody holds and that were handed over so often: nobody will be given them any more. @returns their ids. */
export async function giveUpEvents(
	db: Database,
	{ inbox, now, handOvers }: { inbox: string; now: number; handOvers: number },
): Promise<number[]> {
	const rows = await db
		.updateTable('event')
		.set({ taken_at: now, lease_owner: null, lease_until: null })
		.where('inbox', '=', inbox)
		.where('taken_at', 'is', null)
		.where('hand_overs', '>=', handOvers)
		.where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<', now)]))
		.returning('id')
		.execute();
	return rows.map(({ id }) => id);
}

export async function renewLeases(
	db: Database,
	owner: string,
	ids: readonly number[],
	leaseUntil: number,
): Promise<void> {
	await db
		.updateTable('event')
		.set({ lease_until: leaseUntil })
		.where('id', 'in', listOf(db, ids))
		.where('lease_owner', '=', owner)
		.where('taken_at', 'is', null)
		.execute();
}

export async function takeEvents(db: Database, owner: string, ids: readonly number[], now: number): Promise<void> {
	await db
		.updateTable('event')
		.set({ taken_at: now, lease_owner: null, lease_until: null })
		.where('id', 'in', listOf(db, ids))
		.where('lease_owner', '=', owner)
		.execute();
}

/** Everything a workflow is told about these events, in order of id. */
export async function selectHandedEvents(db: Database, ids: readonly number[]) {
	return await db
		.selectFrom('event as e')
		.leftJoin('identity as i', 'i.id', 'e.identity_id')
		.leftJoin('sender as s', 's.id', 'e.sender_id')
		.leftJoin('contact_group as g', 'g.id', 'e.group_id')
		.select([
			'e.id',
			'e.output',
			'e.outcome',
			'e.channel',
			'e.text',
			'e.provider',
			'e.kind',
			'e.sender_id as senderId',
			'e.group_id as groupId',
			'e.applied',
			'e.effective_at as effectiveAt',
			'e.received_at as receivedAt',
			'e.details',
			'i.phone as phone',
			'i.whatsapp_user_id as whatsAppUserId',
			's.phone as senderPhone',
			's.provider as senderProvider',
			'g.shortcode as shortcode',
			'g.name as groupName',
		])
		.where('e.id', 'in', listOf(db, ids))
		.orderBy('e.id')
		.execute();
}
