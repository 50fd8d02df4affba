import type { Channel, Purpose } from '../../domain/channel';
import type { MessageContent } from '../../domain/content';
import { previewCampaign } from '../../services/sending/campaigns';
import { applyProviderOptOut } from '../../services/sending/providerOptOut';
import { createOrUpdateContact } from '../../services/contacts/contacts';
import { addContactToGroup } from '../../services/contacts/groups';
import { NO_LIMITS } from '../../domain/invitationLimits';
import { invite } from '../../services/invitations/invite';
import { receive } from '../../services/receiving/receive';
import { registerByHand, revokeRegistration } from '../../services/registrations/registrations';
import { reply, sendMessage } from '../../services/sending/sendAndReply';
import { createOrUpdateSender, type SenderInput } from '../../services/senders/senders';
import type { IncomingEvent } from '../../providers/provider';
import type { Store } from '../../store/store';
import { FakeProvider } from './delivery';
import { message, numberChange, preference, readingOf, type Told } from './inbound';
import type { TestClock } from './stores';

const MINUTE_MS = 60_000;
const template: MessageContent = { type: 'template', name: 'news', language: 'it', bodyParameters: [] };
const text: MessageContent = { type: 'text', body: 'Hello' };

/** Advertisement and Service by WhatsApp, then by SMS: `yes`, or the reason for being left out. */
export type MayBeSent = [
	whatsAppAdvertisement: string,
	whatsAppService: string,
	smsAdvertisement: string,
	smsService: string,
];

/** One thing that happens, and how the documentation says it. */
export interface Step {
	said: string;
	run: (world: World) => Promise<unknown>;
}

/** One person and the company's two senders A and B, in a store that others share. */
export class World {
	readonly phone: string;
	readonly newPhone: string;
	readonly userId: string;
	readonly senders: { A: string; B: string };
	readonly begin: number;
	/** The newest event of this person, and what the newest invitation gave. */
	eventId = 0;
	code = '';

	constructor(
		readonly store: Store,
		readonly clock: TestClock,
		readonly number: number,
	) {
		const four = String(number).padStart(4, '0');
		this.phone = `+39333100${four}`;
		this.newPhone = `+39333200${four}`;
		this.userId = `IT.99${four}`;
		this.senders = { A: `+390212${four}`, B: `+390213${four}` };
		this.begin = clock.now();
	}

	async setUp(sender: Partial<SenderInput> = {}): Promise<void> {
		for (const phone of Object.values(this.senders)) {
			await createOrUpdateSender(this.store, {
				phone,
				provider: 'meta',
				sendsWhatsApp: true,
				sendsSms: true,
				ratePerSecond: 10_000,
				...sender,
			});
		}
		this.clock.advance(60 * MINUTE_MS);
	}

	async do(steps: readonly Step[]): Promise<void> {
		for (const step of steps) {
			this.clock.advance(1_000);
			await step.run(this);
		}
	}

	async receive(...events: IncomingEvent[]): Promise<void> {
		const before = await this.newestEvent();
		await receive(this.store, 'meta', readingOf(events), { inbox: 'rules/trigger', storeStatuses: false });
		const after = await this.newestEvent();
		if (after !== before) this.eventId = after;
	}

	/** The newest event that somebody told us, not one that follows from it. */
	private async newestEvent(): Promise<number> {
		const { id } = await this.store.db
			.selectFrom('event')
			.select(({ fn }) => fn.max('id').as('id'))
			.where('provider', '<>', 'store')
			.executeTakeFirstOrThrow();
		return id ?? 0;
	}

	async identities() {
		return await this.store.db
			.selectFrom('identity')
			.selectAll()
			.where((where) =>
				where.or([where('phone', 'in', [this.phone, this.newPhone]), where('whatsapp_user_id', '=', this.userId)]),
			)
			.orderBy('id')
			.execute();
	}

	async contactId(): Promise<number> {
		const contact = await this.store.db
			.selectFrom('contact')
			.select('id')
			.where((where) => where.or([where('sms_number', '=', this.phone), where('whatsapp_number', '=', this.phone)]))
			.executeTakeFirstOrThrow();
		return contact.id;
	}

