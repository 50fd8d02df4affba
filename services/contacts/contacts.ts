import { ConflictError, InvalidInputError, NotFoundError } from '../../domain/errors';
import { maskPhone } from '../../domain/phone';
import { isWhatsAppUserId } from '../../domain/whatsAppUserId';
import {
	type Contact,
	contactOfUserId,
	contactsWithNumbers,
	emptyContact,
	findContact,
	insertContact,
	lockContactNumbers,
	type NewContact,
	removeContact,
	selectContacts,
	updateContact,
} from '../../store/contacts';
import { resolveGroup, resolveGroups } from '../../store/groups';
import { lockNumbers } from '../../store/identities';
import type { Database } from '../../store/schema';
import { commonCountry } from '../../store/senders';
import type { Store } from '../../store/store';
import { ensurePeople } from '../consent/ensurePeople';
import { phoneOfPerson } from '../shared/personRef';
import { joinGroups, recordSmsConsent, whyNoSmsConsent } from './enteredConsent';
import { numbersOfUserIds } from './userIds';

/** A contact as nodes show it. */
export interface ContactView {
	id: number;
	name: string | null;
	/** E.164. */
	smsNumber: string | null;
	/** E.164. */
	whatsAppNumber: string | null;
	/** Instead of a number, as long as none of the person is known. */
	whatsAppUserId: string | null;
	language: string | null;
	fields: Record<string, unknown>;
	smsConsentSource: string | null;
	/** ISO 8601. */
	smsConsentAt: string | null;
	createdAt: string;
	updatedAt: string;
}

/** What is left out, or empty, stays as it is. */
export interface ContactInput {
	/** As typed. */
	smsNumber?: string;
	/** As typed; may be a WhatsApp user id of somebody whose number is not known. */
	whatsAppNumber?: string;
	/** ISO 3166 alpha-2, of numbers typed without a prefix; default: the one all senders share. */
	country?: string;
	name?: string;
	language?: string;
	/** Added to those the contact has; an empty value takes one away. */
	fields?: Record<string, unknown>;
	/** `at`: UTC ms, default now. */
	smsConsent?: { source: string; at?: number };
	/** Ids or shortcodes: the contact is put into these, except where the person left one by STOP. It stays in its others. */
	groups?: readonly string[];
}

export interface SavedContact extends ContactView {
	created: boolean;
	/** Shortcodes of the groups it was put into now. */
	groupsAdded: string[];
	/** Shortcodes of those the person left by their own word: only their START brings them back. */
	groupsRefused: string[];
	/** Why the SMS consent was not recorded; null: it was, or none was given. */
	smsConsentRefused: string | null;
}

const FIELD_CHARACTERS = 4_000;

/**
 * Makes a contact, or completes the one that has one of the numbers (rule 12).
 * @throws {ConflictError} when two contacts are meant, or a number of the contact is another one; both are named.
 */
export async function createOrUpdateContact(store: Store, input: ContactInput): Promise<SavedContact> {
	return await store.transaction(async (db) => {
		const now = store.now();
		const groups = await resolveGroups(db, input.groups ?? []);
		const given = await readInput(db, input, now);
		const numbers = [
			...new Set(
				[given.smsNumber, given.whatsAppNumber, given.whatsAppUserId].filter((address) => typeof address === 'string'),
			),
		];
		if (numbers.length === 0) throw new InvalidInputError('A contact needs an SMS number, a WhatsApp number, or both.');
		if (given.smsConsentAt && given.smsNumber) await ensurePeople(store, db, [given.smsNumber]);
		// The same people may be registering at this moment, and the same contact be made elsewhere.
		await lockNumbers(db, numbers);
		await lockContactNumbers(db, numbers);
		const known = chooseContact(await contactsWith(db, given), given);
		const smsConsentRefused = given.smsConsentAt
			? await whyNoSmsConsent(db, completed(known ?? emptyContact, given))
			: null;
		const accepted =
			smsConsentRefused === null ? given : { ...given, smsConsentSource: undefined, smsConsentAt: undefined };
		const contact = completed(known ?? emptyContact, accepted);
		const saved = known ? await updateContact(db, known.id, contact, now) : await insertContact(db, contact, now);
		if (!saved) throw new ConflictError('A contact with this number is being made at this moment. Try again.');
		if (accepted.smsConsentAt && (known?.smsConsentAt ?? null) === null) await recordSmsConsent(store, db, saved);
		const { added, refused } = await joinGroups(store, db, saved, groups);
		return {
			...toView(saved),
			created: known === undefined,
			groupsAdded: added,
			groupsRefused: refused,
			smsConsentRefused,
		};
	});
}

