import { randomUUID } from 'node:crypto';

import { NotFoundError, OptInError } from '../../domain/errors';
import type { RecordDetails } from '../../domain/ledger';
import { maskPhone } from '../../domain/phone';
import { addCounts } from '../../store/counters';
import { findIdentities, type Identity, lockIdentities, type PersonKey } from '../../store/identities';
import { registrationsOfPeople } from '../../store/registrationLists';
import { chunksOf } from '../../store/database/rows';
import type { Database } from '../../store/schema';
import { resolveSender, type Sender } from '../../store/senders';
import type { Store } from '../../store/store';
import { applyConsentSignal } from '../consent/engine';
import { fillFreed } from '../consent/waitingList';
import { fillWaiting } from '../consent/fillWaiting';
import { knownAmong, readTyped } from '../shared/personRef';
import { readHandle } from './handle';
import { type RegistrationView, toView } from './lists';
import { Turns } from '../shared/yieldTimer';
import { wakeInboxes } from '../shared/wakeUp';

/** People of one transaction: each takes some 2 to 4 ms. */
export const PEOPLE_A_TRANSACTION = 25;

/** `number` as it was given. */
export type RevokeResult = { number: string } & (
	(RegistrationView & { revoked: boolean }) | { revoked: false; error: string }
);

type Person = PersonKey | { identityId: number };

interface Entry {
	number: string;
	/** Or why it is nobody's. */
	person: Person | OptInError;
}

/**
 * Ends registrations without being an opt-out: a person's next message may register them again. One result for each entry,
 * in their order; an entry that cannot be revoked says why and holds up no other.
 */
export async function revokeRegistrations(
	store: Store,
	{ sender, numbers, country }: { sender: string; numbers: readonly string[]; country?: string },
): Promise<RevokeResult[]> {
	return (await revokeNumbers(store, sender, numbers, country)).map(toResult);
}

/** As revokeRegistrations, of what a list calls by its handles; `number` of a result is the handle. */
export async function revokeHandles(
	store: Store,
	{ handles }: { handles: readonly string[] },
): Promise<RevokeResult[]> {
	const done = new Map<string, Done>();
	const bySender = new Map<number, Entry[]>();
	for (const handle of new Set(handles)) {
		try {
			const { senderId, identityId } = readHandle(handle, store.ledgerKey);
			bySender.set(senderId, [...(bySender.get(senderId) ?? []), { number: handle, person: { identityId } }]);
		} catch (error) {
			if (!(error instanceof OptInError)) throw error;
			done.set(handle, { number: handle, result: error });
		}
	}
	for (const [senderId, entries] of bySender) {
		const sender = await store.read((db) => resolveSender(db, String(senderId), null));
		for (const each of await revokeEach(store, sender, entries)) done.set(each.number, each);
	}
	return handles.flatMap((handle) => done.get(handle) ?? []).map(toResult);
}

function toResult({ number, result }: Done): RevokeResult {
	return { number, ...(result instanceof OptInError ? { revoked: false as const, error: result.message } : result) };
}

/** One person. @throws {NotFoundError} when they have no registration with this sender. */
export async function revokeRegistration(
	store: Store,
	{ sender, number, country }: { sender: string; number: string; country?: string },
): Promise<RegistrationView & { revoked: boolean }> {
	const [only] = await revokeNumbers(store, sender, [number], country);
	if (!only) throw new Error('One number was given and nothing came of it.');
	if (only.result instanceof OptInError) throw only.result;
	return only.result;
}

interface Done {
	number: string;
	result: (RegistrationView & { revoked: boolean }) | OptInError;
}

async function revokeNumbers(
	store: Store,
	senderRef: string,
	numbers: readonly string[],
	country?: string,
): Promise<Done[]> {
	const sender = await store.read((db) => resolveSender(db, senderRef, null));
	return await revokeEach(store, sender, await readEntries(store, numbers, country || sender.country));
}

async function revokeEach(store: Store, sender: Sender, entries: readonly Entry[]): Promise<Done[]> {
	const all: Done[] = [];
	for (const chunk of chunksOf(entries, PEOPLE_A_TRANSACTION)) all.push(...(await revokeChunk(store, sender, chunk)));
	return all;
}

