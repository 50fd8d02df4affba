import { sql, type SqlBool } from 'kysely';

import { listOf } from './database/rows';
import type { Database, EndedBy, RegistrationState } from './schema';

export interface Registration {
	senderId: number;
	identityId: number;
	state: RegistrationState;
	/** UTC ms, since when in this state. */
	since: number;
	endedBy: EndedBy | null;
	lastInboundAt: number | null;
	inbox: string | null;
}

export interface LimitedRegistration extends Registration {
	/** Of its sender; null: no limit. */
	packageLimit: number | null;
}

/** Of one person, at every sender. */
export async function registrationsOf(db: Database, identityId: number): Promise<LimitedRegistration[]> {
	return await db
		.selectFrom('registration as r')
		.innerJoin('sender as s', 's.id', 'r.sender_id')
		.select([
			'r.sender_id as senderId',
			'r.identity_id as identityId',
			'r.state as state',
			'r.since as since',
			'r.ended_by as endedBy',
			'r.last_inbound_at as lastInboundAt',
			'r.inbox as inbox',
			's.package_limit as packageLimit',
		])
		.where('r.identity_id', '=', identityId)
		.execute();
}

export async function registrationsOfPeople(
	db: Database,
	identityIds: readonly number[],
): Promise<Array<Pick<Registration, 'identityId' | 'senderId' | 'state'>>> {
	return await db
		.selectFrom('registration')
		.select(['identity_id as identityId', 'sender_id as senderId', 'state'])
		.where('identity_id', 'in', listOf(db, identityIds))
		.execute();
}

export async function saveRegistrations(db: Database, registrations: readonly Registration[]): Promise<void> {
	if (registrations.length === 0) return;
	await db
		.insertInto('registration')
		.values(
			registrations.map((each) => ({
				sender_id: each.senderId,
				identity_id: each.identityId,
				state: each.state,
				since: each.since,
				ended_by: each.endedBy,
				last_inbound_at: each.lastInboundAt,
				inbox: each.inbox,
			})),
		)
		.onConflict((conflict) =>
			conflict.columns(['identity_id', 'sender_id']).doUpdateSet((set) => ({
				state: set.ref('excluded.state'),
				since: set.ref('excluded.since'),
				ended_by: set.ref('excluded.ended_by'),
				last_inbound_at: set.ref('excluded.last_inbound_at'),
				inbox: set.ref('excluded.inbox'),
			})),
		)
		.execute();
}

export async function deleteRegistrations(
	db: Database,
	identityId: number,
	senderIds: readonly number[],
): Promise<void> {
	if (senderIds.length === 0) return;
	await db
		.deleteFrom('registration')
		.where('identity_id', '=', identityId)
		.where('sender_id', 'in', senderIds)
		.execute();
}

export async function countInState(db: Database, senderId: number, state: RegistrationState): Promise<number> {
	const { count } = await db
		.selectFrom('registration')
		.select((select) => select.fn.countAll<number>().as('count'))
		.where('sender_id', '=', senderId)
		.where('state', '=', state)
		.executeTakeFirstOrThrow();
	return Number(count);
}

/** Those who wait longest come first. */
export async function oldestWaiting(
	db: Database,
	senderId: number,
	limit: number,
): Promise<Array<{ identityId: number; inbox: string | null }>> {
	return await db
		.selectFrom('registration')
		.select(['identity_id as identityId', 'inbox'])
		.where('sender_id', '=', senderId)
		.where('state', '=', 'waiting')
		.orderBy('since')
		.orderBy('identity_id')
		.limit(limit)
		.execute();
}

/** True where the person still waited. */
export async function activateWaiting(
	db: Database,
	senderId: number,
	identityId: number,
	now: number,
): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('registration')
		.set({ state: 'active', since: now })
		.where('sender_id', '=', senderId)
		.where('identity_id', '=', identityId)
		.where('state', '=', 'waiting')
		.executeTakeFirst();
	return numUpdatedRows > 0n;
}

/** Senders on whose waiting list somebody is. */
export async function sendersWithWaiting(db: Database): Promise<number[]> {
	const senders = await db
		.selectFrom('sender')
		.select('id')
		.where((where) =>
			where.exists(
				where
					.selectFrom('registration as r')
					.select('r.sender_id')
					.whereRef('r.sender_id', '=', 'sender.id')
					.where('r.state', '=', 'waiting'),
			),
		)
		.orderBy('id')
		.execute();
	return senders.map(({ id }) => id);
}

export interface SilentPerson {
	identityId: number;
	since: number;
	lastInboundAt: number | null;
}

/** The next active registrations that began before a time, of people who have not written since then; after a place in the order of (since, identity). */
export async function silentPeople(
	db: Database,
	senderId: number,
	before: number,
	after: { since: number; identityId: number },
	limit: number,
): Promise<Array<SilentPerson & { isSilent: boolean }>> {
	const rows = await db
		.selectFrom('registration')
		.select(['identity_id as identityId', 'since', 'last_inbound_at as lastInboundAt'])
		.where('sender_id', '=', senderId)
		.where('state', '=', 'active')
		.where('since', '<', before)
		.where(sql<SqlBool>`(since, identity_id) > (${after.since}, ${after.identityId})`)
		.orderBy('since')
		.orderBy('identity_id')
		.limit(limit)
		.execute();
	return rows.map((row) => ({ ...row, isSilent: row.lastInboundAt === null || row.lastInboundAt < before }));
}

/** Which of these people are active still, and have not written since a time. Read it with the people locked. */
export async function stillSilent(
	db: Database,
	senderId: number,
	before: number,
	identityIds: readonly number[],
): Promise<SilentPerson[]> {
	const rows = await db
		.selectFrom('registration')
		.select(['identity_id as identityId', 'since', 'last_inbound_at as lastInboundAt'])
		.where('identity_id', 'in', listOf(db, identityIds))
		.where('sender_id', '=', senderId)
		.where('state', '=', 'active')
		.where('since', '<', before)
		.orderBy('identity_id')
		.execute();
	return rows.filter(({ lastInboundAt }) => lastInboundAt === null || lastInboundAt < before);
}