	/** The state in words, as the documentation shows it: registration, groups, consent, and what stands against it. */
	async state(phone: string | null = this.phone): Promise<string> {
		const { db } = this.store;
		const everybody = await this.identities();
		const person =
			phone === null
				? everybody.find((each) => each.whatsapp_user_id === this.userId)
				: everybody.find((each) => each.phone === phone);
		const numbers = [person?.phone ?? phone].filter((each) => each !== null);
		const registrations = await db
			.selectFrom('registration as r')
			.innerJoin('sender as s', 's.id', 'r.sender_id')
			.select(['s.phone', 'r.state', 'r.ended_by'])
			.where('r.identity_id', '=', person?.id ?? 0)
			.orderBy('s.id')
			.execute();
		const words = await db
			.selectFrom('consent_word')
			.select('scope')
			.where('identity_id', '=', person?.id ?? 0)
			.where('direction', '=', 'out')
			.orderBy('scope')
			.execute();
		const contacts = await db
			.selectFrom('contact')
			.selectAll()
			.where((where) =>
				where.or([where('sms_number', 'in', [...numbers, '']), where('whatsapp_number', 'in', [...numbers, ''])]),
			)
			.execute();
		const groups = await db
			.selectFrom('membership')
			.innerJoin('contact_group', 'contact_group.id', 'group_id')
			.select('shortcode')
			.where('contact_id', 'in', [0, ...contacts.map(({ id }) => id)])
			.orderBy('shortcode')
			.execute();
		const registration = registrations.map((each) => {
			const at = each.phone === this.senders.A ? '' : ' at B';
			return `${each.state}${at}${each.ended_by === null ? '' : ` by the ${each.ended_by}`}`;
		});
		const names = new Map(
			(await db.selectFrom('contact_group').select(['id', 'shortcode']).execute()).map(({ id, shortcode }) => [
				`group:${id}`,
				shortcode,
			]),
		);
		const standing = words.map(({ scope }) => {
			if (scope === 'all') return 'STOP';
			if (scope === 'sms') return 'STOP of SMS';
			if (scope.startsWith('marketing:')) return 'marketing off';
			return scope.startsWith('sender:') ? 'STOP at A' : `STOP ${(names.get(scope) ?? '?').toUpperCase()}`;
		});
		const parts = [
			...(registration.length > 0 ? registration : ['not registered']),
			...(contacts.length === 1 ? ['contact'] : contacts.length > 1 ? [`${contacts.length} contacts`] : []),
			...(groups.length > 0 ? [`in ${groups.map(({ shortcode }) => shortcode.toUpperCase()).join(' and ')}`] : []),
			...(contacts.some(({ sms_number, sms_consent_at }) => sms_number !== null && sms_consent_at !== null)
				? ['SMS consent']
				: []),
			...standing,
		];
		return person === undefined && contacts.length === 0 ? 'unknown' : parts.join(', ');
	}

	/** Asks Send for each of the four, and planning too where there is a number: the two must agree. */
	async mayBeSent(phone: string | null = this.phone): Promise<MayBeSent> {
		const answers: string[] = [];
		for (const channel of ['whatsapp', 'sms'] as const) {
			for (const purpose of ['advertisement', 'service'] as const)
				answers.push(await this.maySend(phone, channel, purpose));
		}
		return answers as MayBeSent;
	}

	private async maySend(phone: string | null, channel: Channel, purpose: Purpose): Promise<string> {
		if (phone === null && channel === 'sms') return 'no number';
		const provider = new FakeProvider(this.store);
		const content = channel === 'sms' ? text : template;
		const planned = phone === null ? null : await this.planned(phone, channel, purpose, content);
		const idempotencyKey = `rules ${this.number} ${phone} ${channel} ${purpose} ${this.clock.now()}`;
		const sent = await sendMessage(
			this.store,
			{ meta: provider },
			{ channel, sender: this.senders.A, to: phone ?? this.userId, purpose, content, idempotencyKey },
		);
		const answer = sent.reason ?? 'yes';
		if (planned !== null && planned !== answer)
			throw new Error(`A campaign says "${planned}" and Send says "${answer}".`);
		if (provider.requests.length > 0 !== (answer === 'yes'))
			throw new Error(`${provider.requests.length} requests went out where Send says "${answer}".`);
		return answer;
	}