async function readEntries(store: Store, numbers: readonly string[], country: string): Promise<Entry[]> {
	const entries: Entry[] = [];
	const refused: string[] = [];
	const turns = new Turns();
	for (const number of numbers) {
		if (turns.isOver()) await turns.next();
		try {
			entries.push({ number, person: readTyped(number, country) });
		} catch (error) {
			if (!(error instanceof OptInError)) throw error;
			entries.push({ number, person: error });
			refused.push(number);
		}
	}
	const known = await store.read((db) => knownAmong(db, refused));
	return entries.map((entry) => {
		const phone = entry.person instanceof OptInError ? known.get(entry.number) : undefined;
		return phone === undefined ? entry : { number: entry.number, person: { phone, whatsAppUserId: null } };
	});
}

async function revokeChunk(store: Store, sender: Sender, entries: readonly Entry[]): Promise<Done[]> {
	const people = entries.flatMap(({ person }) => (person instanceof OptInError ? [] : [person]));
	return await inOneTransaction(store, sender, async (db, end) => {
		const identities = await findIdentities(db, people);
		await lockIdentities(
			db,
			identities.map(({ id }) => id),
		);
		const before = new Map(
			(
				await registrationsOfPeople(
					db,
					sender.id,
					identities.map(({ id }) => id),
				)
			).map((row) => [row.identityId, row]),
		);
		// Who waits goes first: they are to get no place that is taken from them a moment later.
		const known = identities
			.filter(({ id }) => before.has(id))
			.sort((one, other) => rankOf(before.get(one.id)?.state) - rankOf(before.get(other.id)?.state));
		const revoked = new Set<number>();
		for (const identity of known) if (await end(identity, {})) revoked.add(identity.id);
		const after = new Map(
			(
				await registrationsOfPeople(
					db,
					sender.id,
					known.map(({ id }) => id),
				)
			).map((row) => [row.identityId, row]),
		);
		return entries.map(({ number, person }): Done => {
			if (person instanceof OptInError) return { number, result: person };
			const identity = identities.find((each) => isSame(each, person));
			const row = identity && after.get(identity.id);
			if (!row) return { number, result: notRegistered(person, sender) };
			// Named twice, it is revoked once.
			return { number, result: { ...toView(row, store.now()), revoked: revoked.delete(row.identityId) } };
		});
	});
}

const rankOf = (state: string | undefined): number => (state === 'waiting' ? 0 : 1);

function isSame(identity: Identity, person: Person): boolean {
	if ('identityId' in person) return identity.id === person.identityId;
	return person.phone === null ? identity.whatsAppUserId === person.whatsAppUserId : identity.phone === person.phone;
}

function notRegistered(person: Person, { phone }: Sender): NotFoundError {
	const who =
		'identityId' in person ? 'this person' : person.phone === null ? 'this WhatsApp user' : maskPhone(person.phone);
	return new NotFoundError(
		`There is no registration of ${who} with ${phone}. The person has to write to that number first.`,
	);
}

/** Ends the registration of one person, who is locked, with what the ledger shall say of it. @returns whether there was one to end. */
export type EndRegistration = (identity: Identity, evidence: RecordDetails) => Promise<boolean>;

/** Ends registrations of several people together; the places go to those who wait when all have left. */
export async function inOneTransaction<T>(
	store: Store,
	sender: Sender,
	work: (db: Database, end: EndRegistration) => Promise<T>,
): Promise<T> {
	const inboxes: string[] = [];
	let isMore = false;
	const done = await store.transaction(async (db) => {
		inboxes.length = 0;
		let cause = 0;
		const result = await work(db, async (identity, evidence) => {
			const ended = await applyConsentSignal(
				store,
				db,
				{
					provider: 'operator',
					providerEventId: `revoke ${randomUUID()}`,
					kind: 'revoke',
					channel: 'whatsapp',
					sender,
					person: identity,
					sentAt: null,
					inbox: null,
					evidence,
				},
				{ holdPlaces: true },
			);
			inboxes.push(...ended.inboxes);
			if (ended.freed.length > 0) cause = ended.eventId;
			return ended.outcome === 'revoked';
		});
		const filled = await fillFreed(store, db, cause === 0 ? [] : [sender.id], cause);
		await addCounts(db, filled.counts);
		inboxes.push(...filled.inboxes);
		isMore = filled.isMore;
		return result;
	});
	wakeInboxes(inboxes);
	if (isMore) await fillWaiting(store, sender.id);
	return done;
}
