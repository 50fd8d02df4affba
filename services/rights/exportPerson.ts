import { NotFoundError } from '../../domain/errors';
import { type ChainHead, type LedgerRecord, type RecordDetails, verifyChain } from '../../domain/ledger';
import { maskPhone } from '../../domain/phone';
import { chainOf, recordsAfter } from '../../store/ledger';
import { eventsOfIdentity, messagesById, readPerson, statusEvents } from '../../store/personExport';
import { findPerson, messagesToPerson, overIds, type PersonPlaces, statusEventsOf } from '../../store/personData';
import { chunksOf } from '../../store/database/rows';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import { ERASED, hashesOf, suppressionsOf } from '../../store/suppressions';
import { mergedHalves } from '../consent/mergedIdentities';
import { readWholePerson } from '../shared/personRef';
import { writeRecords, writeStoreRecord } from '../consent/writeRecords';

export interface ExportedRecord {
	recordId: number;
	sequence: number;
	/** ISO 8601. */
	at: string;
	/** What was recorded; null once erased. */
	details: RecordDetails | null;
	hash: string;
}

type Row = Record<string, unknown>;

/** Everything held on one person. Times are ISO 8601. */
export interface PersonExport {
	exportedAt: string;
	/** E.164; null where only the WhatsApp user id is known. */
	phone: string | null;
	whatsAppUserId: string | null;
	/** All numbers and user ids: those of halves merged into the person and of the same contact. */
	identities: Row[];
	contacts: Row[];
	registrations: Row[];
	/** What the person said last, by scope. */
	words: Row[];
	invitations: Row[];
	/** What the person, their provider or the company said and did. */
	events: Row[];
	messages: Row[];
	/** Whether the ledger of this person verifies. */
	valid: boolean;
	records: ExportedRecord[];
	/** Kept by keyed hash from before an erasure. */
	suppressions: Row[];
}

const ROWS_A_PAGE = 500;

/**
 * Everything held on one person, by whole number or WhatsApp user id, read in pages. That it was exported lies in their ledger from
 * then on. @throws {InvalidInputError} @throws {NotFoundError} for somebody of whom nothing is held.
 */
export async function exportPerson(store: Store, { number }: { number: string }): Promise<PersonExport> {
	const key = await store.read((db) => readWholePerson(db, number));
	const places = await store.read((db) => findPerson(db, key, (id) => mergedHalves(db, id)));
	const suppressions = await store.read(
		async (db) => await suppressionsOf(db, [...new Set([...hashesOf(db, key), ...allHashes(db, places)])]),
	);
	if (places.identityIds.length + places.contactIds.length + suppressions.length === 0) {
		throw new NotFoundError(
			`Nothing is recorded of ${key.phone === null ? 'this WhatsApp user' : maskPhone(key.phone)}.`,
		);
	}
	const person = await store.read((db) => readPerson(db, places));
	const { valid, records } = await readLedger(store, places.identityIds);
	const events = await readEvents(store, places);
	const messages = await readMessages(store, places);
	await recordExport(store, places, { events: events.length, messages: messages.length, records: records.length });
	return {
		exportedAt: iso(store.now()) ?? '',
		phone: key.phone ?? places.phones[0] ?? null,
		whatsAppUserId: key.whatsAppUserId ?? places.userIds[0] ?? null,
		identities: person.identities.map(withTimes),
		contacts: person.contacts.map((contact) => ({
			...withTimes({ ...contact, fields: JSON.parse(contact.fields) as unknown }),
			groups: person.memberships
				.filter(({ contactId }) => contactId === contact.id)
				.map(({ contactId: _, ...group }) => withTimes(group)),
		})),
		registrations: person.registrations.map(withTimes),
		words: person.words.map(withTimes),
		invitations: person.invitations.map((invitation) =>
			withTimes({ ...invitation, evidence: JSON.parse(invitation.evidence) as unknown }),
		),
		events,
		messages,
		valid,
		records,
		suppressions: suppressions.map(({ hash: _, scope, ...row }) =>
			withTimes({ scope: scope === ERASED ? 'erased before' : scope, ...row }),
		),
	};
}

