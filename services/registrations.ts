import { randomUUID } from 'node:crypto';

import type { Channel } from '../domain/channel';
import { isOptedOut } from '../domain/consent';
import { ConflictError, InvalidInputError, NotFoundError } from '../domain/errors';
import { parseMessage } from '../domain/keyword';
import { maskPhone, normalisePhone } from '../domain/phone';
import type { PersonKey } from '../store/identities';
import { resolveGroup } from '../store/groups';
import { countStates, type RegistrationRow, registrationsWithNumbers, selectRegistrations, wordsOfNumbers } from '../store/registrationLists';
import type { RegistrationState } from '../store/schema';
import { resolveSender, type Sender } from '../store/senders';
import type { Store } from '../store/store';
import { applyConsentSignal, type SignalInput, type SignalResult } from './consentEngine';
import { waitForInFlight } from './inFlight';
import { wakeInboxes } from './wakeUp';

/** WhatsApp lets a company write free text for a day after the person's last message. */
const WINDOW_MS = 24 * 60 * 60_000;
/** Numbers looked up in one query. */
const NUMBERS_A_QUERY = 500;

export interface RegistrationView {
	senderId: number;
	senderPhone: string;
	identityId: number;
	/** E.164; null where only the WhatsApp user id is known. */
	phone: string | null;
	whatsAppUserId: string | null;
	state: RegistrationState;
	endedBy: 'person' | 'provider' | 'operator' | null;
	/** ISO 8601: since when in this state. */
	since: string;
	lastInboundAt: string | null;
	/** ISO 8601: until when free text may be sent; null: not now. */
	windowOpenUntil: string | null;
	contactId: number | null;
	contactName: string | null;
}

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

export interface AppliedMessage {
	eventId: number;
	/** The message was here before; nothing was changed. */
	repeated: boolean;
	outcome: string;
	applied: boolean;
	registration: RegistrationState | null;
	contactId: number | null;
	phone: string | null;
	whatsAppUserId: string | null;
	senderPhone: string;
}

export interface ApplyMessageInput {
	/** SenderRef. */
	sender: string;
	/** A number as typed, or a WhatsApp user id such as IT.123. */
	from: string;
	text: string | null;
	messageType?: string;
	/** The provider's id of the message: the same one twice changes nothing twice. */
	messageId: string;
	/** UTC ms; default: now. */
	sentAt?: number;
	channel?: Channel;
}

/** Applies a message received by other means than our trigger, by the same rules. */
export async function applyMessage(store: Store, input: ApplyMessageInput): Promise<AppliedMessage> {
	if (input.messageId.trim() === '') throw new InvalidInputError('The message has no id. Give the provider\'s id of the message, so that it is applied once only.');
	const type = input.messageType ?? 'text';
	const words = parseMessage(input.text, null, type);
	const channel = input.channel ?? 'whatsapp';
	const { result, sender, person } = await applyAt(store, input.sender, null, input.from, {
		providerEventId: input.messageId,
		kind: words.kind,
		channel,
		sentAt: input.sentAt ?? null,
		shortcode: words.shortcode,
		invitationCode: words.invitationCode,
		looksLikeOptOut: words.looksLikeOptOut,
		opensWindow: channel === 'whatsapp' && (words.kind !== 'ignored' || type === 'sticker'),
		text: input.text,
		details: { messageType: type },
	});
	if (result.isOptOut && result.identityId !== null) await waitForInFlight(store, [result.identityId]);
	const { eventId, isDuplicate, outcome, applied, registration, contactId } = result;
	return { eventId, repeated: isDuplicate, outcome, applied, registration, contactId, ...person, senderPhone: sender.phone };
}

/**
 * Registers a person who consented by other means, which `source` names (rule 8).
 * @throws {ConflictError} when the person themselves opted out.
 */
