import { foldSignals } from '../../domain/consent/fold';
import type { ConsentState } from '../../domain/consent/state';
import { type CarriedRegistration, compareSignals, type ConsentSignal } from '../../domain/consent/signal';
import { eventOfPerson, historyOf, replaceDetails } from '../../store/events';
import { identityById, lockIdentities } from '../../store/identities';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import type { Change } from './change';
import { withdraw, writeMemberships, writeRegistrations, writeWords } from './writeEffects';
import { limitsOf } from './waitingList';
import { loadPerson, signalOf } from './personState';
import { writeRecords } from './writeRecords';

/** The event at the new number that belongs to one at the old. */
export const takenId = (leftEventId: number): string => `number of event ${leftEventId}`;

/** What goes along to a new number: every opt-out that holds, and the registrations. */
export interface Carried {
	scopes: string[];
	carried: CarriedRegistration[];
}

function carriedOf(state: ConsentState): Carried {
	return {
		scopes: [...state.words]
			.filter(([, { direction }]) => direction === 'out')
			.map(([scope]) => scope)
			.sort(),
		carried: [...state.registrations]
			.filter(([, { state: word }]) => word === 'registered')
			.map(([senderId, { since }]) => ({ senderId, since }))
			.sort((one, other) => one.senderId - other.senderId),
	};
}

/** What a person had said by the moment of one of their events. */
export async function carriedBefore(db: Database, identityId: number, eventId: number): Promise<Carried> {
	const history = await historyOf(db, identityId);
	const event = history.find(({ id }) => id === eventId);
	if (!event) throw new Error(`Event ${eventId} is not in the history it belongs to.`);
	const signal = signalOf(event);
	return carriedOf(foldSignals(history.map(signalOf).filter((each) => compareSignals(each, signal) < 0)).state);
}

/**
 * A word that comes late, from before its person changed their number, was said by who has the new number now: what went along
 * to it is worked out anew, also where the number changed again after that.
 */
export async function followNumber(
	store: Store,
	db: Database,
	identityId: number,
	late: ConsentSignal,
): Promise<{ identityIds: number[]; freed: number[] }> {
	const result = { identityIds: [] as number[], freed: [] as number[] };
	for (const left of (await historyOf(db, identityId)).filter(({ kind }) => kind === 'numberLeft')) {
		const signal = signalOf(left);
		if (compareSignals(late, signal) >= 0) continue;
		const taken = await eventOfPerson(db, 'store', takenId(left.id));
		if (!taken) continue;
		const details = JSON.parse(taken.details) as { signal: Carried };
		const now = await carriedBefore(db, identityId, left.id);
		if (JSON.stringify(now) === JSON.stringify({ scopes: details.signal.scopes, carried: details.signal.carried }))
			continue;

		await lockIdentities(db, [taken.identityId]);
		result.identityIds.push(taken.identityId);
		const freed = await retake(store, db, taken, { ...details, signal: { ...details.signal, ...now } });
		result.freed.push(...freed);
		const moved = (await historyOf(db, taken.identityId)).find(({ id }) => id === taken.id);
		if (!moved) continue;
		const further = await followNumber(store, db, taken.identityId, signalOf(moved));
		result.identityIds.push(...further.identityIds);
		result.freed.push(...further.freed);
	}
	return result;
}

/** Writes the difference that other details of one event make to its person. @returns senders at which places became free. */
async function retake(
	store: Store,
	db: Database,
	taken: { id: number; identityId: number },
	details: { signal: Carried },
): Promise<number[]> {
	const identity = await identityById(db, taken.identityId);
	if (!identity) return [];
	const stored = await loadPerson(db, {
		identity,
		isNew: false,
		hasLearntNumber: false,
		merged: null,
		left: null,
		saidFrom: null,
	});
	const before = foldSignals((await historyOf(db, identity.id)).map(signalOf)).state;
	await replaceDetails(db, taken.id, JSON.stringify(details));
	const history = await historyOf(db, identity.id);
	const after = foldSignals(history.map(signalOf)).state;
	const eventIds = new Map(history.map((event) => [signalOf(event).key, event.id]));
	const change: Change = {
		identityId: identity.id,
		phone: identity.phone,
		stored,
		before,
		after,
		eventIdOf: (by) => eventIds.get(by) ?? null,
		packageLimits: new Map([
			...[...stored.registrations].map(([senderId, { packageLimit }]) => [senderId, packageLimit] as const),
			...(await limitsOf(db, details.signal.carried)),
		]),
		senderId: null,
		inbox: null,
		now: store.now(),
	};
	await writeWords(db, change);
	const registrations = await writeRegistrations(db, change);
	await writeMemberships(db, change, stored.contacts[0]?.contactId ?? null);
	await withdraw(db, change);
	await writeRecords(store, db, identity.id, [
		{
			action: 'numberTaken',
			outcome: 'numberChanged',
			applied: true,
			phone: identity.phone,
			source: 'store',
			registrations: [...registrations.rows].map(([senderId, row]) => ({ senderId, state: row?.state ?? null })),
			evidence: { because: 'A word from before the number changed came late.', eventId: taken.id },
		},
	]);
	return registrations.freed;
}
