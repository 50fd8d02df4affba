import { createHash } from 'node:crypto';
import { z } from 'zod';

import { OptInError } from '../../domain/errors';
import { lineOf } from '../../domain/line';
import { readWholeTyped } from '../shared/personRef';
import { ownScope, type ScopeIds } from '../../domain/optOutScope';
import type { PersonKey } from '../../store/identities';
import {
	type KnownWord,
	recogniseContacts,
	recogniseIdentities,
	type Recognised,
	wordsOfPeople,
} from '../../store/optOutLists';
import { overIds } from '../../store/personData';
import { chunksOf } from '../../store/database/rows';
import type { Store } from '../../store/store';
import { addSuppressions, ERASED, hashesOf, type HashedSuppression, suppressionsOf } from '../../store/suppressions';
import { writeStoreRecord } from '../consent/writeRecords';
import { applyConsentSignal, type SignalInput } from '../consent/engine';
import { erasePerson } from './erase';
import { waitForInFlight } from '../shared/inFlight';
import { Turns } from '../shared/yieldTimer';
import { wakeInboxes } from '../shared/wakeUp';

export interface OptOutImport {
	/** Rows read. */
	read: number;
	/** Opt-outs that were not known. */
	applied: number;
	/** Known already. */
	known: number;
	/** The person has said START since: that stays. */
	overtaken: number;
	/** Kept by hash only: of people erased. */
	kept: number;
	/** People erased before whose data a backup had brought back. */
	erasedAgain: number;
	/** Rows that could not be used. */
	invalid: number;
	/** The first of them. */
	problems: Array<{ row: number; reason: string }>;
	/** False: the file is cut off. Null: items, which have no end. */
	complete: boolean | null;
}

const row = z.object({
	phone: z.string().nullish(),
	whatsAppUserId: z.string().nullish(),
	hash: z
		.string()
		.regex(/^[0-9a-f]{64}$/)
		.nullish(),
	scope: z.string().min(1).max(200),
	at: z.union([z.string().datetime({ offset: true }), z.number().int().nonnegative()]),
	source: z.enum(['person', 'provider', 'operator']).default('person'),
});

interface Read {
	person: PersonKey | null;
	hash: string | null;
	scope: string;
	effectiveAt: number;
	source: 'person' | 'provider' | 'operator';
}

const ROWS_AT_ONCE = 200;
const IDENTITIES_AT_ONCE = 500;
/** A transaction takes no more people once it has lasted so long. */
const LONGEST_TRANSACTION_MS = 80;
const PROBLEMS_SHOWN = 20;

/**
 * Reads opt-outs back, with the times when they were said, so that a later START still wins. The same rows again change nothing.
 * @param source rows of Export Opt-Outs, in pieces of any size.
 */
export async function importOptOuts(store: Store, source: Iterable<unknown>): Promise<OptOutImport> {
	const result: OptOutImport = {
		read: 0,
		applied: 0,
		known: 0,
		overtaken: 0,
		kept: 0,
		erasedAgain: 0,
		invalid: 0,
		problems: [],
		complete: null,
	};
	const ids = await scopeIds(store);
	const hashed: Read[] = [];
	let people: Read[] = [];
	const turns = new Turns();
	for (const given of source) {
		result.read++;
		if (turns.isOver()) await turns.next();
		const optOut = readRow(given, ids, result);
		if (optOut?.hash) hashed.push(optOut);
		else if (optOut) people.push(optOut);
		if (people.length < ROWS_AT_ONCE) continue;
		await applyToPeople(store, people, result);
		people = [];
	}
	await applyToPeople(store, people, result);
	await applyToHashed(store, hashed, result);
	const { read, applied, known, overtaken, kept, erasedAgain, invalid } = result;
	const counts = { read, applied, known, overtaken, kept, erasedAgain, invalid };
	await store.transaction((db) =>
		writeStoreRecord(store, db, { action: 'optOutsImported', source: 'operator', ...counts }),
	);
	return result;
}

/** The same from a file of Export Opt-Outs. */
export async function importOptOutFile(store: Store, file: Buffer): Promise<OptOutImport> {
	const end = { seen: false };
	const result = await importOptOuts(store, linesOf(file, end));
	return { ...result, complete: end.seen };
}

/** A line that is no JSON comes as the text it is, and is told as a row that cannot be used. */
function* linesOf(file: Buffer, end: { seen: boolean }): Generator<unknown> {
	for (let start = 0; start < file.length;) {
		const next = file.indexOf(10, start);
		const stop = next === -1 ? file.length : next;
		const line = file.toString('utf8', start, Math.min(stop, start + 10_000)).trim();
		start = stop + 1;
		if (line === '') continue;
		const value = parsed(line);
		if (typeof value === 'object' && value !== null && 'end' in value) end.seen = true;
		else yield value;
	}
}