	private async planned(phone: string, channel: Channel, purpose: Purpose, content: MessageContent): Promise<string> {
		const { leftOut } = await previewCampaign(this.store, {
			purpose,
			channels: channel,
			whatsAppSender: this.senders.A,
			smsSender: this.senders.A,
			groups: [],
			numbers: [phone],
			content,
		});
		return Object.keys(leftOut)[0] ?? 'yes';
	}

	/** Whether a free text may go out by WhatsApp: the 24-hour window counts. */
	async mayBeWritten(): Promise<string> {
		const idempotencyKey = `rules text ${this.number} ${this.clock.now()}`;
		const sent = await sendMessage(
			this.store,
			{ meta: new FakeProvider(this.store) },
			{
				channel: 'whatsapp',
				sender: this.senders.A,
				to: this.phone,
				purpose: 'service',
				content: text,
				idempotencyKey,
			},
		);
		return sent.reason ?? 'yes';
	}

	async mayBeAnswered(): Promise<string> {
		const idempotencyKey = `rules reply ${this.number} ${this.clock.now()}`;
		const sent = await reply(
			this.store,
			{ meta: new FakeProvider(this.store) },
			{ eventId: this.eventId, body: 'Thank you', idempotencyKey },
		);
		return sent.reason ?? 'yes';
	}

	/** What the workflow is told of the newest event: its output and the outcome. */
	async told(): Promise<string> {
		const { output, outcome } = await this.store.db
			.selectFrom('event')
			.selectAll()
			.where('id', '=', this.eventId)
			.executeTakeFirstOrThrow();
		return `${output === null ? 'nobody' : { optIn: 'Opt-In', optOut: 'Opt-Out', message: 'Message', status: 'Status', invited: 'Invited' }[output]}: ${outcome}`;
	}

	/** The actions in the ledger of this person, oldest first. */
	async recorded(): Promise<string[]> {
		const identities = await this.identities();
		const rows = await this.store.db
			.selectFrom('consent_record')
			.innerJoin('ledger_chain', 'ledger_chain.id', 'chain_id')
			.select('consent_record.details')
			.where('ledger_chain.identity_id', 'in', [0, ...identities.map(({ id }) => id)])
			.orderBy('consent_record.id')
			.execute();
		return rows.map(({ details }) => (JSON.parse(details ?? '{}') as { action: string }).action);
	}

	/** Puts one message of each kind into the queue. */
	async queue(): Promise<void> {
		const [identity] = await this.identities();
		const sender = await this.store.db
			.selectFrom('sender')
			.select('id')
			.where('phone', '=', this.senders.A)
			.executeTakeFirstOrThrow();
		for (const channel of ['whatsapp', 'sms'] as const) {
			for (const purpose of ['advertisement', 'service'] as const) {
				await this.store.db
					.insertInto('message')
					.values({
						...{
							campaign_id: null,
							group_id: 0,
							sender_id: sender.id,
							identity_id: identity?.id ?? null,
							recipient: this.phone,
						},
						...{ channel, purpose, state: 'queued', due_at: 1, created_at: 1, state_at: 1 },
					})
					.execute();
			}
		}
	}

	/** Which of those are still to be sent. */
	async stillQueued(): Promise<string[]> {
		const rows = await this.store.db
			.selectFrom('message')
			.selectAll()
			.where('recipient', '=', this.phone)
			.where('state', '=', 'queued')
			.orderBy('id')
			.execute();
		return rows.map(({ channel, purpose }) => `${channel} ${purpose}`);
	}
}

const viaText = (told: { by?: Channel; to?: 'A' | 'B'; as?: Named; type?: string; at?: number }): string =>
	[
		told.by === 'sms' ? ' by SMS' : '',
		told.to === 'B' ? ' to B' : '',
		told.as === 'userId'
			? ' without a number'
			: told.as === 'both'
				? ' with number and user id'
				: told.as === 'newPhone'
					? ' from the new number'
					: '',
		told.at === undefined ? '' : ` (sent at minute ${told.at})`,
	].join('');

