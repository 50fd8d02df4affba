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

/** What the elements of one change have in common. */
interface Surroundings {
	sender: IncomingSender;
	contacts: Contact[];
}

/**
 * The events in a notification of WhatsApp (developers.facebook.com/docs/whatsapp/cloud-api/webhooks), in their order; null where it has no list of entries.
 * What is malformed or of no use becomes an unknown event of its own and takes nothing else with it.
 */
export function readNotification(notification: unknown): IncomingEvent[] | null {
	const parsed = notificationSchema.safeParse(notification);
	return parsed.success ? parsed.data.entry.flatMap(readEntry) : null;
}

function readEntry(element: unknown): IncomingEvent[] {
	const entry = entrySchema.safeParse(element);
	if (!entry.success) return [unknownEvent('Malformed entry', element)];
	return entry.data.changes.flatMap((change) => readChange(change, entry.data.id));
}

function readChange(element: unknown, entryId: unknown): IncomingEvent[] {
	const change = changeSchema.safeParse(element);
	if (!change.success) return [unknownEvent('Malformed change', element)];

	const { field } = change.data;
	const value = valueSchema.safeParse(change.data.value);
	// Without its entry the same change of two accounts would pass for one.
	const ofNoUse = [unknownEvent(`Webhook field ${field}`, [entryId, element])];
	if (!value.success || (field !== 'messages' && field !== 'user_preferences')) return ofNoUse;

	const surroundings: Surroundings = {
		sender: senderOf(value.data.metadata),
		contacts: contactsOf(value.data.contacts),
	};
	const events =
		field === 'messages'
			? [
					...elementsOf(value.data.messages).map((message) => readMessage(message, surroundings)),
					...elementsOf(value.data.statuses).map((status) => readStatus(status, surroundings)),
				]
			: elementsOf(value.data.user_preferences).map((preference) => readPreference(preference, surroundings));
	return events.length === 0 ? ofNoUse : events;
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
	{ from, userId, contacts }: { from?: string | null; userId?: string | null; contacts: Contact[] },
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
	const only = !from && previousId === null && contacts.length === 1 ? contacts[0] : undefined;
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
		error: status === 'failed' ? errorOfStatus(readable(errors ?? [], errorSchema)) : null,
	};
}

function readPreference(element: unknown, { sender, contacts }: Surroundings): IncomingPreference | IncomingUnknown {
	const preference = preferenceSchema.safeParse(element);
	if (!preference.success) return unknownEvent('Malformed preference', element, preference.error);
	const { category, value, timestamp } = preference.data;

	// A stop holds whatever it is about; only for marketing is it known what a resume takes back.
	const isUnderstood = value === 'stop' || (value === 'resume' && category === 'marketing_messages');
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
		at: unixSecondsToMs(timestamp),
	};
}

/** The two halves of an identity may stand in two places: with the event and in the list of contacts. */
function personOf(phoneId: string | null | undefined, userId: string | null | undefined, contacts: Contact[]) {
	const named = contacts.find(({ wa_id, user_id }) => (phoneId && wa_id === phoneId) || (userId && user_id === userId));
	// Nobody is named, but exactly one person is in the payload: it is theirs.
	const contact = named ?? (!phoneId && !userId && contacts.length === 1 ? contacts[0] : undefined);
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

function contactsOf(elements: unknown[] | undefined): Contact[] {
	return readable(elements ?? [], contactSchema);
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
