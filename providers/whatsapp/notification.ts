import type { z } from 'zod/v4';
import { isWhatsAppUserId } from '../../domain/whatsAppUserId';
import { internationalToE164, type ToldNumber, toldNumber } from '../address';
import { fingerprint } from '../fingerprint';
import type {
	IncomingEvent,
	IncomingNumberChange,
	IncomingPreference,
	IncomingSender,
	IncomingStatus,
	IncomingUnknown,
} from '../provider';
import { unknownEvent } from '../unknownEvent';
import { errorOfStatus } from './errors';
import {
	accountChangeSchema,
	changeSchema,
	contactSchema,
	contentOf,
	messageTypeOf,
	ownCardSchema,
	entrySchema,
	errorSchema,
	messageSchema,
	notificationSchema,
	preferenceNoticeSchema,
	preferenceSchema,
	statusSchema,
	unixSecondsToMs,
	valueSchema,
	wordsOf,
} from './wire';

type Contact = z.output<typeof contactSchema>;

/** More than an error report ever holds. */
const ERRORS_READ = 20;
/** It tells two accounts' events apart, and is put into the id of each. */
const LONGEST_ENTRY_ID = 100;

/** What the button *Test* in Meta's app settings sends: a number that is nobody's. */
const SAMPLE = { providerSenderId: '123456123', phone: '+16505551111' };

/** Fields in which people's own words stand. `standby`: while Meta's own agent answers, and not this company. */
const READ_FIELDS = ['messages', 'standby', 'user_preferences'];

/** What the elements of one change have in common. */
interface Surroundings {
	field: string;
	sender: IncomingSender;
	contacts: Contacts;
}

/**
 * The events in a notification of WhatsApp (developers.facebook.com/docs/whatsapp/cloud-api/webhooks), in their order; null where it has no list of entries.
 * What is malformed or of no use becomes an unknown event of its own and takes nothing else with it.
 */
export function readNotification(notification: unknown): Iterable<IncomingEvent> | null {
	const parsed = notificationSchema.safeParse(notification);
	return parsed.success ? readEntries(parsed.data.entry) : null;
}

function* readEntries(elements: readonly unknown[]): Generator<IncomingEvent> {
	for (const element of elements) {
		const entry = entrySchema.safeParse(element);
		if (!entry.success) {
			yield unknownEvent('Malformed entry', element);
			continue;
		}
		const { id: told } = entry.data;
		const id = typeof told === 'string' ? told.slice(0, LONGEST_ENTRY_ID) : typeof told === 'number' ? told : null;
		for (const change of entry.data.changes) yield* readChange(change, id);
	}
}

function* readChange(element: unknown, entryId: string | number | null): Generator<IncomingEvent> {
	const change = changeSchema.safeParse(element);
	if (!change.success) {
		yield unknownEvent('Malformed change', element);
		return;
	}

	const { field } = change.data;
	const value = valueSchema.safeParse(change.data.value);
	// Without its entry the same change of two accounts would pass for one.
	const ofNoUse = (): IncomingUnknown => unknownEvent(`Webhook field ${field}`, [entryId, element]);
	if (!value.success || !READ_FIELDS.includes(field)) {
		yield ofNoUse();
		return;
	}
	const sender = senderOf(value.data.metadata);
	if (sender.providerSenderId === SAMPLE.providerSenderId && sender.phone === SAMPLE.phone) {
		yield unknownEvent(`Meta's sample of the webhook field ${field}`, [entryId, element]);
		return;
	}

	const surroundings: Surroundings = {
		field,
		sender,
		contacts: new Contacts(value.data.contacts ?? []),
	};
	let isOfUse = false;
	for (const [elements, read] of field === 'user_preferences'
		? ([[value.data.user_preferences, readPreference]] as const)
		: ([
				[value.data.messages, readMessage],
				[value.data.statuses, readStatus],
			] as const)) {
		for (const each of elementsOf(elements)) {
			isOfUse = true;
			yield* read(each, surroundings);
		}
	}
	if (!isOfUse) yield ofNoUse();
}

