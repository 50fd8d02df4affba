import { sql } from 'kysely';

import { forUpdate } from './database/dialect';
import { shareLockOf, takeLocks } from './database/locks';
import type { Database } from './schema';

/** A sender whose number changed, and all that came after it, next one first. */
export interface Succession {
	senderId: number;
	successorIds: number[];
}

/** Every sender that was replaced. */
export async function successions(db: Database): Promise<Succession[]> {
	const replaced = await db
		.selectFrom('sender')
		.select(['id', 'replaced_by_id as next'])
		.where('replaced_by_id', 'is not', null)
		.orderBy('id')
		.execute();
	const nextOf = new Map(replaced.map(({ id, next }) => [id, next]));
	return replaced.map(({ id }) => {
		const successorIds: number[] = [];
		for (
			let next = nextOf.get(id);
			next !== undefined && next !== null && next !== id && !successorIds.includes(next);
			next = nextOf.get(next)
		)
			successorIds.push(next);
		return { senderId: id, successorIds };
	});
}

/**
 * Held by whoever writes an opt-out from a sender until it is stored: a number that changes at that moment waits for it, or is
 * known to have changed. Either way the opt-out reaches the new number.
 */
export async function shareSuccession(db: Database, senderId: number): Promise<void> {
	await shareLockOf(db, 'succession', senderId);
}

/** Says that one sender replaces another: that one sends no more, and this one only once the opt-outs are taken over. */
export async function replaceSender(
	db: Database,
	oldId: number,
	id: number,
	reasons: { old: string; new: string },
	now: number,
): Promise<void> {
	await takeLocks(db, 'succession', [oldId]);
	await forUpdate(db, db.selectFrom('sender').select('id').where('id', 'in', [oldId, id]).orderBy('id')).execute();
	await db
		.updateTable('sender')
		.set({ replaced_by_id: id, carried_through: 0, stopped_reason: reasons.old, updated_at: now })
		.where('id', '=', oldId)
		.execute();
	// A company that goes back to an old number of its own has that one in use again.
	await db
		.updateTable('sender')
		.set({ replaced_by_id: null, carried_through: null, stopped_reason: reasons.new, updated_at: now })
		.where('id', '=', id)
		.execute();
}

/** A sender whose opt-outs are not all taken to its successor yet. */
export interface PendingCarry {
	senderId: number;
	phone: string;
	successorId: number;
	/** Identity id. */
	through: number;
}

export async function pendingCarries(db: Database): Promise<PendingCarry[]> {
	return await db
		.selectFrom('sender')
		.select(['id as senderId', 'phone', 'replaced_by_id as successorId', 'carried_through as through'])
		.where('carried_through', 'is not', null)
		.where('replaced_by_id', 'is not', null)
		.orderBy('id')
		.$narrowType<{ successorId: number; through: number }>()
		.execute();
}

export interface ScopedOptOut {
	identityId: number;
	scope: string;
	effectiveAt: number;
}

/** The opt-outs from one sender that hold, of the next people by id. */
export async function optOutsAfter(
	db: Database,
	scopes: readonly string[],
	identityId: number,
	people: number,
): Promise<ScopedOptOut[]> {
	const next = await db
		.selectFrom('consent_word')
		.select('identity_id as id')
		.distinct()
		.where('scope', 'in', [...scopes])
		.where('direction', '=', sql.lit('out'))
		.where('identity_id', '>', identityId)
		.orderBy('identity_id')
		.limit(people)
		.execute();
	if (next.length === 0) return [];
	return await db
		.selectFrom('consent_word')
		.select(['identity_id as identityId', 'scope', 'effective_at as effectiveAt'])
		.where(
			'identity_id',
			'in',
			next.map(({ id }) => id),
		)
		.where('scope', 'in', [...scopes])
		.where('direction', '=', sql.lit('out'))
		.orderBy('identity_id')
		.orderBy('scope')
		.execute();
}

/** @param through null: everything is taken over. False when the number has been changed on meanwhile. */
export async function setCarried(
	db: Database,
	{ senderId, successorId }: Pick<PendingCarry, 'senderId' | 'successorId'>,
	through: number | null,
): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('sender')
		.set({ carried_through: through })
		.where('id', '=', senderId)
		.where('replaced_by_id', '=', successorId)
		.executeTakeFirst();
	return numUpdatedRows > 0n;
}

/** The successor may send, where nothing but the taking over had stopped it and nothing is left to take over. */
export async function releaseSuccessor(db: Database, successorId: number, reason: string): Promise<void> {
	const waiting = await db
		.selectFrom('sender')
		.select('id')
		.where('replaced_by_id', '=', successorId)
		.where('carried_through', 'is not', null)
		.executeTakeFirst();
	if (waiting) return;
	await db
		.updateTable('sender')
		.set({ stopped_reason: null })
		.where('id', '=', successorId)
		.where('stopped_reason', '=', reason)
		.execute();
}

/** What waits to be sent from a sender. */
export async function queuedOf(db: Database, senderId: number, limit: number): Promise<number[]> {
	const rows = await db
		.selectFrom('message')
		.select('id')
		.where('sender_id', '=', senderId)
		.where('state', '=', sql.lit('queued'))
		.orderBy('due_at')
		.orderBy('id')
		.limit(limit)
		.execute();
	return rows.map(({ id }) => id);
}