/** How the person is known when they write: by number, by WhatsApp user id, by both, or from another number of the same account. */
type Named = 'phone' | 'userId' | 'both' | 'newPhone' | 'newHolder';

function from(world: World, as: Named = 'phone'): Pick<Told, 'phone' | 'whatsAppUserId'> {
	switch (as) {
		case 'phone':
		case 'newHolder':
			return { phone: world.phone, whatsAppUserId: null };
		case 'userId':
			return { phone: null, whatsAppUserId: world.userId };
		case 'both':
			return { phone: world.phone, whatsAppUserId: world.userId };
		case 'newPhone':
			return { phone: world.newPhone, whatsAppUserId: null };
	}
}

interface Writing {
	by?: Channel;
	to?: 'A' | 'B';
	as?: Named;
	type?: string;
	/** Minutes from the case's begin, by the provider's clock; without: now. */
	at?: number;
	buttonPayload?: string;
	id?: string;
}

const TYPE_TEXT: Record<string, string> = {
	reaction: 'reacts',
	sticker: 'sends a sticker',
	system: 'system message',
	unsupported: 'unsupported message',
	image: 'sends a picture',
	revoke: 'deletes a message',
	call_permission_reply: 'answers whether it may be called',
	pin: 'pins a message',
	edit: 'edits a message to',
	group_text: 'writes in a group',
	nfm_reply: 'answers a form inside WhatsApp',
};

/** The person writes. `{code}` stands for the code of the newest invitation. */
export function writes(words: string | null, told: Writing = {}): Step {
	const action =
		told.type === undefined || told.type === 'text'
			? `“${words}”`
			: told.type === 'button'
				? `button “${words}”`
				: `${TYPE_TEXT[told.type] ?? told.type}${words === null ? '' : ` “${words}”`}`;
	return {
		said: `${action}${viaText(told)}`,
		run: (world) =>
			world.receive(
				message(words?.replace('{code}', world.code) ?? null, {
					...from(world, told.as),
					channel: told.by,
					senderPhone: world.senders[told.to ?? 'A'],
					messageType: told.type,
					at: told.at === undefined ? null : world.begin + told.at * MINUTE_MS,
					buttonPayload: told.buttonPayload ?? null,
					...(told.id === undefined ? {} : { id: `${told.id} of ${world.number}` }),
				}),
			),
	};
}

/** Several messages in one request, or at one moment, in this order. */
export function together(...steps: Step[]): Step {
	return {
		said: steps.map(({ said }) => said).join(' + '),
		run: async (world) => {
			for (const step of steps) await step.run(world);
		},
	};
}

/** Meta's switch for marketing messages. */
export function switches(value: 'stop' | 'resume', told: { at?: number } = {}): Step {
	return {
		said: `Meta’s marketing switch: ${value}${told.at === undefined ? '' : ` (sent at minute ${told.at})`}`,
		run: (world) =>
			world.receive(
				preference(value, {
					phone: world.phone,
					senderPhone: world.senders.A,
					at: told.at === undefined ? null : world.begin + told.at * MINUTE_MS,
				}),
			),
	};
}

/** WhatsApp tells that the account has another number. */
export function changesNumber(told: { at?: number } = {}): Step {
	return {
		said: `number changes${told.at === undefined ? '' : ` (at minute ${told.at})`}`,
		run: (world) =>
			world.receive(
				numberChange(world.newPhone, {
					phone: world.phone,
					senderPhone: world.senders.A,
					at: told.at === undefined ? null : world.begin + told.at * MINUTE_MS,
				}),
			),
	};
}

