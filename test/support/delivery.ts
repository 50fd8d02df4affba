import type { KyselyPlugin } from 'kysely';

import type { Channel } from '../../domain/channel';
import type { ProviderName } from '../../domain/provider';
import { messageIdOf } from '../../domain/reference';
import type { Connection } from '../../providers/http';
import type { ErrorClass } from '../../domain/providerFault';
import type { Provider, ProviderError, SendRequest, SendResult } from '../../providers/provider';
import type { MessageState } from '../../domain/messageState';
import { changeMessages } from '../../store/messageChanges';
import type { CampaignInput } from '../../services/sending/campaigns';
import type { Store } from '../../store/store';

export interface RecordedRequest {
	request: SendRequest;
	/** performance.now(). */
	startedAt: number;
	/** The states of its messages in the store when the provider was called. */
	states: MessageState[];
}

export type Answer = 'accept' | 'never' | (Partial<ProviderError> & { class: ErrorClass });

/** A provider in memory: remembers each request, looks at the store when it is called, and answers as told. */
export class FakeProvider implements Provider {
	readonly requests: RecordedRequest[] = [];
	delayMs = 0;
	recipientsARequest = 1;
	answer: (request: SendRequest, index: number) => Answer = () => 'accept';

	constructor(
		private readonly store: Store,
		readonly name: ProviderName = 'meta',
	) {}

	maxRecipients(): number {
		return this.recipientsARequest;
	}

	/** Set: the provider is not reached, as if the network were away. */
	isAway = false;
	/** How often it was tried to reach it. */
	connects = 0;

	async connect(requests: number): Promise<{ connections: Connection[] } | { error: ProviderError }> {
		this.connects++;
		if (this.isAway) return { error: { class: 'retry', code: 'http:not_reached', message: 'The network is away.' } };
		return { connections: Array.from({ length: requests }, () => ({ release: () => undefined })) };
	}

	async send(request: SendRequest): Promise<SendResult[]> {
		const index = this.requests.length;
		const recorded: RecordedRequest = { request, startedAt: performance.now(), states: [] };
		this.requests.push(recorded);
		const ids = request.recipients.map(({ reference }) => messageIdOf(this.store.id, reference) ?? 0);
		const rows = await this.store.db.selectFrom('message').select('state').where('id', 'in', ids).execute();
		recorded.states = rows.map(({ state }) => state);
		if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
		const answer = this.answer(request, index);
		if (answer === 'never') return await new Promise<never>(() => undefined);
		return request.recipients.map(({ reference }) =>
			answer === 'accept'
				? { reference, accepted: true, providerMessageId: `wamid.${reference}` }
				: {
						reference,
						accepted: false,
						error: {
							...answer,
							class: answer.class,
							code: answer.code ?? answer.class,
							message: `A fault of the kind ${answer.class}.`,
							retryAfterMs: answer.retryAfterMs,
						},
					},
		);
	}

	async check(): Promise<void> {}

	/** Everybody a request went to, in order. */
	get recipients(): Array<string | null> {
		return this.requests.flatMap(({ request }) => request.recipients.map(({ phone }) => phone));
	}
}

export async function seedSender(
	store: Store,
	{
		phone = '+436601111111',
		provider = 'meta',
		channels = ['whatsapp', 'sms'],
		rate = 1_000,
	}: { phone?: string; provider?: ProviderName; channels?: Channel[]; rate?: number } = {},
): Promise<number> {
	const row = await store.db
		.insertInto('sender')
		.values({
			phone,
			name: 'Shop',
			provider,
			provider_sender_id: `id-${phone}`,
			sms_sender_address: null,
			sends_whatsapp: channels.includes('whatsapp') ? 1 : 0,
			sends_sms: channels.includes('sms') ? 1 : 0,
			policy: 'anyMessage',
			stop_scope: 'allSenders',
			package_limit: null,
			rate_per_second: rate,
			daily_new_recipient_cap: null,
			country: 'IT',
			language: 'it',
			stopped_reason: null,
			created_at: store.now(),
			updated_at: store.now(),
		})
		.returning('id')
		.executeTakeFirstOrThrow();
	return row.id;
}

export async function seedGroup(store: Store, shortcode = 'news'): Promise<number> {
	const row = await store.db
		.insertInto('contact_group')
		.values({ name: shortcode, shortcode, created_at: store.now() })
		.returning('id')
		.executeTakeFirstOrThrow();
	return row.id;
}

export interface SeededPerson {
	contactId: number;
	/** Of the WhatsApp number where there is one, else of the SMS number. */
	identityId: number;
}