/** What is known of a contact before it is looked up; what is undefined stays as it is. */
export type Given = Partial<NewContact>;

async function readInput(db: Database, input: ContactInput, now: number): Promise<Given> {
	const country = input.country || (await commonCountry(db));
	const numberOf = async (typed: string | undefined): Promise<string | undefined> =>
		typed?.trim() ? await phoneOfPerson(db, typed, country) : undefined;
	if (isWhatsAppUserId(input.smsNumber?.trim() ?? ''))
		throw new InvalidInputError(
			'The SMS number is a WhatsApp user id: an SMS needs a number. Enter the id as WhatsApp number.',
		);
	const source = input.smsConsent?.source.trim();
	if (input.smsConsent && !source)
		throw new InvalidInputError('A consent to SMS needs a source, e.g. "paper form of 12 May 2026".');
	return {
		smsNumber: await numberOf(input.smsNumber),
		...(await readWhatsApp(db, input.whatsAppNumber, numberOf)),
		name: input.name?.trim() || undefined,
		language: input.language?.trim() || undefined,
		fields: input.fields,
		...(source && {
			smsConsentSource: source.slice(0, 1_000),
			smsConsentAt: Math.min(input.smsConsent?.at ?? now, now),
		}),
	};
}

async function readWhatsApp(
	db: Database,
	typed: string | undefined,
	numberOf: (typed: string | undefined) => Promise<string | undefined>,
): Promise<Pick<Given, 'whatsAppNumber' | 'whatsAppUserId'>> {
	const userId = typed?.trim() ?? '';
	if (!isWhatsAppUserId(userId)) return { whatsAppNumber: await numberOf(typed) };
	const whatsAppNumber = (await numbersOfUserIds(db, [userId])).get(userId);
	return whatsAppNumber === undefined ? { whatsAppUserId: userId } : { whatsAppNumber };
}

async function contactsWith(db: Database, { smsNumber, whatsAppNumber, whatsAppUserId }: Given): Promise<Contact[]> {
	const numbers = [smsNumber, whatsAppNumber].filter((number) => typeof number === 'string');
	const byNumber = await contactsWithNumbers(db, numbers);
	const byUserId = whatsAppUserId ? await contactOfUserId(db, whatsAppUserId) : undefined;
	return byUserId && !byNumber.some(({ id }) => id === byUserId.id) ? [...byNumber, byUserId] : byNumber;
}

/** A number that is only in the other field of a contact is a hit, too: SMS and WhatsApp of a person are mostly the same number. */
export function chooseContact<C extends Pick<Contact, 'id' | 'smsNumber' | 'whatsAppNumber' | 'whatsAppUserId'>>(
	found: readonly C[],
	{ smsNumber, whatsAppNumber, whatsAppUserId }: Given,
	nameOf: (contact: C) => string = ({ id }) => String(id),
): C | undefined {
	const bySame = found.filter(
		(contact) =>
			(smsNumber && contact.smsNumber === smsNumber) ||
			(whatsAppNumber && contact.whatsAppNumber === whatsAppNumber) ||
			(whatsAppUserId && contact.whatsAppUserId === whatsAppUserId),
	);
	const candidates = bySame.length > 0 ? bySame : found;
	const [contact, other] = candidates;
	if (contact && other) {
		throw new ConflictError(
			`Two contacts have these numbers: ${nameOf(contact)} and ${nameOf(other)}. Merge them, or give the number of one of them only.`,
		);
	}
	for (const [field, number] of [
		['smsNumber', smsNumber],
		['whatsAppNumber', whatsAppNumber],
	] as const) {
		const filled = contact?.[field];
		if (contact && number && filled && filled !== number) {
			if (bySame.length === 0) return undefined;
			const kind = field === 'smsNumber' ? 'SMS' : 'WhatsApp';
			throw new ConflictError(
				`Contact ${nameOf(contact)} has the ${kind} number ${maskPhone(filled)}, not ${maskPhone(number)}. Change or delete that contact first.`,
			);
		}
	}
	if (contact?.whatsAppUserId && whatsAppUserId && contact.whatsAppUserId !== whatsAppUserId) {
		if (bySame.length === 0) return undefined;
		throw new ConflictError(
			`Contact ${nameOf(contact)} has another WhatsApp user id. Change or delete that contact first.`,
		);
	}
	return contact;
}