function parsed(line: string): unknown {
	try {
		return JSON.parse(line) as unknown;
	} catch {
		return line;
	}
}

function readRow(given: unknown, ids: ScopeIds, result: OptOutImport): Read | null {
	const refuse = (reason: string): null => {
		result.invalid++;
		if (result.problems.length < PROBLEMS_SHOWN) result.problems.push({ row: result.read, reason });
		return null;
	};
	const checked = row.safeParse(given);
	if (!checked.success) {
		const [issue] = checked.error.issues;
		return refuse(`This is no opt-out: ${issue?.path.join('.') || 'the row'}: ${issue?.message ?? 'unknown'}.`);
	}
	const { phone, whatsAppUserId, hash, at, source, ...rest } = checked.data;
	const scope = ownScope(rest.scope, ids);
	if (scope === null)
		return refuse(
			'The scope names a sender or a group that this store does not have. Make it first, and read the file again.',
		);
	const effectiveAt = typeof at === 'number' ? at : Date.parse(at);
	if (hash) return { person: null, hash, scope, effectiveAt, source };
	if (!phone && !whatsAppUserId) return refuse('There is neither a number nor a WhatsApp user id nor a hash.');
	try {
		const person = { phone: phone ? phoneOf(phone) : null, whatsAppUserId: whatsAppUserId || null };
		return scope === ERASED
			? refuse('Erased are people known by hash only.')
			: { person, hash: null, scope, effectiveAt, source };
	} catch (error) {
		if (error instanceof OptInError) return refuse(error.message);
		throw error;
	}
}

/** What the export wrote needs no plan of numbers to be read. */
function phoneOf(text: string): string | null {
	return /^\+[1-9]\d{6,14}$/.test(text) ? lineOf(text) : readWholeTyped(text).phone;
}

async function applyToPeople(store: Store, rows: readonly Read[], result: OptOutImport): Promise<void> {
	if (rows.length === 0) return;
	const phones = rows.flatMap(({ person }) => person?.phone ?? []);
	const userIds = rows.flatMap(({ person }) => person?.whatsAppUserId ?? []);
	const [words, kept] = await store.read(
		async (db) =>
			[
				await wordsOfPeople(db, phones, userIds),
				await suppressionsOf(db, [...new Set(rows.flatMap((each) => (each.person ? hashesOf(db, each.person) : [])))]),
			] as const,
	);
	const byKey = wordsByKey(words);
	const signals = new Map<string, { input: SignalInput; count: number }>();
	const hidden: HashedSuppression[] = [];
	for (const { person, scope, effectiveAt, source } of rows) {
		if (!person) continue;
		const known = [person.phone, person.whatsAppUserId].flatMap((key) => (key === null ? [] : (byKey.get(key) ?? [])));
		const hashes = hashesOf(store.db, person);
		if (known.length === 0 && kept.some(({ hash, scope: which }) => which === ERASED && hashes.includes(hash))) {
			// Erased since the list was made: it must not bring the number back.
			hidden.push(...hashes.map((hash) => ({ hash, scope, effectiveAt, source })));
			continue;
		}
		const word = known.find((each) => each.scope === scope);
		const saidAt = word?.effectiveAt ?? -Infinity;
		// At equal times the opt-out wins.
		if (word && (word.direction === 'out' ? saidAt >= effectiveAt : saidAt > effectiveAt)) {
			result[word.direction === 'out' ? 'known' : 'overtaken']++;
			continue;
		}
		const key = JSON.stringify([person, effectiveAt]);
		const signal = signals.get(key) ?? { input: carried(person, effectiveAt, source), count: 0 };
		signal.input.scopes?.push(scope);
		signals.set(key, { ...signal, count: signal.count + 1 });
	}
	if (hidden.length > 0) await store.transaction((db) => addSuppressions(db, hidden));
	result.kept += hidden.length;
	await applyAll(store, [...signals.values()], result);
}

function wordsByKey(words: readonly KnownWord[]): Map<string, KnownWord[]> {
	const byKey = new Map<string, KnownWord[]>();
	for (const word of words) {
		for (const key of [word.phone, word.whatsAppUserId])
			if (key !== null) byKey.set(key, [...(byKey.get(key) ?? []), word]);
	}
	return byKey;
}