/** An error in answer to a message of ours that says the person does not want to hear from us. */
export function refuses(code: string, channel: Channel): Step {
	return {
		said: `provider answers ${code} (${channel === 'sms' ? 'SMS' : 'WhatsApp'})`,
		run: async (world) => {
			const [identity] = await world.identities();
			const sender = await world.store.db
				.selectFrom('sender')
				.select('id')
				.where('phone', '=', world.senders.A)
				.executeTakeFirstOrThrow();
			await world.store.transaction((db) =>
				applyProviderOptOut(world.store, db, {
					identityId: identity?.id ?? 0,
					senderId: sender.id,
					channel,
					providerEventId: `${code} of ${world.number}`,
					source: code,
					at: null,
				}),
			);
		},
	};
}

export const later = (hours: number): Step => ({
	said: `${hours < 1 ? `${hours * 60} minutes` : `${hours} hours`} pass`,
	run: async ({ clock }) => clock.advance(hours * 60 * MINUTE_MS),
});

const refused = async (work: Promise<unknown>): Promise<void> => {
	const wasRefused = await work.then(
		() => false,
		() => true,
	);
	if (!wasRefused) throw new Error('It was to be refused, and was not.');
};

export const operator = {
	registers: (): Step => ({
		said: 'operator registers with a source',
		run: (world) =>
			registerByHand(world.store, { sender: world.senders.A, number: world.phone, source: 'signed form' }),
	}),
	cannotRegister: (source = 'signed form'): Step => ({
		said: source === '' ? 'operator registers without a source: refused' : 'operator registers with a source: refused',
		run: (world) => refused(registerByHand(world.store, { sender: world.senders.A, number: world.phone, source })),
	}),
	revokes: (): Step => ({
		said: 'operator revokes',
		run: (world) => revokeRegistration(world.store, { sender: world.senders.A, number: world.phone }),
	}),
	addsTo: (group: string): Step => ({
		said: `operator adds to ${group.toUpperCase()}`,
		run: async (world) => addContactToGroup(world.store, { group, contactId: await world.contactId() }),
	}),
	cannotAddTo: (group: string): Step => ({
		said: `operator adds to ${group.toUpperCase()}: refused`,
		run: async (world) => refused(addContactToGroup(world.store, { group, contactId: await world.contactId() })),
	}),
	entersContact: (smsConsent?: { source: string }): Step => ({
		said: `operator enters the contact${smsConsent ? ` with SMS consent (${smsConsent.source})` : ' without SMS consent'}`,
		run: (world) =>
			createOrUpdateContact(world.store, { smsNumber: world.phone, whatsAppNumber: world.phone, smsConsent }),
	}),
	cannotEnterConsent: (): Step => ({
		said: 'operator enters an SMS consent without a source: refused',
		run: (world) =>
			refused(createOrUpdateContact(world.store, { smsNumber: world.phone, smsConsent: { source: ' ' } })),
	}),
	changesNumberOfSender: (): Step => ({
		said: 'the company changes its number from A to B',
		run: async (world) => {
			world.senders.A = world.senders.B;
		},
	}),
	limitsPlacesTo: (packageLimit: number): Step => ({
		said: `package limit ${packageLimit}`,
		run: (world) =>
			createOrUpdateSender(world.store, {
				phone: world.senders.A,
				provider: 'meta',
				sendsWhatsApp: true,
				sendsSms: true,
				packageLimit,
			}),
	}),
};

/** The company's form: an invitation, with a consent to SMS where ticked. */
export function fillsForm({ smsConsent = false, group }: { smsConsent?: boolean; group?: string } = {}): Step {
	return {
		said: `form${group === undefined ? '' : ` for ${group.toUpperCase()}`}${smsConsent ? ' with SMS consent' : ''}`,
		run: async (world) => {
			const { code } = await invite(world.store, {
				sender: world.senders.A,
				number: world.phone,
				...(group !== undefined && { groups: [group] }),
				origin: 'form',
				limits: NO_LIMITS,
				evidence: { smsConsent, formVersion: '1' },
				inbox: 'rules/trigger',
			});
			world.code = code ?? '';
		},
	};
}

/** Somebody else who takes or gives up a place at sender A. */
export function another(words: string): Step {
	return {
		said: `somebody else: “${words}”`,
		run: (world) =>
			world.receive(
				message(words, { phone: `+39333300${String(world.number).padStart(4, '0')}`, senderPhone: world.senders.A }),
			),
	};
}
