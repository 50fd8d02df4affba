import { randomUUID } from 'node:crypto';

import { isSealed, sealOf } from '../../domain/ledger';
import { maskPhone } from '../../domain/phone';
import { wordsOf } from '../../store/consentWords';
import {
	deletePerson,
	eraseFromCampaigns,
	eraseRecords,
	finishErasure,
	hasOpenMessages,
	releaseChain,
	unfinishedErasures,
} from '../../store/erasure';
import { eraseEvents } from '../../store/erasedEvents';
import { identityById, lockIdentities } from '../../store/identities';
import { deleteMemberships } from '../../store/memberships';
import { erasedKey, withdrawQueued } from '../../store/messages';
import {
	adoptByIdentity,
	eraseMessages,
	eventIdsOf,
	findPerson,
	messagesToPerson,
	overIds,
	type PersonPlaces,
	statusEventsOf,
} from '../../store/personData';
import { chainOf, lockChain } from '../../store/ledger';
import { registrationsOf } from '../../store/registrations';
import { chunksOf } from '../../store/database/rows';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import { addSuppressions, ERASED, hashesOf, type Suppression } from '../../store/suppressions';
import { ensurePeople } from '../consent/ensurePeople';
import { mergedHalves } from '../consent/mergedIdentities';
import { readWholePerson } from '../shared/personRef';
import { writeStoreRecord } from '../consent/writeRecords';
import { applyConsentSignal } from '../consent/engine';
import { waitForInFlight } from '../shared/inFlight';
import { wakeInboxes } from '../shared/wakeUp';

export interface Erasure {
	/** False: nothing was kept of this person, and nothing was changed. */
	found: boolean;
	/** Masked: the numbers and user ids that belonged to the person. */
	person: string[];
	erased: {
		contacts: number;
		memberships: number;
		registrations: number;
		invitations: number;
		events: number;
		messages: number;
		consentRecords: number;
		campaigns: number;
	};
	/** Messages that were queued and are not sent any more. */
	withdrawn: number;
	/** What goes on being refused, by keyed hash only. */
	optOutKept: string[];
	/** True: a message was still on its way when this returned; what is left of it goes with the next Erase or Purge. */
	unfinished: boolean;
}

const ROWS_A_TRANSACTION = 500;
const UNFINISHED_AT_ONCE = 100;

/**
 * Takes away everything kept of one person. What is queued falls away in the same transaction, what is on its way is waited for. A keyed
 * hash keeps their opt-outs, and advertising stays refused also to those who had not opted out: whoever asks to be erased does not ask
 * to be written to. Their own START begins anew.
 * @param number the whole number, or a WhatsApp user id. @throws {InvalidInputError}
 */
export async function erasePerson(store: Store, { number }: { number: string }): Promise<Erasure> {
	const key = await store.read((db) => readWholePerson(db, number));
	await finishErasures(store);
	const find = (db: Database): Promise<PersonPlaces> => findPerson(db, key, (id) => mergedHalves(db, id));
	const known = await store.read(find);
	const erasure: Erasure = {
		found: known.identityIds.length + known.contactIds.length > 0,
		person: [...known.phones.map(maskPhone), ...known.userIds.map((id) => `${id.slice(0, 3)}…`)],
		erased: {
			contacts: 0,
			memberships: 0,
			registrations: 0,
			invitations: 0,
			events: 0,
			messages: 0,
			consentRecords: 0,
			campaigns: 0,
		},
		withdrawn: 0,
		optOutKept: [],
		unfinished: false,
	};
	if (!erasure.found) return erasure;

	// A number that is only in a contact becomes a person first: what is locked and what is kept hangs on that.
	await store.transaction((db) => ensurePeople(store, db, known.phones));
	const places = await store.read(find);
	await gather(store, places, erasure);
	const inboxes: string[] = [];
	const ids = await store.transaction(async (db) => {
		inboxes.length = 0;
		erasure.withdrawn = 0;
		await lockIdentities(db, places.identityIds);
		return await makeNobody(store, db, await find(db), erasure, inboxes);
	});
	wakeInboxes(inboxes);
	await waitForInFlight(store, ids);
	await takeRest(store, ids, erasure);
	return erasure;
}

/** Finishes what a process that was killed in the middle, or a message on its way, has left. */
export async function finishErasures(store: Store): Promise<void> {
	const ids = await store.read((db) => unfinishedErasures(db, UNFINISHED_AT_ONCE));
	if (ids.length > 0) await takeRest(store, ids, null);
}

/** Finds what only number or contact lead to, as long as they are there. */
async function gather(store: Store, places: PersonPlaces, erasure: Erasure): Promise<void> {
	const read = <T>(query: (db: Database) => Promise<T>): Promise<T> => store.read(query);
	await overIds('message', read, async (after, through) => {
		const found = await store.read((db) => messagesToPerson(db, places, after, through));
		for (const chunk of chunksOf(found, ROWS_A_TRANSACTION))
			await store.transaction((db) => adoptByIdentity(db, chunk, places.identityIds));
	});
	await overIds('event', read, async (after, through) => {
		const found = await store.read((db) => statusEventsOf(db, places.phones, after, through));
		for (const chunk of chunksOf(found, ROWS_A_TRANSACTION))
			erasure.erased.events += await store.transaction((db) => eraseEvents(db, chunk));
	});
	erasure.erased.campaigns = await store.transaction((db) => eraseFromCampaigns(db, places.phones));
}