export function completed(contact: NewContact, given: Given): NewContact {
	const fields = Object.fromEntries(
		Object.entries({ ...contact.fields, ...given.fields }).filter(
			([, value]) => value !== '' && value !== null && value !== undefined,
		),
	);
	if (JSON.stringify(fields).length > FIELD_CHARACTERS * 4)
		throw new InvalidInputError('The fields of the contact are too long: at most 16,000 characters together.');
	// A consent recorded earlier stays the one that counts: it is what earlier messages rested on.
	const hasConsent = contact.smsConsentAt !== null;
	return {
		name: given.name ?? contact.name,
		smsNumber: contact.smsNumber ?? given.smsNumber ?? null,
		whatsAppNumber: contact.whatsAppNumber ?? given.whatsAppNumber ?? null,
		whatsAppUserId: contact.whatsAppUserId ?? given.whatsAppUserId ?? null,
		fields,
		language: given.language ?? contact.language,
		smsConsentSource: hasConsent ? contact.smsConsentSource : (given.smsConsentSource ?? null),
		smsConsentAt: hasConsent ? contact.smsConsentAt : (given.smsConsentAt ?? null),
	};
}

/** Registrations and opt-outs belong to the person and stay. @throws {NotFoundError} */
export async function deleteContact(
	store: Store,
	{ contactId }: { contactId: number },
): Promise<{ contactId: number; deleted: boolean }> {
	const deleted = await store.transaction((db) => removeContact(db, contactId));
	if (!deleted) throw noContact(contactId);
	return { contactId, deleted };
}

/** @throws {NotFoundError} */
export async function getContact(store: Store, { contactId }: { contactId: number }): Promise<ContactView> {
	const contact = await store.read((db) => findContact(db, contactId));
	if (!contact) throw noContact(contactId);
	return toView(contact);
}

export interface ContactFilter {
	/** Part of a name or number. */
	search?: string;
	/** Group id or shortcode. */
	group?: string;
	limit?: number;
	/** The last contact of the page before, or its id. */
	after?: number | { id: number };
}

export async function listContacts(
	store: Store,
	{ search = '', group, limit = 50, after }: ContactFilter = {},
): Promise<ContactView[]> {
	return await store.read(async (db) => {
		const groupId = group ? (await resolveGroup(db, group)).id : null;
		const contacts = await selectContacts(db, { search: search.trim(), groupId, limit, after: idOf(after) });
		return contacts.map(toView);
	});
}

/** A page begins after a row or its id. */
export function idOf(after: number | { id: number } | undefined): number {
	return typeof after === 'object' ? after.id : (after ?? 0);
}

export function noContact(contactId: number): NotFoundError {
	return new NotFoundError(`There is no contact ${contactId}. It may have been deleted; choose one from the list.`);
}

export function toView({ smsConsentAt, createdAt, updatedAt, ...contact }: Contact): ContactView {
	return {
		...contact,
		smsConsentAt: smsConsentAt === null ? null : new Date(smsConsentAt).toISOString(),
		createdAt: new Date(createdAt).toISOString(),
		updatedAt: new Date(updatedAt).toISOString(),
	};
}
