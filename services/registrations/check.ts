import { isOptedOut } from '../../domain/consent/state';
import { InvalidInputError } from '../../domain/errors';
import { phoneOf } from '../../domain/phone';
import { factsOfNumbers, type NumberFacts, wordsOfErased, wordsOfPeople } from '../../store/registrationChecks';
import { chunksOf } from '../../store/database/rows';
import type { RegistrationState } from '../../store/schema';
import { resolveSender } from '../../store/senders';
import type { Store } from '../../store/store';
import { windowOpenUntil } from './lists';
import { knownAmong } from '../shared/personRef';
import { Turns } from '../shared/yieldTimer';

/** Numbers looked up by one statement: it takes some 10 ms, and so does taking its rows in. */
const NUMBERS_A_QUERY = 2_000;

export interface NumberCheck {
	/** As given. */
	number: string;
	/** E.164; null where it is no number. */
	phone: string | null;
	registered: boolean;
	state: RegistrationState | null;
	windowOpenUntil: string | null;
	/** Why the person gets no WhatsApp: not registered, opted out, place on the waiting list; null: they do. */
	reason: string | null;
	error?: string;
}

interface ReadNumber {
	phone: string | null;
	error?: string;
}

/** What may be sent by WhatsApp to these numbers, in their order. A number that is none gives an error in its place. */
export async function checkRegistrations(
	store: Store,
	{ sender: senderRef, numbers, country }: { sender: string; numbers: readonly string[]; country?: string },
): Promise<NumberCheck[]> {
	const sender = await store.read((db) => resolveSender(db, senderRef, 'whatsapp'));
	const read = new Map<string, ReadNumber>();
	const facts = new Map<string, NumberFacts>();
	/** E.164. */
	const optedOut = new Set<string>();
	const lookUp = async (phones: readonly string[]): Promise<void> =>
		await store.read(async (db) => {
			const found = await factsOfNumbers(db, sender.id, phones);
			for (const each of found) facts.set(each.phone, each);
			const unregistered = new Map(
				found.filter(({ state }) => state !== 'active').map(({ identityId, phone }) => [identityId, phone]),
			);
			const said = [...(await wordsOfPeople(db, [...unregistered.keys()]))].map(
				([identityId, words]) => [unregistered.get(identityId) ?? '', words] as const,
			);
			for (const [phone, words] of [...said, ...(await wordsOfErased(db, phones))])
				if (isOptedOut(words, sender.id)) optedOut.add(phone);
		});
	// While the database looks up some numbers, the next are read here.
	let lookedUp: Promise<void> = Promise.resolve();
	for (const some of chunksOf(numbers, NUMBERS_A_QUERY)) {
		const phones = await readNumbers(store, some, country || sender.country, read);
		await lookedUp;
		lookedUp = lookUp(phones);
		// Awaited below; until then a failure is nobody's.
		lookedUp.catch(() => undefined);
	}
	await lookedUp;

	const checks: NumberCheck[] = [];
	const now = store.now();
	const turns = new Turns();
	for (const number of numbers) {
		if (turns.isOver()) await turns.next();
		const { phone, error } = read.get(number) ?? { phone: null };
		const known = phone === null ? undefined : facts.get(phone);
		const registered = known?.state === 'active';
		checks.push({
			number,
			phone,
			registered,
			state: known?.state ?? null,
			windowOpenUntil: registered ? windowOpenUntil(known.lastInboundAt, now) : null,
			reason: phone === null ? 'no number' : reasonOf(known, optedOut.has(phone)),
			...(error !== undefined && { error }),
		});
	}
	return checks;
}

function reasonOf(known: NumberFacts | undefined, isOptedOut: boolean): string | null {
	if (known?.state === 'active') return null;
	if (known?.state === 'waiting') return 'place on the waiting list';
	return isOptedOut ? 'opted out' : 'not registered';
}

/** Each text once: reading a number is what takes the time. @returns the numbers among them, E.164. */
async function readNumbers(
	store: Store,
	numbers: readonly string[],
	country: string,
	read: Map<string, ReadNumber>,
): Promise<string[]> {
	const phones = new Set<string>();
	const refused: string[] = [];
	const turns = new Turns();
	for (const number of numbers) {
		if (read.has(number)) continue;
		if (turns.isOver()) await turns.next();
		const known = readNumber(number, country);
		read.set(number, known);
		if (known.phone !== null) phones.add(known.phone);
		else refused.push(number);
	}
	if (refused.length === 0) return [...phones];
	for (const [number, phone] of await store.read((db) => knownAmong(db, refused))) {
		read.set(number, { phone });
		phones.add(phone);
	}
	return [...phones];
}

function readNumber(number: string, country: string): ReadNumber {
	try {
		return { phone: phoneOf(number, country) };
	} catch (error) {
		if (error instanceof InvalidInputError) return { phone: null, error: error.message };
		throw error;
	}
}