export async function registerByHand(store: Store, { sender, number, source }: { sender: string; number: string; source: string }): Promise<RegistrationView> {
	if (source.trim() === '') throw new InvalidInputError('Say where the consent comes from, e.g. "signed form of 12 May 2026": without a source nobody is registered by hand.');
	const { result, sender: at } = await applyAt(store, sender, 'operator', number, {
		providerEventId: `register ${randomUUID()}`,
		kind: 'register',
		channel: 'whatsapp',
		sentAt: null,
		evidence: { source: source.trim().slice(0, 1_000) },
	});
	if (result.outcome === 'refused') {
		throw new ConflictError(`${maskPhone(number)} opted out by their own word. Only their own START registers them again; invite them instead.`);
	}
	return await getRegistration(store, { sender: String(at.id), number });
}

/** Ends a registration without being an opt-out (PORTAL 5.3): the person's next message may register them again. */
export async function revokeRegistration(store: Store, { sender, number }: { sender: string; number: string }): Promise<RegistrationView & { revoked: boolean }> {
	// Somebody never registered stays unknown.
	const before = await getRegistration(store, { sender, number });
	const { result } = await applyAt(store, String(before.senderId), 'operator', before.whatsAppUserId ?? before.phone ?? number, {
		providerEventId: `revoke ${randomUUID()}`,
		kind: 'revoke',
		channel: 'whatsapp',
		sentAt: null,
	});
	return { ...(await getRegistration(store, { sender: String(before.senderId), number })), revoked: result.outcome === 'revoked' };
}

type Signal = Omit<SignalInput, 'provider' | 'sender' | 'person' | 'inbox'>;

async function applyAt(
	store: Store,
	senderRef: string,
	provider: 'operator' | null,
	from: string,
	signal: Signal,
): Promise<{ result: SignalResult; sender: Sender; person: PersonKey }> {
	const done = await store.transaction(async (db) => {
		const sender = await resolveSender(db, senderRef, 'whatsapp');
		const person = readPerson(from, sender.country);
		const result = await applyConsentSignal(store, db, { ...signal, provider: provider ?? sender.provider, sender, person, inbox: null });
		return { result, sender, person };
	});
	wakeInboxes(done.result.inboxes);
	return done;
}

/** @throws {InvalidInputError} */
function readPerson(text: string, country: string): PersonKey {
	const typed = text.trim();
	return /^[A-Z]{2}\.[A-Za-z0-9.]{1,64}$/.test(typed) ? { phone: null, whatsAppUserId: typed } : { phone: normalisePhone(typed, country).phone, whatsAppUserId: null };
}

/** What may be sent by WhatsApp to these numbers, in their order. A number that is none gives an error in its place. */
export async function checkRegistrations(
	store: Store,
	{ sender: senderRef, numbers, country }: { sender: string; numbers: readonly string[]; country?: string },
): Promise<NumberCheck[]> {
	return await store.read(async (db) => {
		const sender = await resolveSender(db, senderRef, 'whatsapp');
		const read = numbers.map((number) => ({ number, ...readNumber(number, country || sender.country) }));
		const phones = [...new Set(read.flatMap(({ phone }) => (phone === null ? [] : [phone])))];
		const rows = new Map<string, RegistrationRow>();
		const optedOut = new Set<string>();
		for (let start = 0; start < phones.length; start += NUMBERS_A_QUERY) {
			const some = phones.slice(start, start + NUMBERS_A_QUERY);
			for (const row of await registrationsWithNumbers(db, sender.id, some)) if (row.phone !== null) rows.set(row.phone, row);
			for (const [phone, words] of await wordsOfNumbers(db, some)) if (isOptedOut(words, sender.id)) optedOut.add(phone);
		}
		return read.map(({ number, phone, error }): NumberCheck => {
			if (phone === null) return { number, phone, registered: false, state: null, windowOpenUntil: null, reason: 'no number', error };
			const row = rows.get(phone);
			const registered = row?.state === 'active';
			const reason = registered ? null : row?.state === 'waiting' ? 'place on the waiting list' : optedOut.has(phone) ? 'opted out' : 'not registered';
			return { number, phone, registered, state: row?.state ?? null, windowOpenUntil: registered ? windowOpenUntil(row.lastInboundAt, store.now()) : null, reason };
		});
	});
}