/** The transaction from which on there is no such person. @returns the identities that were theirs. */
async function makeNobody(
	store: Store,
	db: Database,
	places: PersonPlaces,
	erasure: Erasure,
	inboxes: string[],
): Promise<number[]> {
	const { identityIds, contactIds, phones, userIds } = places;
	const now = store.now();
	const kept = await optOutsOf(db, identityIds, now);
	for (const id of identityIds)
		erasure.withdrawn += await withdrawQueued(db, { identityId: id, phones, contactIds, reason: 'opted out', now });
	const memberships = await deleteMemberships(db, { contactIds, groupIds: null, source: null });
	for (const id of identityIds) inboxes.push(...(await endRegistrations(store, db, id)));
	Object.assign(erasure.erased, await deletePerson(db, { identityIds, contactIds }, now), { memberships });
	const hashes = [
		...phones.flatMap((phone) => hashesOf(db, { phone, whatsAppUserId: null })),
		...userIds.flatMap((whatsAppUserId) => hashesOf(db, { phone: null, whatsAppUserId })),
	];
	const rows: Suppression[] = [...kept, { scope: ERASED, effectiveAt: now, source: 'operator' }];
	await addSuppressions(
		db,
		hashes.flatMap((hash) => rows.map((row) => ({ hash, ...row }))),
	);
	erasure.optOutKept = kept.map(({ scope }) => scope);
	await writeStoreRecord(store, db, {
		action: 'erased',
		source: 'operator',
		hashes,
		scopes: erasure.optOutKept,
		...erasure.erased,
	});
	return identityIds;
}

/** The newest opt-out of each scope over all halves; advertising is refused from now on where it was not before. */
async function optOutsOf(db: Database, identityIds: readonly number[], now: number): Promise<Suppression[]> {
	const kept = new Map<string, Suppression>();
	const keep = (word: Suppression): void => {
		if ((kept.get(word.scope)?.effectiveAt ?? -Infinity) < word.effectiveAt) kept.set(word.scope, word);
	};
	for (const id of identityIds) {
		for (const { scope, direction, effective_at: effectiveAt, source } of await wordsOf(db, id))
			if (direction === 'out') keep({ scope, effectiveAt, source });
		for (const { senderId, state, since, endedBy } of await registrationsOf(db, id)) {
			if (state === 'ended' && (endedBy === 'person' || endedBy === 'provider'))
				keep({ scope: `sender:${senderId}`, effectiveAt: since, source: endedBy });
		}
	}
	if (!kept.has('all')) keep({ scope: 'all', effectiveAt: now, source: 'operator' });
	return [...kept.values()];
}

/** Through the engine, so that the places go to those who wait. */
async function endRegistrations(store: Store, db: Database, identityId: number): Promise<string[]> {
	const identity = await identityById(db, identityId);
	const open = (await registrationsOf(db, identityId)).some(({ state }) => state !== 'ended');
	if (!identity || !open || (identity.phone === null && identity.whatsAppUserId === null)) return [];
	const { inboxes } = await applyConsentSignal(store, db, {
		provider: 'operator',
		providerEventId: `erase ${randomUUID()}`,
		kind: 'carriedOptOut',
		channel: 'whatsapp',
		sender: null,
		person: identity,
		sentAt: null,
		inbox: null,
		scopes: ['all'],
	});
	return inboxes;
}

/** What may be much goes piece by piece, once nothing leads to the person any more. */
async function takeRest(store: Store, identityIds: number[], erasure: Erasure | null): Promise<void> {
	const counts = erasure?.erased ?? { events: 0, messages: 0, consentRecords: 0 };
	const untilNone = async (work: (db: Database) => Promise<number>): Promise<number> => {
		for (let total = 0; ;) {
			const done = await store.transaction(work);
			if (done === 0) return total;
			total += done;
		}
	};
	counts.events += await untilNone(
		async (db) => await eraseEvents(db, await eventIdsOf(db, identityIds, ROWS_A_TRANSACTION)),
	);
	counts.consentRecords += await untilNone((db) => eraseRecords(db, identityIds, ROWS_A_TRANSACTION));
	for (const id of identityIds)
		await store.transaction(async (db) => {
			if (!(await chainOf(db, id))) return;
			const chain = await lockChain(db, id);
			const isWhole = chain.seal !== null && isSealed(chain, store.ledgerKey);
			await releaseChain(db, chain.id, isWhole ? sealOf({ ...chain, identityId: null }, store.ledgerKey) : chain.seal);
		});
	const places: PersonPlaces = { identityIds, contactIds: [], phones: [], userIds: [] };
	await overIds(
		'message',
		(query) => store.read(query),
		async (after, through) => {
			const found = await store.read((db) => messagesToPerson(db, places, after, through));
			for (const chunk of chunksOf(found, ROWS_A_TRANSACTION)) {
				counts.messages += await store.transaction((db) => eraseMessages(db, chunk, (key) => erasedKey(db, key)));
			}
		},
	);
	const isOpen = await store.read((db) => hasOpenMessages(db, identityIds));
	if (erasure) erasure.unfinished = isOpen;
	if (!isOpen) await store.transaction((db) => finishErasure(db, identityIds));
}
