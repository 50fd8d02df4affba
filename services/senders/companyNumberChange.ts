import { lineOf } from '../../domain/line';
import { canExist } from '../../domain/phone';
import { marketingScope, senderScope } from '../../domain/consent/scope';
import { ConflictError, InvalidInputError } from '../../domain/errors';
import type { IncomingEvent } from '../../providers/provider';
import { type ProviderName, PROVIDERS } from '../../domain/provider';
import { identitiesById, lockIdentities } from '../../store/identities';
import { changeMessages } from '../../store/messageChanges';
import { addCounts } from '../../store/counters';
import type { Database } from '../../store/schema';
import { copySender, findSenderByPhone, findSenderOfProviderId, moveProviderId, senderById } from '../../store/senders';
import type { Store } from '../../store/store';
import {
	optOutsAfter,
	type PendingCarry,
	pendingCarries,
	queuedOf,
	releaseSuccessor,
	replaceSender,
	setCarried,
	successions,
} from '../../store/successions';
import { fillFreed } from '../consent/waitingList';
import { applyConsentSignal } from '../consent/engine';
import { wakeInboxes } from '../shared/wakeUp';

/** A company's number that changed (rule 8): registrations stay with the old number, opt-outs hold at the new one too. */

const PEOPLE_A_TRANSACTION = 25;
const MESSAGES_A_TRANSACTION = 200;
/** Why the new number sends nothing yet. A crash leaves it so, and the next trigger, delivery or saving of the sender goes on. */
const TAKING_OVER = 'The opt-outs of the number before it are being taken over. If this stays, save the sender again.';

/**
 * Says that one sender replaces another, which sends no more from now on, and takes its opt-outs over, in chunks. The new number sends
 * only when all are. Repeating it goes on where it stopped.
 * @throws {InvalidInputError} when both are the same. @throws {ConflictError} when the old one was replaced by a third.
 */
export async function replaceNumber(store: Store, { oldId, newId }: { oldId: number; newId: number }): Promise<void> {
	await store.transaction(async (db) => await replaceIn(db, oldId, newId, store.now()));
	await carryPending(store);
}

async function replaceIn(db: Database, oldId: number, newId: number, now: number): Promise<void> {
	const [old, successor] = [await senderById(db, oldId), await senderById(db, newId)];
	if (!old || !successor) throw new Error('A sender that was just found is gone.');
	if (oldId === newId)
		throw new InvalidInputError(`The sender ${old.phone} cannot replace itself. Choose the old number under Replaces.`);
	if (old.replacedById === newId) return;
	if (old.replacedById !== null) {
		const other = await senderById(db, old.replacedById);
		throw new ConflictError(
			`The sender ${old.phone} was replaced by ${other?.phone ?? 'another'} already. Let the new number replace that one.`,
		);
	}
	await replaceSender(db, oldId, newId, { old: `Replaced by ${successor.phone}.`, new: TAKING_OVER }, now);
}

/**
 * Takes over what is left of the opt-outs of replaced numbers, and withdraws what was queued from them.
 * @param forMs goes on no longer than this; the rest waits for the next call.
 */
export async function carryPending(store: Store, { forMs = Infinity }: { forMs?: number } = {}): Promise<void> {
	const endsAt = performance.now() + forMs;
	for (const pending of await store.read(pendingCarries)) {
		while (await withdrawSome(store, pending)) if (performance.now() >= endsAt) return;
		for (let carry: PendingCarry | null = pending; carry;) {
			carry = await carrySome(store, carry);
			if (performance.now() >= endsAt) return;
		}
	}
}

/** @returns whether there may be more. */
async function withdrawSome(store: Store, { senderId, phone }: PendingCarry): Promise<boolean> {
	return await store.transaction(async (db) => {
		const ids = await queuedOf(db, senderId, MESSAGES_A_TRANSACTION);
		const reasonText = `The sender ${phone} was replaced by another number.`;
		await changeMessages(db, ids, store.now(), ({ state }) =>
			state === 'queued'
				? { state: 'skipped', error: 'sender stopped', reasonText, leaseOwner: null, leaseUntil: null }
				: null,
		);
		return ids.length === MESSAGES_A_TRANSACTION;
	});
}

