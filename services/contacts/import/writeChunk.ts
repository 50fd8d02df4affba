import { randomBytes } from 'node:crypto';

import { ConflictError } from '../../../domain/errors';
import { nextRecord, nextSeal } from '../../../domain/ledger';
import {
	contactsHolding,
	existingMemberships,
	insertContacts,
	insertContactsForIds,
	insertMemberships,
	outWords,
	updateContacts,
} from '../../../store/contactSets';
import type { Group } from '../../../store/groups';
import { lockAllContacts } from '../../../store/contacts';
import { lockNumbers } from '../../../store/identities';
import { appendToChains, lockChains, makeIdentities } from '../../../store/ledgerSets';
import type { Database } from '../../../store/schema';
import type { Store } from '../../../store/store';
import { type SmsConsenting, smsConsentRecord } from '../../consent/smsConsentRecord';
import { numbersOfUserIds } from '../userIds';
import type { DryRun } from './dryRun';
import { type ChunkGroups, type FileGroups, makeGroups } from './fileGroups';
import { type ConsentRefusal, type Folded, type FoldedContact, foldRows, addressesOf, toFolded } from './foldRows';
import type { ReadChunk } from './protocol';

export interface ChunkResult {
	created: number;
	updated: number;
	unchanged: number;
	addedToGroups: number;
	/** Memberships not made, because the person left the group by their own word. */
	keptOut: number;
	/** Groups that the rows named and that were not there. */
	groupsMade: number;
	/** Good rows whose person is opted out. */
	suppressed: number;
	/** Good rows that brought a consent that counts. */
	withSmsConsent: number;
	smsConsentIncomplete: number;
	/** Good rows that say no, or not surely yes: their consent was not taken. */
	smsConsentRefused: number;
	/** Cells of good rows that held a word for nothing. */
	emptyWords: number;
	rejected: Folded['rejected'];
}

/** What the contacts of a file join. */
export interface GroupsToJoin {
	/** Ids, of all of them. */
	all: readonly number[];
	ofFile: FileGroups;
}

/** Somebody else has made or changed one of these contacts meanwhile: the chunk is done anew. */
class ChunkOvertaken extends ConflictError {}

const OVERTAKEN =
	'The contacts of this file are being changed by somebody else at this moment. Import it again: what is in already stays as it is.';
const TRIES = 5;
/** Words that end advertising, or SMS, whoever sends: the contact is kept, and counted as such. */
const SUPPRESSING = ['all', 'sms'] as const;
const SALT_BYTES = 16;

/** Writes one chunk, all of it or nothing, in a handful of statements. */
export async function writeChunk(store: Store, chunk: ReadChunk, groups: GroupsToJoin): Promise<ChunkResult> {
	for (let tries = 1; ; tries++) {
		try {
			const { made, ...result } = await store.transaction((db) => writeOnce(store, db, chunk, groups));
			groups.ofFile.remember(made);
			return result;
		} catch (error) {
			if (!isOvertaken(error) || tries === TRIES) throw error;
		}
	}
}

/** As writeChunk, with nothing written; `dryRun` remembers what the chunks before would have. */
export async function foretellChunk(
	store: Store,
	chunk: ReadChunk,
	groups: GroupsToJoin,
	dryRun: DryRun,
): Promise<ChunkResult> {
	return await store.read(async (db) => {
		const numberOfUserId = await numbersOfUserIds(db, userIdsOf(chunk));
		const known = await knownContacts(db, chunk, numberOfUserId);
		const there = dryRun.overlay(known, addressesOfRows(chunk, numberOfUserId));
		const ofFile = await groups.ofFile.read(db, chunk);
		const groupIds = [...new Set([...groups.all, ...ofFile.idsOfRows(chunk.rows)])];
		const words = await wordsAbout(
			db,
			[...chunk.rows, ...there, ...[...numberOfUserId.values()].map(byNumber)],
			groupIds,
		);
		const folded = foldRows(chunk.rows, there, refusalBy(words), ofFile, numberOfUserId);
		const contacts = contactsOf(folded);
		const made = groups.ofFile.foretell(ofFile.wanted());
		made.forEach((group) => ofFile.add(group));
		groups.ofFile.remember(made);
		const { wanted, keptOut } = membershipsOf(folded, groups.all, ofFile, words);
		const ids = contacts.filter(({ id }) => id > 0).map(({ id }) => id);
		const members = await existingMemberships(db, ids, groupIds);
		const added = wanted.filter(
			({ contact, groupId }) => !members.has(`${groupId}:${contact.id}`) && dryRun.addsMembership(contact, groupId),
		).length;
		dryRun.remember(contacts);
		const figures = { ...figuresOf(folded, words), addedToGroups: added, keptOut, groupsMade: made.length };
		return { ...figures, rejected: folded.rejected };
	});
}

