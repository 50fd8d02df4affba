import { InvalidInputError, NotFoundError } from '../../domain/errors';
import { maskPhone, normalisePhone } from '../../domain/phone';
import { resolveGroup } from '../../store/groups';
import {
	countStates,
	type RegistrationKey,
	type RegistrationRow,
	selectRegistrations,
} from '../../store/registrationLists';
import type { Database, RegistrationState } from '../../store/schema';
import { commonCountry, resolveSender } from '../../store/senders';
import type { Store } from '../../store/store';
import { type Succession, successions } from '../../store/successions';
import { readPerson } from '../shared/personRef';
import { handleOf } from './handle';

/** WhatsApp lets a company write free text for a day after the person's last message. */
const WINDOW_MS = 24 * 60 * 60_000;

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

export interface ListedRegistration extends RegistrationView {
	/** Names this registration, for Revoke, without its number; it cannot be guessed. */
	handle: string;
	/** Where this row stands in the list: given back, the page after it comes. */
	pageToken: string;
}

/** @throws {NotFoundError} when the person has none with this sender. */
export async function getRegistration(
	store: Store,
	{ sender: senderRef, number }: { sender: string; number: string },
): Promise<RegistrationView> {
	return await store.read(async (db) => {
		const sender = await resolveSender(db, senderRef, null);
		const person = await readPerson(db, number, sender.country);
		const [row] = await selectRegistrations(db, { senderId: sender.id, person, limit: 1 });
		if (!row)
			throw new NotFoundError(
				`There is no registration of ${person.phone === null ? 'this WhatsApp user' : maskPhone(person.phone)} with ${sender.phone}. The person has to write to that number first.`,
			);
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
	/** Part of a number as people type it, of a name or of a WhatsApp user id. */
	search?: string;
	/** Only who registered with a number that was changed, and has not answered on the new one: they can be invited again. */
	lostByNumberChange?: boolean;
	/** Numbers and WhatsApp user ids are shown masked. */
	masked?: boolean;
	limit?: number;
	/** The last row of the page before, or its token. */
	after?: Pick<RegistrationView, 'identityId' | 'senderId' | 'since' | 'contactId'> | string;
}

/**
 * The list "WhatsApp registrations", page by page: by person, with `since` by that time, in a group by contact.
 * A whole number finds its person at once; a part of one is looked for in all.
 * @throws {InvalidInputError} for a token that is none.
 */
export async function listRegistrations(store: Store, filter: RegistrationFilter = {}): Promise<ListedRegistration[]> {
	const { state, since, search = '', limit = 50, masked = false, lostByNumberChange = false } = filter;
	const after = keyOf(filter.after);
	return await store.read(async (db) => {
		const senderId = filter.sender ? (await resolveSender(db, filter.sender, null)).id : undefined;
		const groupId = filter.group ? (await resolveGroup(db, filter.group)).id : undefined;
		const lostBy = lostByNumberChange ? await lostOf(db, senderId) : undefined;
		const query = {
			senderId: lostBy ? undefined : senderId,
			groupId,
			state,
			since,
			search: search.trim() || undefined,
			lostBy,
			limit,
			after,
		};
		const whole = query.search === undefined ? null : wholeNumber(query.search, await commonCountry(db));
		const exact =
			whole === null || after
				? []
				: await selectRegistrations(db, {
						...query,
						search: undefined,
						person: { phone: whole, whatsAppUserId: null },
					});
		const rows = exact.length > 0 ? exact : await selectRegistrations(db, query);
		return rows.map((row) => {
			const view = { ...toView(row, store.now()), handle: handleOf(row, store.ledgerKey), pageToken: tokenOf(row) };
			return masked ? maskView(view) : view;
		});
	});
}

function wholeNumber(search: string, country: string): string | null {
	try {
		return normalisePhone(search, country).phone;
	} catch {
		return null;
	}
}

/** Of the sender named: what it replaced, or itself where it was replaced. */
async function lostOf(db: Database, senderId: number | undefined): Promise<Succession[]> {
	const all = await successions(db);
	return senderId === undefined
		? all
		: all.filter((each) => each.senderId === senderId || each.successorIds.includes(senderId));
}

function tokenOf({ since, identityId, senderId, contactId }: RegistrationKey): string {
	return Buffer.from(JSON.stringify([since, identityId, senderId, contactId])).toString('base64url');
}

function keyOf(after: RegistrationFilter['after']): RegistrationKey | undefined {
	if (after === undefined || after === '') return undefined;
	if (typeof after !== 'string') return { ...after, since: Date.parse(after.since) };
	try {
		const [since, identityId, senderId, contactId] = JSON.parse(
			Buffer.from(after, 'base64url').toString('utf8'),
		) as unknown[];
		if (
			[since, identityId, senderId].every((value) => Number.isSafeInteger(value)) &&
			(contactId === null || Number.isSafeInteger(contactId))
		) {
			return { since, identityId, senderId, contactId } as RegistrationKey;
		}
	} catch {
		// Said below.
	}
	throw new InvalidInputError(
		'The page token is not one of this list. Take the pageToken of the last item of the page before, or leave it empty to begin.',
	);
}

/** The person can be told from others, but their number not learnt. */
function maskView<View extends Pick<RegistrationView, 'phone' | 'whatsAppUserId'>>(view: View): View {
	return {
		...view,
		phone: view.phone === null ? null : maskPhone(view.phone),
		whatsAppUserId:
			view.whatsAppUserId === null ? null : `${view.whatsAppUserId.slice(0, 3)}…${view.whatsAppUserId.slice(-2)}`,
	};
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
	/** How much of the package is used, in percent with one decimal; more than 100 after the limit was lowered. Null: no limit. */
	usedPercent: number | null;
}

export async function getUsage(store: Store, { sender: senderRef }: { sender: string }): Promise<Usage> {
	return await store.read(async (db) => {
		const { id, phone, packageLimit } = await resolveSender(db, senderRef, null);
		const counts = await countStates(db, id);
		const limited =
			packageLimit === null
				? null
				: { free: Math.max(0, packageLimit - counts.active), usedPercent: percentOf(counts.active, packageLimit) };
		return {
			senderId: id,
			senderPhone: phone,
			...counts,
			packageLimit,
			free: limited?.free ?? null,
			usedPercent: limited?.usedPercent ?? null,
		};
	});
}

/** A package of no places is full. Never 100 while a place is free. */
function percentOf(active: number, limit: number): number {
	if (limit === 0) return 100;
	const percent = Math.round((active / limit) * 1_000) / 10;
	return active < limit ? Math.min(99.9, percent) : percent;
}

export function toView(row: RegistrationRow, now: number): RegistrationView {
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

export function windowOpenUntil(lastInboundAt: number | null, now: number): string | null {
	return lastInboundAt !== null && now - lastInboundAt < WINDOW_MS
		? new Date(lastInboundAt + WINDOW_MS).toISOString()
		: null;
}