function* readMessage(element: unknown, surroundings: Surroundings): Generator<IncomingEvent> {
	const { field, sender, contacts } = surroundings;
	const message = messageSchema.safeParse(element);
	if (!message.success) {
		yield unknownEvent('Malformed message', element, message.error);
		return;
	}
	const { type, timestamp } = message.data;
	const id = message.data.id ?? `content:${fingerprint(element)}`;
	const names = namesOf(message.data.from, message.data.from_user_id, message.data.from_parent_user_id);

	const words = wordsOf(type, element);
	if (!words.success) {
		yield unknownEvent(`Malformed ${type} message`, element, words.error);
		return;
	}

	const common = { channel: 'whatsapp', sender } as const;
	const accountChange = type === 'system' ? accountChangeIn(element, { ...names, contacts }) : null;
	if (accountChange !== null) {
		yield { kind: 'numberChange', providerEventId: id, ...common, ...accountChange, at: unixSecondsToMs(timestamp) };
		return;
	}

	const known = personOf(names, contacts);
	const person = known.phone === null ? { ...known, ...ownNumber(type, element) } : known;
	if (person.phone === null && person.whatsAppUserId === null) {
		yield unknownEvent(`A ${type} message from nobody known`, element);
		return;
	}
	const { phone, toldPhone, whatsAppUserId } = person;
	const from = { phone, toldPhone, whatsAppUserId };
	const switched = type === 'system' ? preferenceNoticeSchema.safeParse(element) : null;
	if (switched?.success) {
		const at = unixSecondsToMs(timestamp);
		yield {
			kind: 'preference',
			providerEventId: id,
			...common,
			from,
			value: switched.data.system,
			isMarketing: true,
			at,
		};
		return;
	}

	if (person.parentUserId !== null && whatsAppUserId !== null)
		yield sameAccount(person.parentUserId, whatsAppUserId, { sender, at: unixSecondsToMs(timestamp) });
	const content = contentOf(element);
	const named = messageTypeOf(type, element);
	yield {
		kind: 'message',
		// An edit may come under the id of what it edits.
		providerEventId: type === 'edit' ? `${id}:edit:${String(timestamp)}` : id,
		...common,
		from,
		sentAt: unixSecondsToMs(timestamp),
		messageType: field === 'standby' ? `standby_${named}` : named,
		text: words.data.text,
		buttonPayload: words.data.buttonPayload,
		profileName: person.name,
		...(content && { content }),
	};
}

/** Who hides their number has shown it now. */
function ownNumber(type: string, element: unknown): Partial<ToldNumber> {
	const card = type === 'contacts' ? ownCardSchema.safeParse(element) : null;
	return card?.success ? toldNumber(card.data.contacts[0].phones[0].wa_id) : {};
}

/** One account has an id with this company and one with the company's parent; what was said under either was said by the same person. */
function sameAccount(
	parentUserId: string,
	userId: string,
	{ sender, at }: { sender: IncomingSender; at: number | null },
): IncomingNumberChange {
	return {
		kind: 'numberChange',
		providerEventId: `parent:${fingerprint([parentUserId, userId])}`,
		channel: 'whatsapp',
		sender,
		from: { phone: null, whatsAppUserId: parentUserId },
		to: null,
		newUserId: userId,
		at,
		text: null,
	};
}

/**
 * Null for any other system message, and where nobody or nothing new is named. The user id beside the message is the
 * old one in some notices, the new one in others: what the notice itself says of the ids counts.
 */