async function writeOnce(
	store: Store,
	db: Database,
	chunk: ReadChunk,
	groups: GroupsToJoin,
): Promise<ChunkResult & { made: Group[] }> {
	const now = store.now();
	const { known, numberOfUserId } = await heldContacts(db, chunk);
	const ofFile = await groups.ofFile.read(db, chunk);
	const groupIds = [...new Set([...groups.all, ...ofFile.idsOfRows(chunk.rows)])];
	const words = await wordsAbout(
		db,
		[...chunk.rows, ...known, ...[...numberOfUserId.values()].map(byNumber)],
		groupIds,
	);
	const folded = foldRows(chunk.rows, known, refusalBy(words), ofFile, numberOfUserId);
	const made = await makeGroups(db, ofFile.wanted(), { now, overtaken: () => new ChunkOvertaken(OVERTAKEN) });
	made.forEach((group) => ofFile.add(group));
	const contacts = contactsOf(folded);
	await saveContacts(db, contacts, {
		now,
		idsNeeded: groupIds.length + made.length > 0 || contacts.some(({ consentAdded }) => consentAdded),
	});
	const { wanted, keptOut } = membershipsOf(folded, groups.all, ofFile, words);
	const addedToGroups = await insertMemberships(
		db,
		wanted.map(({ contact, groupId }) => ({ groupId, contactId: contact.id })),
		{ source: 'operator', now },
	);
	await recordConsents(store, db, contacts);
	const figures = { ...figuresOf(folded, words), addedToGroups, keptOut, groupsMade: made.length };
	return { ...figures, rejected: folded.rejected, made };
}

const userIdsOf = ({ rows }: ReadChunk): string[] =>
	rows.flatMap(({ whatsAppUserId }) => (whatsAppUserId === null ? [] : [whatsAppUserId]));

const addressesOfRows = ({ rows }: ReadChunk, numberOfUserId: ReadonlyMap<string, string>): string[] => [
	...new Set([...rows.flatMap(addressesOf), ...numberOfUserId.values()]),
];

const byNumber = (whatsAppNumber: string) => ({ smsNumber: null, whatsAppNumber, whatsAppUserId: null });

async function knownContacts(
	db: Database,
	chunk: ReadChunk,
	numberOfUserId: ReadonlyMap<string, string>,
): Promise<FoldedContact[]> {
	return (await contactsHolding(db, addressesOfRows(chunk, numberOfUserId), false)).map(toFolded);
}

/**
 * The contacts with the chunk's numbers, and their people, held until the transaction ends: a STOP that comes now waits, and is not overlooked.
 * People first, as everybody who holds both does.
 */
async function heldContacts(
	db: Database,
	chunk: ReadChunk,
): Promise<{ known: FoldedContact[]; numberOfUserId: Map<string, string> }> {
	const given = addressesOfRows(chunk, new Map());
	await lockNumbers(db, given);
	await lockAllContacts(db);
	const numberOfUserId = await numbersOfUserIds(db, userIdsOf(chunk));
	const addresses = addressesOfRows(chunk, numberOfUserId);
	const known = (await contactsHolding(db, addresses, true)).map(toFolded);
	const named = new Set(given);
	// Of contacts with a number that the file does not have. Taken late: where that closes a circle, PostgreSQL breaks it and the chunk begins anew.
	await lockNumbers(
		db,
		[...new Set([...addresses, ...known.flatMap(addressesOf)])].filter((address) => !named.has(address)),
	);
	return { known, numberOfUserId };
}

function contactsOf({ rows }: Folded): FoldedContact[] {
	return [...new Set(rows.map(({ contact }) => contact))];
}

async function saveContacts(
	db: Database,
	contacts: readonly FoldedContact[],
	{ now, idsNeeded }: { now: number; idsNeeded: boolean },
): Promise<void> {
	const changed = contacts.filter(({ isChanged }) => isChanged);
	const made = changed.filter(({ id }) => id === 0);
	await updateContacts(
		db,
		changed.filter(({ id }) => id > 0),
		now,
	);
	if (!idsNeeded) {
		if ((await insertContacts(db, made, now)) < made.length) throw new ChunkOvertaken(OVERTAKEN);
		return;
	}
	const ids = new Map((await insertContactsForIds(db, made, now)).map((row) => [addressesOf(row).join(), row.id]));
	for (const contact of made) {
		const id = ids.get(addressesOf(contact).join());
		if (id === undefined) throw new ChunkOvertaken(OVERTAKEN);
		contact.id = id;
	}
}