function readNumber(number: string, country: string): { phone: string | null; error?: string } {
	try {
		return { phone: normalisePhone(number, country).phone };
	} catch (error) {
		if (error instanceof InvalidInputError) return { phone: null, error: error.message };
		throw error;
	}
}

/** @throws {NotFoundError} when the person has none with this sender. */
export async function getRegistration(store: Store, { sender: senderRef, number }: { sender: string; number: string }): Promise<RegistrationView> {
	return await store.read(async (db) => {
		const sender = await resolveSender(db, senderRef, 'whatsapp');
		const { phone, whatsAppUserId } = readPerson(number, sender.country);
		const [row] = await selectRegistrations(db, { senderId: sender.id, person: { phone, whatsAppUserId }, limit: 1 });
		if (!row) throw new NotFoundError(`There is no registration of ${phone === null ? 'this WhatsApp user' : maskPhone(phone)} with ${sender.phone}. The person has to write to that number first.`);
		return toView(row, store.now());
	});
}

export interface RegistrationFilter {
	sender?: string;
	state?: RegistrationState;
	/** Group id or shortcode. */
	group?: string;
	/** UTC ms: in their state since then or later. */
	since?: number;
	/** Part of a number, name or WhatsApp user id. */
	search?: string;
	limit?: number;
	/** The last row of the page before. */
	after?: Pick<RegistrationView, 'identityId' | 'senderId'>;
}

/** The list "WhatsApp registrations" (PORTAL 4.4), page by page. */
export async function listRegistrations(store: Store, filter: RegistrationFilter = {}): Promise<RegistrationView[]> {
	return await store.read(async (db) => {
		const senderId = filter.sender ? (await resolveSender(db, filter.sender, 'whatsapp')).id : undefined;
		const groupId = filter.group ? (await resolveGroup(db, filter.group)).id : undefined;
		const { state, since, search = '', limit = 50, after } = filter;
		const rows = await selectRegistrations(db, { senderId, groupId, state, since, search: search.trim(), limit, after });
		return rows.map((row) => toView(row, store.now()));
	});
}

export interface Usage {
	senderId: number;
	senderPhone: string;
	active: number;
	waiting: number;
	invited: number;
	ended: number;
	/** Null: no limit. */
	packageLimit: number | null;
	/** Places still free; null: no limit. */
	free: number | null;
}

export async function getUsage(store: Store, { sender: senderRef }: { sender: string }): Promise<Usage> {
	return await store.read(async (db) => {
		const { id, phone, packageLimit } = await resolveSender(db, senderRef, 'whatsapp');
		const counts = await countStates(db, id);
		return { senderId: id, senderPhone: phone, ...counts, packageLimit, free: packageLimit === null ? null : Math.max(0, packageLimit - counts.active) };
	});
}

function toView(row: RegistrationRow, now: number): RegistrationView {
	return {
		senderId: row.senderId,
		senderPhone: row.senderPhone,
		identityId: row.identityId,
		phone: row.phone,
		whatsAppUserId: row.whatsAppUserId,
		state: row.state,
		endedBy: row.endedBy,
		since: new Date(row.since).toISOString(),
		lastInboundAt: row.lastInboundAt === null ? null : new Date(row.lastInboundAt).toISOString(),
		windowOpenUntil: row.state === 'active' ? windowOpenUntil(row.lastInboundAt, now) : null,
		contactId: row.contactId,
		contactName: row.contactName,
	};
}

function windowOpenUntil(lastInboundAt: number | null, now: number): string | null {
	return lastInboundAt !== null && now - lastInboundAt < WINDOW_MS ? new Date(lastInboundAt + WINDOW_MS).toISOString() : null;
}
