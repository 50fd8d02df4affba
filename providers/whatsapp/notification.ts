import type { z } from 'zod/v4';
import { internationalToE164, toldNumber } from '../address';
import { fingerprint } from '../fingerprint';
import type {
	IncomingEvent,
	IncomingMessage,
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
	entrySchema,
	errorSchema,
	messageSchema,
	notificationSchema,
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

/** What the elements of one change have in common. */
interface Surroundings {
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
	if (!value.success || (field !== 'messages' && field !== 'user_preferences')) {
		yield ofNoUse();
		return;
	}

	const surroundings: Surroundings = {
		sender: senderOf(value.data.metadata),
		contacts: new Contacts(value.data.contacts ?? []),
	};
	let isOfUse = false;
	for (const [elements, read] of field === 'messages'
		? ([
				[value.data.messages, readMessage],
				[value.data.statuses, readStatus],
			] as const)
		: ([[value.data.user_preferences, readPreference]] as const)) {
		for (const each of elementsOf(elements)) {
			isOfUse = true;
			yield read(each, surroundings);
		}
	}
	if (!isOfUse) yield ofNoUse();
}

function readMessage(
	element: unknown,
	{ sender, contacts }: Surroundings,
): IncomingMessage | IncomingNumberChange | IncomingUnknown {
	const message = messageSchema.safeParse(element);
	if (!message.success) return unknownEvent('Malformed message', element, message.error);
	const { id, type, from, from_user_id: userId, timestamp } = message.data;

	const words = wordsOf(type, element);
	if (!words.success) return unknownEvent(`Malformed ${type} message`, element, words.error);

	const accountChange = type === 'system' ? accountChangeIn(element, { from, userId, contacts }) : null;
	if (accountChange !== null) {
		return {
			kind: 'numberChange',
			providerEventId: id,
			channel: 'whatsapp',
			sender,
			...accountChange,
			at: unixSecondsToMs(timestamp),
		};
	}

	const person = personOf(from, userId, contacts);
	if (person.phone === null && person.whatsAppUserId === null)
		return unknownEvent(`A ${type} message from nobody known`, element);

	const content = contentOf(element);
	return {
		kind: 'message',
		// An edit may come under the id of what it edits.
		providerEventId: type === 'edit' ? `${id}:edit:${String(timestamp)}` : id,
		channel: 'whatsapp',
		sender,
		from: { phone: person.phone, toldPhone: person.toldPhone, whatsAppUserId: person.whatsAppUserId },
		sentAt: unixSecondsToMs(timestamp),
		messageType: messageTypeOf(type, element),
		text: words.data.text,
		buttonPayload: words.data.buttonPayload,
		profileName: person.name,
		...(content && { content }),
	};
}

/**
 * Null for any other system message, and where nobody or nothing new is named. The user id beside the message is the
 * old one in some notices, the new one in others: what the notice itself says of the ids counts.
 */
function accountChangeIn(
	element: unknown,
	{ from, userId, contacts }: { from?: string | null; userId?: string | null; contacts: Contacts },
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
	const only = !from && previousId === null ? contacts.only() : undefined;
	const phone = toldNumber(from || only?.wa_id || '').phone ?? (hasNewNumber ? null : named);
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

function readStatus(element: unknown, { sender }: Surroundings): IncomingStatus | IncomingUnknown {
	const parsed = statusSchema.safeParse(element);
	if (!parsed.success) return unknownEvent('Malformed status', element, parsed.error);
	const {
		id,
		status: name,
		timestamp,
		recipient_id: recipientId,
		biz_opaque_callback_data: reference,
		errors,
	} = parsed.data;

	const status = statuses.get(name);
	if (status === undefined) return unknownEvent(`Status ${name}`, element);
	return {
		kind: 'status',
		providerEventId: `${id}:${name}`,
		channel: 'whatsapp',
		sender,
		providerMessageId: id,
		reference: reference ?? null,
		recipientPhone: recipientId ? toldNumber(recipientId).phone : null,
		status,
		deliveredAs: 'whatsapp',
		at: unixSecondsToMs(timestamp),
		error: status === 'failed' ? errorOfStatus(readable((errors ?? []).slice(0, ERRORS_READ), errorSchema)) : null,
	};
}

function readPreference(element: unknown, { sender, contacts }: Surroundings): IncomingPreference | IncomingUnknown {
	const preference = preferenceSchema.safeParse(element);
	if (!preference.success) return unknownEvent('Malformed preference', element, preference.error);
	const { category, value, timestamp } = preference.data;

	// A stop holds whatever it is about; only for marketing is it known what a resume takes back.
	const isMarketing = category === 'marketing_messages';
	const isUnderstood = value === 'stop' || (value === 'resume' && isMarketing);
	if (!isUnderstood) return unknownEvent(`Preference ${value} for ${category}`, element);

	const person = personOf(preference.data.wa_id, preference.data.user_id, contacts);
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

/** The two halves of an identity may stand in two places: with the event and in the list of contacts. */
function personOf(phoneId: string | null | undefined, userId: string | null | undefined, contacts: Contacts) {
	// Nobody is named, but exactly one person is in the payload: it is theirs.
	const contact = phoneId || userId ? contacts.find(phoneId, userId) : contacts.only();
	return {
		...toldNumber(phoneId || contact?.wa_id || ''),
		whatsAppUserId: userId || contact?.user_id || null,
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
	private byId: Map<string, object> | undefined;

	constructor(elements: readonly unknown[]) {
		this.elements = elements.filter(
			(element) => typeof element === 'object' && element !== null && !Array.isArray(element),
		) as object[];
	}

	/** The person where the list holds exactly one. */
	only(): Contact | undefined {
		return this.elements.length === 1 ? contactSchema.safeParse(this.elements[0]).data : undefined;
	}

	find(phoneId: string | null | undefined, userId: string | null | undefined): Contact | undefined {
		this.byId ??= this.index();
		const found = (phoneId && this.byId.get(`phone ${phoneId}`)) || (userId && this.byId.get(`user ${userId}`));
		return found ? contactSchema.safeParse(found).data : undefined;
	}

	private index(): Map<string, object> {
		const byId = new Map<string, object>();
		for (const element of this.elements) {
			const { wa_id: phoneId, user_id: userId } = element as Record<string, unknown>;
			for (const key of [`phone ${String(phoneId)}`, `user ${String(userId)}`])
				if (!byId.has(key)) byId.set(key, element);
		}
		return byId;
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
