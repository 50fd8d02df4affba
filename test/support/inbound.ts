import { toldNumber } from '../../providers/address';
import type {
	IncomingEvent,
	IncomingMessage,
	IncomingNumberChange,
	IncomingPreference,
	WebhookAnswer,
	WebhookReading,
} from '../../providers/provider';
import { receive } from '../../services/receiving/receive';
import type { Store } from '../../store/store';

export const SENDER_PHONE = '+390212345678';
export const PHONE = '+393331234567';
export const INBOX = 'workflow/node';

let events = 0;

export interface Told {
	phone?: string | null;
	whatsAppUserId?: string | null;
	/** UTC ms by the provider's clock; null: it tells none. */
	at?: number | null;
	id?: string;
	channel?: 'whatsapp' | 'sms';
	messageType?: string;
	senderPhone?: string | null;
	providerSenderId?: string | null;
	profileName?: string | null;
	buttonPayload?: string | null;
}

/** A message of a person, as a provider's reader gives it. */
export function message(text: string | null, told: Told = {}): IncomingMessage {
	const { senderPhone = SENDER_PHONE, providerSenderId = null } = told;
	return {
		kind: 'message',
		providerEventId: told.id ?? `message ${++events}`,
		channel: told.channel ?? 'whatsapp',
		sender: { phone: senderPhone, providerSenderId },
		from: {
			...toldNumber(told.phone === undefined ? PHONE : (told.phone ?? '')),
			whatsAppUserId: told.whatsAppUserId ?? null,
		},
		sentAt: told.at ?? null,
		messageType: told.messageType ?? 'text',
		text,
		buttonPayload: told.buttonPayload ?? null,
		profileName: told.profileName ?? null,
	};
}

/** Meta's switch for marketing messages. */
export function preference(value: 'stop' | 'resume', told: Told = {}): IncomingPreference {
	const { providerEventId, channel, sender, from, sentAt } = message(null, told);
	return { kind: 'preference', providerEventId, channel, sender, from, value, isMarketing: true, at: sentAt };
}

/** WhatsApp's notice that the account has another number. */
export function numberChange(
	to: string | null,
	told: Told = {},
	newUserId: string | null = null,
): IncomingNumberChange {
	const { providerEventId, sender, from, sentAt } = message(null, told);
	return {
		kind: 'numberChange',
		providerEventId,
		channel: 'whatsapp',
		sender,
		from,
		to,
		newUserId,
		at: sentAt,
		text: null,
	};
}

/** A request that told these events. */
export function readingOf(incoming: readonly IncomingEvent[]): WebhookReading {
	return { answer: { status: 200, contentType: 'text/plain', body: 'EVENT_RECEIVED' }, events: incoming };
}

/** Delivers events as one webhook request. */
export async function deliver(store: Store, ...incoming: IncomingEvent[]): Promise<WebhookAnswer> {
	return await receive(store, 'meta', readingOf(incoming), { inbox: INBOX, storeStatuses: false });
}

/** What a test wants to see of a person and of what was told about them. */
export async function seen(store: Store, phone: string = PHONE) {
	const { db } = store;
	const identity = await db.selectFrom('identity').selectAll().where('phone', '=', phone).executeTakeFirst();
	const id = identity?.id ?? 0;
	const registrations = await db
		.selectFrom('registration')
		.selectAll()
		.where('identity_id', '=', id)
		.orderBy('sender_id')
		.execute();
	const words = await db
		.selectFrom('consent_word')
		.selectAll()
		.where('identity_id', '=', id)
		.orderBy('scope')
		.execute();
	const contacts = await db
		.selectFrom('contact')
		.selectAll()
		.where((where) => where.or([where('sms_number', '=', phone), where('whatsapp_number', '=', phone)]))
		.execute();
	const groups = await db
		.selectFrom('membership')
		.innerJoin('contact_group', 'contact_group.id', 'group_id')
		.select(['shortcode', 'source'])
		.where('contact_id', 'in', [0, ...contacts.map((contact) => contact.id)])
		.orderBy('shortcode')
		.execute();
	return {
		identity,
		registrations: registrations.map(({ state }) => state),
		registration: registrations[0],
		words: Object.fromEntries(words.map(({ scope, direction }) => [scope, direction])),
		contacts,
		groups: groups.map(({ shortcode }) => shortcode),
	};
}

/** Every event in the order of arrival, as a workflow would be told. */
export async function eventsOf(store: Store) {
	const rows = await store.db.selectFrom('event').selectAll().orderBy('id').execute();
	return rows.map(({ outcome, output, applied, kind }) => ({ kind, outcome, output, applied: applied === 1 }));
}

/** Everything a store holds that consent rests on, to compare before and after. */
export async function consentTables(store: Store) {
	const { db } = store;
	return {
		registrations: await db
			.selectFrom('registration')
			.selectAll()
			.orderBy('identity_id')
			.orderBy('sender_id')
			.execute(),
		words: await db.selectFrom('consent_word').selectAll().orderBy('identity_id').orderBy('scope').execute(),
		contacts: await db.selectFrom('contact').selectAll().orderBy('id').execute(),
		memberships: await db.selectFrom('membership').selectAll().orderBy('group_id').orderBy('contact_id').execute(),
		events: await db.selectFrom('event').selectAll().orderBy('id').execute(),
		records: await db.selectFrom('consent_record').selectAll().orderBy('id').execute(),
		counters: await db.selectFrom('counter').selectAll().orderBy('what').execute(),
	};
}