function accountChangeIn(
	element: unknown,
	{ phoneId, userId, contacts }: Names & { contacts: Contacts },
): Pick<IncomingNumberChange, 'from' | 'to' | 'newUserId' | 'text'> | null {
	const change = accountChangeSchema.safeParse(element);
	if (!change.success) return null;
	const { type, body, wa_id, new_wa_id, user_id, previous_user_id, previous_parent_user_id } = change.data.system;
	const previousId = previous_user_id || previous_parent_user_id || (userId === user_id ? null : userId) || null;
	const newId = user_id || (userId !== previousId && userId) || null;
	const newUserId = newId === previousId ? null : newId;
	const named = toldNumber(wa_id || new_wa_id || '').phone;
	const hasNewNumber = type !== 'user_changed_user_id';
	// Nobody is named, but exactly one person is in the payload: it is theirs.
	const only = phoneId === null && previousId === null ? contacts.only() : undefined;
	const phone = toldNumber(phoneId || only?.wa_id || '').phone ?? (hasNewNumber ? null : named);
	const to = hasNewNumber && named !== phone ? named : null;
	if ((phone === null && previousId === null) || (to === null && newUserId === null)) return null;
	return { from: { phone, whatsAppUserId: previousId }, to, newUserId, text: body ?? null };
}

const statuses = new Map<string, IncomingStatus['status']>([
	['sent', 'sent'],
	['delivered', 'delivered'],
	['read', 'read'],
	// A voice message that was listened to has been read.
	['played', 'read'],
	['failed', 'failed'],
]);

function* readStatus(element: unknown, surroundings: Surroundings): Generator<IncomingStatus | IncomingUnknown> {
	yield statusOf(element, surroundings);
}

function statusOf(element: unknown, { sender, contacts }: Surroundings): IncomingStatus | IncomingUnknown {
	const parsed = statusSchema.safeParse(element);
	if (!parsed.success) return unknownEvent('Malformed status', element, parsed.error);
	const {
		id,
		status: name,
		timestamp,
		recipient_id: recipientId,
		recipient_user_id: recipientUserId,
		biz_opaque_callback_data: reference,
		errors,
	} = parsed.data;

	const status = statuses.get(name);
	if (status === undefined) return unknownEvent(`Status ${name}`, element);
	const names = namesOf(recipientId, recipientUserId);
	const recipient = names.phoneId === null && names.userId === null ? null : personOf(names, contacts);
	return {
		kind: 'status',
		providerEventId: `${id}:${name}`,
		channel: 'whatsapp',
		sender,
		providerMessageId: id,
		reference: reference ?? null,
		recipientPhone: recipient?.phone ?? null,
		recipientUserId: recipient?.whatsAppUserId ?? null,
		status,
		deliveredAs: 'whatsapp',
		at: unixSecondsToMs(timestamp),
		error: status === 'failed' ? errorOfStatus(readable((errors ?? []).slice(0, ERRORS_READ), errorSchema)) : null,
	};
}

function* readPreference(
	element: unknown,
	surroundings: Surroundings,
): Generator<IncomingPreference | IncomingUnknown> {
	yield preferenceOf(element, surroundings);
}

function preferenceOf(element: unknown, { sender, contacts }: Surroundings): IncomingPreference | IncomingUnknown {
	const preference = preferenceSchema.safeParse(element);
	if (!preference.success) return unknownEvent('Malformed preference', element, preference.error);
	const { category, value, timestamp } = preference.data;

	// A stop holds whatever it is about; only for marketing is it known what a resume takes back.
	const isMarketing = category === 'marketing_messages';
	const isUnderstood = value === 'stop' || (value === 'resume' && isMarketing);
	if (!isUnderstood) return unknownEvent(`Preference ${value} for ${category}`, element);

	const person = personOf(
		namesOf(preference.data.wa_id, preference.data.user_id, preference.data.parent_user_id),
		contacts,
	);
	if (person.phone === null && person.whatsAppUserId === null)
		return unknownEvent('A preference of nobody known', element);
	return {
		kind: 'preference',
		providerEventId: `preference:${fingerprint([sender, person.phone, person.whatsAppUserId, category, value, timestamp])}`,
		channel: 'whatsapp',
		sender,
		from: { phone: person.phone, toldPhone: person.toldPhone, whatsAppUserId: person.whatsAppUserId },
		value,
		isMarketing,
		at: unixSecondsToMs(timestamp),
	};
}