/** A number that two contacts would have: another process has been faster. */
function isOvertaken(error: unknown): boolean {
	const { code, message } = Object(error) as { code?: string; message?: string };
	return (
		error instanceof ChunkOvertaken ||
		code === '23505' ||
		(code === 'SQLITE_19' && String(message).includes('contact.'))
	);
}

type Words = Map<string, Set<string>>;

async function wordsAbout(
	db: Database,
	people: ReadonlyArray<Parameters<typeof addressesOf>[0]>,
	groupIds: readonly number[],
): Promise<Words> {
	return await outWords(
		db,
		[...new Set(people.flatMap(addressesOf))],
		[...SUPPRESSING, ...groupIds.map((id) => `group:${id}`)],
	);
}

function hasSaidNo(contact: FoldedContact, words: Words, scopes: readonly string[]): boolean {
	return words.size > 0 && addressesOf(contact).some((number) => scopes.some((scope) => words.get(number)?.has(scope)));
}

/** As of a consent entered by hand (services/contacts/enteredConsent.ts). */
function refusalBy(words: Words): ConsentRefusal {
	return (smsNumber, numbers) =>
		smsNumber === null ||
		numbers.some((number) => words.get(number)?.has('all')) ||
		words.get(smsNumber)?.has('sms') === true;
}

/** Rule 4: who left a group by STOP comes back by START only. */
function membershipsOf({ rows }: Folded, ofAll: readonly number[], ofFile: ChunkGroups, words: Words) {
	const joined = new Map<FoldedContact, Set<number>>();
	for (const { row, contact } of rows) {
		const ids = joined.get(contact) ?? new Set(ofAll);
		for (const id of row.groups ? ofFile.idsOf(row.groups) : []) ids.add(id);
		joined.set(contact, ids);
	}
	const all = [...joined].flatMap(([contact, ids]) => [...ids].map((groupId) => ({ contact, groupId })));
	const wanted = all.filter(({ contact, groupId }) => !hasSaidNo(contact, words, [`group:${groupId}`]));
	return { wanted, keptOut: all.length - wanted.length };
}

function figuresOf({ rows }: Folded, words: Words) {
	const count = (test: (row: Folded['rows'][number]) => boolean): number => rows.filter(test).length;
	return {
		created: count(({ outcome }) => outcome === 'created'),
		updated: count(({ outcome }) => outcome === 'updated'),
		unchanged: count(({ outcome }) => outcome === 'unchanged'),
		suppressed: count(({ contact }) => hasSaidNo(contact, words, SUPPRESSING)),
		withSmsConsent: count(({ row }) => row.smsConsentAt !== null),
		smsConsentIncomplete: count(({ row }) => row.consentIncomplete),
		smsConsentRefused: count(({ row }) => row.consentRefusal !== null),
		emptyWords: rows.reduce((sum, { row }) => sum + row.emptyWords, 0),
	};
}

/** Each consent that is new goes into the chain of its person. */
async function recordConsents(store: Store, db: Database, contacts: readonly FoldedContact[]): Promise<void> {
	const consenting = contacts.filter(isConsenting);
	if (consenting.length === 0) return;
	const at = store.now();
	const identities = await makeIdentities(
		db,
		consenting.map(({ smsNumber }) => smsNumber),
		at,
	);
	const chains = await lockChains(db, [...identities.values()]);
	const records = consenting.map((contact) => {
		const identityId = identities.get(contact.smsNumber) ?? 0;
		const chain = chains.get(identityId);
		if (!chain) throw new Error('An identity was neither found nor made.');
		const details = smsConsentRecord(contact, 'import');
		const record = nextRecord(chain, { at, salt: randomBytes(SALT_BYTES).toString('hex'), details }, store.ledgerKey);
		// A person may be in two contacts.
		const next = { length: record.sequence, head: record.hash };
		chains.set(identityId, { ...chain, ...next, seal: nextSeal(chain, next, store.ledgerKey) });
		return record;
	});
	await appendToChains(db, records, new Map([...chains.values()].map(({ id, seal }) => [id, seal])));
}

/** Without an SMS number no consent is taken (refusalBy). */
function isConsenting(contact: FoldedContact): contact is FoldedContact & SmsConsenting {
	return contact.consentAdded && contact.smsNumber !== null;
}