/** @returns where to go on; null: everything is taken over. */
async function carrySome(store: Store, carry: PendingCarry): Promise<PendingCarry | null> {
	const inboxes: string[] = [];
	const next = await store.transaction(async (db) => {
		inboxes.length = 0;
		const scopes = [senderScope(carry.senderId), marketingScope(carry.senderId)];
		const words = await optOutsAfter(db, scopes, carry.through, PEOPLE_A_TRANSACTION);
		const ids = [...new Set(words.map(({ identityId }) => identityId))];
		await lockIdentities(db, ids);
		const people = new Map((await identitiesById(db, ids)).map((identity) => [identity.id, identity]));
		const successorIds =
			(await successions(db)).find(({ senderId }) => senderId === carry.senderId)?.successorIds ?? [];
		const freed: number[] = [];
		let cause = 0;
		for (const successorId of successorIds) {
			const sender = (await senderById(db, successorId)) ?? null;
			for (const { identityId, scope, effectiveAt } of words) {
				const person = people.get(identityId);
				if (!person || (person.phone === null && person.whatsAppUserId === null)) continue;
				const result = await applyConsentSignal(
					store,
					db,
					{
						provider: 'store',
						providerEventId: `carried ${identityId} ${scope} ${effectiveAt} to ${successorId}`,
						kind: 'carriedOptOut',
						channel: 'whatsapp',
						sender,
						person,
						sentAt: effectiveAt,
						inbox: null,
						scopes: [scope === scopes[0] ? senderScope(successorId) : marketingScope(successorId)],
						evidence: { saidTo: carry.phone },
					},
					{ holdPlaces: true },
				);
				inboxes.push(...result.inboxes);
				freed.push(...result.freed);
				cause = result.eventId;
			}
		}
		const filled = await fillFreed(store, db, freed, cause);
		await addCounts(db, filled.counts);
		inboxes.push(...filled.inboxes);
		const through = ids.length < PEOPLE_A_TRANSACTION ? null : (ids.at(-1) ?? null);
		const isStillReplaced = await setCarried(db, carry, through);
		if (through === null || !isStillReplaced) {
			await releaseSuccessor(db, carry.successorId, TAKING_OVER);
			return null;
		}
		return { ...carry, through };
	});
	wakeInboxes(inboxes);
	return next;
}

export interface ToldNumber {
	providerSenderId: string;
	phone: string;
}

/** The number ids in a webhook with the numbers they are said to have, where a provider's ids may go on to another number. */
export function toldNumbers(provider: ProviderName, events: readonly IncomingEvent[]): ToldNumber[] {
	const told = new Map<string, ToldNumber>();
	if (PROVIDERS[provider].senderIsKnownBy === 'id') return [];
	for (const event of events) {
		if (event.kind !== 'message' && event.kind !== 'preference') continue;
		const { providerSenderId, phone } = event.sender;
		if (providerSenderId !== null && phone !== null && canExist(phone))
			told.set(`${providerSenderId} ${phone}`, { providerSenderId, phone });
	}
	return [...told.values()];
}

/**
 * Sees in a webhook of Meta that a known number id has another number now. Registrations belong to the number, so that one becomes a
 * sender of its own, with the settings of the old one, which it replaces.
 */
export async function noticeNumberChange(
	store: Store,
	provider: ProviderName,
	told: ToldNumber,
	forMs: number,
): Promise<void> {
	const known = await store.read((db) => findSenderOfProviderId(db, provider, told.providerSenderId));
	if (!known || lineOf(known.phone) === lineOf(told.phone)) return;
	const hasChanged = await store.transaction((db) => changeNumber(db, provider, told, store.now()));
	if (hasChanged) await carryPending(store, { forMs });
}

async function changeNumber(
	db: Database,
	provider: ProviderName,
	{ providerSenderId, phone }: { providerSenderId: string; phone: string },
	now: number,
): Promise<boolean> {
	const old = await findSenderOfProviderId(db, provider, providerSenderId);
	if (!old || old.phone === phone) return false;
	const known = await findSenderByPhone(db, phone);
	// A late webhook of the number before: it is told under the id that has gone on to another number.
	if (known && known.replacedById !== null) return false;
	const successor = known ?? (await copySender(db, old, phone, now));
	if (!successor) return false;
	await moveProviderId(db, old.id, successor.id, providerSenderId);
	if (old.replacedById === null) await replaceIn(db, old.id, successor.id, now);
	return true;
}