/** How an event names its person. */
interface Names {
	/** A number, as it came. */
	phoneId: string | null;
	/** Of the account with this company; where that is not told, with its parent. */
	userId: string | null;
	/** With the parent of this company, beside the other. */
	parentUserId: string | null;
}

/** Where a number belongs there may stand the user id: it is told from a number by its form. */
function namesOf(
	told: string | null | undefined,
	userId: string | null | undefined,
	parentUserId?: string | null,
): Names {
	const isUserId = told ? isWhatsAppUserId(told) : false;
	const own = userId || (isUserId && told) || null;
	return {
		phoneId: (!isUserId && told) || null,
		userId: own ?? (parentUserId || null),
		parentUserId: own !== null && parentUserId && parentUserId !== own ? parentUserId : null,
	};
}

/** The two halves of an identity may stand in two places: with the event and in the list of contacts. */
function personOf({ phoneId, userId, parentUserId }: Names, contacts: Contacts) {
	// Nobody is named, but exactly one person is in the payload: it is theirs.
	const contact = phoneId || userId ? contacts.find(phoneId, userId, parentUserId) : contacts.only();
	const listed = namesOf(contact?.wa_id, contact?.user_id, contact?.parent_user_id);
	const isParents = userId !== null && userId === contact?.parent_user_id;
	const whatsAppUserId = (isParents ? listed.userId : userId) ?? listed.userId;
	const parent = parentUserId ?? listed.parentUserId;
	return {
		...toldNumber(phoneId ?? listed.phoneId ?? ''),
		whatsAppUserId,
		parentUserId: parent === whatsAppUserId ? null : parent,
		name: contact?.profile?.name ?? null,
	};
}

function senderOf(metadata: z.output<typeof valueSchema>['metadata']): IncomingSender {
	return {
		providerSenderId: metadata?.phone_number_id ?? null,
		phone: internationalToE164(metadata?.display_phone_number ?? ''),
	};
}

/** The list of contacts beside messages, in which each of them looks for its person: found by key, read when found. */
class Contacts {
	private readonly elements: object[];
	private byName: Map<string, object> | undefined;

	constructor(elements: readonly unknown[]) {
		this.elements = elements.filter(
			(element) => typeof element === 'object' && element !== null && !Array.isArray(element),
		) as object[];
	}

	/** The person where the list holds exactly one. */
	only(): Contact | undefined {
		return this.elements.length === 1 ? contactSchema.safeParse(this.elements[0]).data : undefined;
	}

	/** By the first of these names that somebody has. */
	find(...names: Array<string | null>): Contact | undefined {
		this.byName ??= this.index();
		for (const name of names) {
			const found = name && this.byName.get(name);
			if (found) return contactSchema.safeParse(found).data;
		}
		return undefined;
	}

	/** A number and a user id are never the same. */
	private index(): Map<string, object> {
		const byName = new Map<string, object>();
		for (const element of this.elements) {
			const { wa_id: phoneId, user_id: userId, parent_user_id: parentUserId } = element as Record<string, unknown>;
			for (const name of [phoneId, userId, parentUserId])
				if ((typeof name === 'string' || typeof name === 'number') && !byName.has(String(name)))
					byName.set(String(name), element);
		}
		return byName;
	}
}

function readable<Schema extends z.ZodType>(elements: readonly unknown[], schema: Schema): z.output<Schema>[] {
	return elements.flatMap((element) => {
		const parsed = schema.safeParse(element);
		return parsed.success ? [parsed.data] : [];
	});
}

/** A list, or whatever stands in its place, which then is reported as malformed. */
function elementsOf(list: unknown): unknown[] {
	if (list === undefined || list === null) return [];
	return Array.isArray(list) ? (list as unknown[]) : [list];
}