function allHashes(db: Database, { phones, userIds }: PersonPlaces): string[] {
	return [
		...phones.flatMap((phone) => hashesOf(db, { phone, whatsAppUserId: null })),
		...userIds.flatMap((whatsAppUserId) => hashesOf(db, { phone: null, whatsAppUserId })),
	];
}

async function readLedger(
	store: Store,
	identityIds: readonly number[],
): Promise<{ valid: boolean; records: ExportedRecord[] }> {
	const records: LedgerRecord[] = [];
	let valid = true;
	for (const id of identityIds) {
		const chain = await store.read((db) => chainOf(db, id));
		if (!chain) continue;
		const own = await recordsOf(store, chain);
		valid &&= verifyChain(chain, own, store.ledgerKey).valid;
		records.push(...own);
	}
	records.sort((one, other) => one.at - other.at || one.id - other.id);
	return { valid, records: records.map(toExported) };
}

async function recordsOf(store: Store, { id }: ChainHead): Promise<LedgerRecord[]> {
	const records: LedgerRecord[] = [];
	for (;;) {
		const page = await store.read((db) => recordsAfter(db, id, records.at(-1)?.sequence ?? 0, ROWS_A_PAGE));
		records.push(...page);
		if (page.length < ROWS_A_PAGE) return records;
	}
}

function toExported({ id, sequence, at, details, hash }: LedgerRecord): ExportedRecord {
	return {
		recordId: id,
		sequence,
		at: new Date(at).toISOString(),
		details: details === null ? null : (JSON.parse(details) as RecordDetails),
		hash,
	};
}

async function readEvents(store: Store, places: PersonPlaces): Promise<Row[]> {
	const events: Row[] = [];
	for (const identityId of places.identityIds) {
		for (let after = { effectiveAt: -1, id: 0 }; ;) {
			const page = await store.read((db) => eventsOfIdentity(db, identityId, after, ROWS_A_PAGE));
			for (const { applied, details, ...event } of page) {
				events.push(withTimes({ ...event, details: JSON.parse(details) as unknown, applied: applied === 1 }));
			}
			const last = page.at(-1);
			if (!last || page.length < ROWS_A_PAGE) break;
			after = last;
		}
	}
	await overIds(
		'event',
		(query) => store.read(query),
		async (after, through) => {
			const ids = await store.read((db) => statusEventsOf(db, places.phones, after, through));
			for (const chunk of chunksOf(ids, ROWS_A_PAGE)) {
				const page = await store.read((db) => statusEvents(db, chunk));
				events.push(...page.map((event) => withTimes({ ...event, details: parsed(event.details) })));
			}
		},
	);
	return events;
}

async function readMessages(store: Store, places: PersonPlaces): Promise<Row[]> {
	const messages: Row[] = [];
	await overIds(
		'message',
		(query) => store.read(query),
		async (after, through) => {
			const ids = await store.read((db) => messagesToPerson(db, places, after, through));
			for (const chunk of chunksOf(ids, ROWS_A_PAGE)) {
				for (const { content, campaignContent, fields, ...message } of await store.read((db) =>
					messagesById(db, chunk),
				)) {
					messages.push(withTimes({ ...message, content: parsed(content ?? campaignContent), fields: parsed(fields) }));
				}
			}
		},
	);
	return messages;
}

const parsed = (json: string | null): unknown => (json === null ? null : JSON.parse(json));

/** In each of the person's chains that there are; of somebody without one, in the store's own. */
async function recordExport(
	store: Store,
	{ identityIds }: PersonPlaces,
	counts: Record<string, number>,
): Promise<void> {
	await store.transaction(async (db) => {
		const [own] = identityIds;
		const details = { action: 'exported', source: 'operator', ...counts };
		if (own === undefined) await writeStoreRecord(store, db, details);
		else await writeRecords(store, db, own, [details]);
	});
}

const TIME = /(_at|At|^since)$/;

/** Times as people read them. */
function withTimes(row: Row): Row {
	return Object.fromEntries(
		Object.entries(row).map(([name, value]) => [
			name,
			TIME.test(name) && typeof value === 'number' ? iso(value) : value,
		]),
	);
}

function iso(time: number | null): string | null {
	return time === null ? null : new Date(time).toISOString();
}