/** A contact in a group, with a consent to SMS and an active registration unless told otherwise. */
export async function seedPerson(
	store: Store,
	{
		sms = null as string | null,
		whatsApp = null as string | null,
		groupIds = [] as number[],
		registeredWith = null as number | null,
		lastInboundAt = store.now() - 60_000,
		smsConsent = true,
		name = 'Anna',
		fields = {},
	},
): Promise<SeededPerson> {
	const { id: contactId } = await store.db
		.insertInto('contact')
		.values({
			name,
			sms_number: sms,
			whatsapp_number: whatsApp,
			fields: JSON.stringify(fields),
			language: null,
			sms_consent_source: smsConsent ? 'form' : null,
			sms_consent_at: smsConsent ? store.now() : null,
			created_at: store.now(),
			updated_at: store.now(),
		})
		.returning('id')
		.executeTakeFirstOrThrow();
	for (const groupId of groupIds) {
		await store.db
			.insertInto('membership')
			.values({ group_id: groupId, contact_id: contactId, source: 'operator', created_at: store.now() })
			.execute();
	}
	let identityId = 0;
	for (const phone of new Set([sms, whatsApp].filter((each) => each !== null)))
		identityId = await seedIdentity(store, phone);
	if (registeredWith !== null) await register(store, identityId, registeredWith, lastInboundAt);
	return { contactId, identityId };
}

export async function seedIdentity(store: Store, phone: string): Promise<number> {
	await store.db
		.insertInto('identity')
		.values({ phone, whatsapp_user_id: null, created_at: store.now() })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
	return (await store.db.selectFrom('identity').select('id').where('phone', '=', phone).executeTakeFirstOrThrow()).id;
}

export async function register(
	store: Store,
	identityId: number,
	senderId: number,
	lastInboundAt = store.now() - 60_000,
): Promise<void> {
	await store.db
		.insertInto('registration')
		.values({
			sender_id: senderId,
			identity_id: identityId,
			state: 'active',
			since: store.now(),
			ended_by: null,
			last_inbound_at: lastInboundAt,
			inbox: null,
		})
		.execute();
}

/** A word that holds, as STOP leaves it behind. */
export async function sayOut(store: Store, identityId: number, scope: string, at = store.now()): Promise<void> {
	await store.db
		.insertInto('consent_word')
		.values({ identity_id: identityId, scope, direction: 'out', effective_at: at, source: 'person', event_id: null })
		.execute();
}

export function campaign(over: Partial<CampaignInput> = {}): CampaignInput {
	return {
		key: 'spring',
		purpose: 'advertisement',
		channels: 'whatsapp',
		whatsAppSender: '',
		smsSender: '',
		groups: ['news'],
		content: { type: 'text', body: 'Hello' },
		...over,
	};
}

export async function messages(store: Store) {
	return await store.db
		.selectFrom('message')
		.select(['id', 'channel', 'recipient', 'state', 'reason', 'attempts'])
		.orderBy('id')
		.execute();
}

/** Every counter that is not zero, as `<channel> <what> <error>: <total>`. */
export async function counters(store: Store): Promise<Record<string, number>> {
	const rows = await store.db
		.selectFrom('counter')
		.select(({ fn }) => ['channel', 'what', 'error', fn.sum<number>('total').as('total')])
		.groupBy(['channel', 'what', 'error'])
		.execute();
	return Object.fromEntries(
		rows
			.map((row) => [`${row.channel} ${row.what} ${row.error}`.trim(), Number(row.total)] as const)
			.filter(([, total]) => total !== 0),
	);
}

/** Puts messages into a state as if they had been sent up to there. */
export async function setState(store: Store, ids: number[], state: MessageState): Promise<void> {
	await store.transaction((db) => changeMessages(db, ids, store.now(), () => ({ state, markedAt: store.now() })));
}

export function phone(index: number): string {
	return `+39333${String(1_000_000 + index)}`;
}

/** People registered with a sender, in a group. */
export async function seedRegistered(
	store: Store,
	count: number,
	{ senderId, groupId }: { senderId: number; groupId: number },
): Promise<SeededPerson[]> {
	const people: SeededPerson[] = [];
	for (let index = 0; index < count; index++) {
		people.push(await seedPerson(store, { whatsApp: phone(index), groupIds: [groupId], registeredWith: senderId }));
	}
	return people;
}

/** The same store, but each statement of a transaction takes so much longer: a busy machine. */
export function slowed(store: Store, ms: number): Store {
	const slow: KyselyPlugin = {
		transformQuery: ({ node }) => node,
		transformResult: async ({ result }) => {
			await new Promise((resolve) => setTimeout(resolve, ms));
			return result;
		},
	};
	const busy: Store = Object.create(store) as Store;
	busy.transaction = async (work) => {
		const result = await store.transaction((db) => work(db.withPlugin(slow)));
		await new Promise((resolve) => setTimeout(resolve, ms));
		return result;
	};
	return busy;
}