function carried(person: PersonKey, sentAt: number, source: string): SignalInput {
	return {
		provider: 'operator',
		providerEventId: '',
		kind: 'carriedOptOut',
		channel: 'whatsapp',
		sender: null,
		person,
		sentAt,
		inbox: null,
		scopes: [],
		evidence: { readBack: true, originalSource: source },
	};
}

/** Some people a transaction, as many as it has time for; none twice, however often it is done again. */
async function applyAll(
	store: Store,
	signals: ReadonlyArray<{ input: SignalInput; count: number }>,
	result: OptOutImport,
): Promise<void> {
	for (let start = 0; start < signals.length;) {
		const done = await store.transaction(async (db) => {
			const begun = performance.now();
			const applied = { through: start, count: 0, known: 0, identityIds: [] as number[], inboxes: [] as string[] };
			for (const { input, count } of signals.slice(start)) {
				const scopes = [...(input.scopes ?? [])].sort();
				const id = createHash('sha256')
					.update(JSON.stringify([input.person, input.sentAt, scopes]))
					.digest('hex');
				const { isDuplicate, identityId, inboxes } = await applyConsentSignal(store, db, {
					...input,
					scopes,
					providerEventId: `opt-out ${id}`,
				});
				applied.through++;
				applied[isDuplicate ? 'known' : 'count'] += count;
				applied.inboxes.push(...inboxes);
				if (identityId !== null) applied.identityIds.push(identityId);
				if (performance.now() - begun > LONGEST_TRANSACTION_MS) break;
			}
			return applied;
		});
		start = done.through;
		result.applied += done.count;
		result.known += done.known;
		wakeInboxes(done.inboxes);
		await waitForInFlight(store, done.identityIds);
	}
}

/**
 * Of people erased nothing but hashes is known. Where a restored backup has brought somebody back, they are recognised by
 * them: their opt-outs hold, and who was erased after the backup is erased again.
 */
async function applyToHashed(store: Store, rows: readonly Read[], result: OptOutImport): Promise<void> {
	if (rows.length === 0) return;
	const found = await recognise(store, new Set(rows.flatMap(({ hash }) => hash ?? [])));
	const erased = rows.filter(({ scope }) => scope === ERASED);
	const words = rows.filter(({ scope }) => scope !== ERASED);
	const people = words.flatMap((each): Read[] =>
		(found.get(each.hash ?? '') ?? []).map((person) => ({ ...each, hash: null, person })),
	);
	for (const chunk of chunksOf(people, ROWS_AT_ONCE)) await applyToPeople(store, chunk, result);
	for (const { hash, effectiveAt } of erased) {
		for (const person of found.get(hash ?? '') ?? []) {
			// Who came back after the erasure by their own doing stays.
			if (person.createdAt > effectiveAt) continue;
			const { found: wasThere } = await erasePerson(store, { number: person.whatsAppUserId ?? person.phone ?? '' });
			if (wasThere) result.erasedAgain++;
		}
	}
	const kept = [...erased, ...words.filter(({ hash }) => !found.has(hash ?? ''))].map(
		({ hash, scope, effectiveAt, source }) => ({ hash: hash ?? '', scope, effectiveAt, source }),
	);
	for (const chunk of chunksOf(kept, ROWS_AT_ONCE))
		result.kept += await store.transaction((db) => addSuppressions(db, chunk));
}

async function recognise(store: Store, hashes: ReadonlySet<string>): Promise<Map<string, Recognised[]>> {
	const found = new Map<string, Recognised[]>();
	const add = (people: Recognised[]): void => {
		for (const person of people) found.set(person.hash, [...(found.get(person.hash) ?? []), person]);
	};
	for (const [table, look] of [
		['identity', recogniseIdentities],
		['contact', recogniseContacts],
	] as const) {
		await overIds(
			table,
			(query) => store.read(query),
			async (after, through) => add(await store.read((db) => look(db, hashes, after, through))),
			IDENTITIES_AT_ONCE,
		);
	}
	return found;
}

async function scopeIds(store: Store): Promise<ScopeIds> {
	const [senders, groups] = await store.read(
		async (db) =>
			[
				await db.selectFrom('sender').select(['id', 'phone']).execute(),
				await db.selectFrom('contact_group').select(['id', 'shortcode']).execute(),
			] as const,
	);
	const bySender = new Map(senders.map(({ id, phone }) => [phone, id]));
	const byShortcode = new Map(groups.map(({ id, shortcode }) => [shortcode, id]));
	return { senderId: (phone) => bySender.get(phone), groupId: (shortcode) => byShortcode.get(shortcode) };
}
