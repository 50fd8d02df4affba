import { InvalidInputError } from '../../domain/errors';
import { decide, type LeftOutReason, type PermissionFacts } from '../../domain/permission';
import { phoneOf } from '../../domain/phone';
import { chunksOf } from '../../store/database/rows';
import { factsOf, findKin, readWords } from '../../store/reachability';
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
	/** Why the person gets no advertising by WhatsApp: not registered, opted out, place on the waiting list; null: they do. */
	reason: string | null;
	error?: string;
}

/** Whether the window is open stands beside the reason, so the content asked about is one that needs none. */
const ADVERTISING = {
	groupId: 0,
	channel: 'whatsapp',
	purpose: 'advertisement',
	contentType: 'template',
	insteadOfSenderId: null,
} as const;

/** What came of one number that was looked up. */
interface Found {
	registration: PermissionFacts['registration'];
	reason: LeftOutReason | null;
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
	const found = new Map<string, Found>();
	const lookUp = async (phones: readonly string[]): Promise<void> => {
		const { kin, words } = await store.read(async (db) => {
			const kin = await findKin(
				db,
				phones.map((phone) => ({ phone })),
			);
			return { kin, words: await readWords(db, kin.everybody()) };
		});
		const now = store.now();
		const turns = new Turns();
		for (const phone of phones) {
			if (turns.isOver()) await turns.next();
			const target = { ...ADVERTISING, identityId: kin.identityOf(phone), phone, senderId: sender.id };
			const facts = factsOf(kin, words, target, now);
			const permission = decide(facts);
			found.set(phone, { registration: facts.registration, reason: permission === 'allowed' ? null : permission });
		}
	};
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
		const known = phone === null ? undefined : found.get(phone);
		const registration = known?.registration ?? null;
		const registered = registration?.state === 'active';
		checks.push({
			number,
			phone,
			registered,
			state: registration?.state ?? null,
			windowOpenUntil: registered ? windowOpenUntil(registration.lastInboundAt, now) : null,
			reason: known === undefined ? 'no number' : known.reason,
			...(error !== undefined && { error }),
		});
	}
	return checks;
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
