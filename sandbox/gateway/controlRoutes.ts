import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod/v4';
import { metaAccount, websmsAccount } from '../accounts';
import { failureSchema } from './failures';
import type { Gateway } from './gateway';
import type { Mail } from './mailSource';
import type { Phone } from './phoneBook';
import { settingsSchema } from './settings';

interface ControlCall {
	/** The variable part of the path. */
	id: string;
	query: URLSearchParams;
	body: unknown;
}

interface ControlRoute {
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	pattern: RegExp;
	/** What is returned is the JSON answer; nothing: `{"ok":true}`. */
	handle: (gateway: Gateway, call: ControlCall) => object | void | Promise<object | void>;
}

const phoneSettings = z.strictObject({
	name: z.string().trim().min(1).max(60).optional(),
	reads: z.boolean().optional(),
	reachable: z.boolean().optional(),
	onWhatsApp: z.boolean().optional(),
	hidesNumber: z.boolean().optional(),
});

const typedSchema = z.strictObject({
	channel: z.enum(['sms', 'whatsapp']),
	text: z.string().max(200_000),
	company: z.string().optional(),
	type: z.string().optional(),
	payload: z.string().optional(),
	repliesTo: z.string().optional(),
	sentAt: z.number().int().optional(),
	id: z.string().optional(),
	/** The call answers when the webhook has had its first answer. */
	wait: z.boolean().default(false),
});

const callbackUrl = z
	.url({ protocol: /^https?$/ })
	.nullable()
	.optional();

export const controlRoutes: ControlRoute[] = [
	{ method: 'GET', pattern: /^\/control\/state$/, handle: (gateway) => state(gateway) },
	{
		method: 'GET',
		pattern: /^\/control\/log$/,
		handle: (gateway, { query }) => ({ entries: gateway.log.list(Number(query.get('after') ?? 0)) }),
	},
	{ method: 'DELETE', pattern: /^\/control\/log$/, handle: (gateway) => gateway.log.clear() },
	{ method: 'GET', pattern: /^\/control\/counters$/, handle: (gateway) => gateway.counters.summary() },
	{
		method: 'GET',
		pattern: /^\/control\/sends$/,
		handle: (gateway, { query }) => ({ sends: gateway.counters.sends(query.get('phone') ?? undefined) }),
	},

	{
		method: 'POST',
		pattern: /^\/control\/phones$/,
		handle: (gateway, { body }) => {
			const { phone, ...settings } = phoneSettings.extend({ phone: z.string().max(40) }).parse(body);
			return gateway.addPhone(phone, settings);
		},
	},
	{
		method: 'PATCH',
		pattern: /^\/control\/phones\/([^/]+)$/,
		handle: (gateway, { id, body }) => gateway.changePhone(id, phoneSettings.parse(body)),
	},
	{ method: 'DELETE', pattern: /^\/control\/phones\/([^/]+)$/, handle: (gateway, { id }) => gateway.book.remove(id) },
	{
		method: 'GET',
		pattern: /^\/control\/phones\/([^/]+)\/messages$/,
		handle: (gateway, { id }) => ({ messages: gateway.book.conversation(id) }),
	},
	{
		method: 'POST',
		pattern: /^\/control\/phones\/([^/]+)\/type$/,
		handle: async (gateway, { id, body }) => {
			const { wait, ...typed } = typedSchema.parse(body);
			const sent = gateway.type({ phone: id, ...typed });
			return { message: sent.message, webhook: wait ? await sent.first : null };
		},
	},
	{
		method: 'POST',
		pattern: /^\/control\/phones\/([^/]+)\/number$/,
		handle: async (gateway, { id, body }) => {
			const { to, wait } = z.strictObject({ to: z.string().max(40), wait: z.boolean().default(false) }).parse(body);
			const changed = gateway.changeNumber(id, to);
			return { phone: changed.phone, webhook: wait ? await changed.first : null };
		},
	},

	{
		method: 'PATCH',
		pattern: /^\/control\/settings$/,
		handle: (gateway, { body }) => gateway.changeSettings(settingsSchema.partial().parse(body)),
	},
	{
		method: 'POST',
		pattern: /^\/control\/failures$/,
		handle: (gateway, { body }) => gateway.failures.add(failureSchema.parse(body)),
	},
	{ method: 'DELETE', pattern: /^\/control\/failures$/, handle: (gateway) => gateway.failures.clear() },
	{
		method: 'POST',
		pattern: /^\/control\/release$/,
		handle: async (gateway, { body }) => {
			const { order } = z
				.strictObject({ order: z.enum(['asTheyCame', 'backwards']).default('asTheyCame') })
				.parse(body);
			return { released: await gateway.release(order) };
		},
	},
	{
		method: 'POST',
		pattern: /^\/control\/callbacks$/,
		handle: (gateway, { body }) => {
			const { meta, websms } = z.strictObject({ meta: callbackUrl, websms: callbackUrl }).parse(body);
			gateway.setCallbacks({ ...(meta === undefined ? {} : { meta }), ...(websms === undefined ? {} : { websms }) });
		},
	},
	{
		method: 'POST',
		pattern: /^\/control\/verify$/,
		handle: async (gateway, { body }) => {
			const { url, verifyToken } = z.strictObject({ url: z.url(), verifyToken: z.string().optional() }).parse(body);
			await gateway.verifyWebhook(url, verifyToken);
		},
	},
	{
		method: 'POST',
		pattern: /^\/control\/webhook$/,
		handle: async (gateway, { body }) => {
			const schema = z.strictObject({
				provider: z.enum(['meta', 'websms']),
				body: z.union([z.string(), z.record(z.string(), z.unknown())]),
				appSecret: z.string().optional(),
			});
			const made = schema.parse(body);
			return await gateway.postWebhook(made.provider, made.body, made.appSecret).first;
		},
	},
	{
		method: 'POST',
		pattern: /^\/control\/reset$/,
		handle: (gateway, { body }) =>
			gateway.reset(z.strictObject({ phones: z.boolean().default(false) }).parse(body).phones),
	},

	{
		method: 'GET',
		pattern: /^\/control\/mails$/,
		handle: (gateway) => ({ mails: (gateway.mailbox?.mails() ?? []).map(mailInList) }),
	},
	{ method: 'GET', pattern: /^\/control\/mails\/([^/]+)$/, handle: (gateway, { id }) => findMail(gateway, id) },
	{ method: 'DELETE', pattern: /^\/control\/mails$/, handle: (gateway) => gateway.mailbox?.clear() },
];

/** An open page asks several times a second, for all phones: formatting each anew would cost a campaign its pace. */
const displays = new Map<string, string>();

/** The websms channel is shown once it is used: a store with one WhatsApp sender needs no choice of it anywhere. */
const companies = [
	{ name: metaAccount.name, phone: metaAccount.phone, channel: 'whatsapp', provider: 'meta', label: 'Meta' },
	{
		name: websmsAccount.name,
		phone: websmsAccount.whatsAppPhone,
		channel: 'whatsapp',
		provider: 'websms',
		label: 'websms',
	},
	{ name: websmsAccount.name, phone: websmsAccount.smsPhone, channel: 'sms', provider: 'websms', label: 'websms' },
].map((company) => ({ ...company, display: display(company.phone) }));

/** As people write it: `+39 333 123 4567`. */
function display(phone: string): string {
	const known = displays.get(phone);
	if (known !== undefined) return known;
	const made = parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;
	if (displays.size > 2_000) displays.clear();
	displays.set(phone, made);
	return made;
}

function state(gateway: Gateway): object {
	return {
		companies: companies.filter(
			({ phone }) => phone !== websmsAccount.whatsAppPhone || gateway.book.knowsCompany(phone),
		),
		links: gateway.links,
		callbacks: gateway.callbacks,
		settings: gateway.settings,
		failures: gateway.failures.list(),
		heldWebhooks: gateway.heldWebhooks,
		counters: gateway.counters.summary(),
		mails: gateway.mailbox?.mails().length ?? 0,
		phones: gateway.book.list().map((phone) => phoneInList(gateway, phone)),
	};
}

function phoneInList(gateway: Gateway, phone: Phone): object {
	const last = gateway.book.conversation(phone.phone).at(-1);
	return {
		...phone,
		display: display(phone.phone),
		last:
			last === undefined
				? null
				: { text: last.text.slice(0, 80), at: last.at, channel: last.channel, direction: last.direction },
	};
}

function mailInList({ id, at, from, to, subject, text, attachments }: Mail): object {
	return {
		id,
		at,
		from,
		to,
		subject,
		preview: text.slice(0, 120),
		attachments: attachments.map(({ name, sizeBytes }) => ({ name, sizeBytes })),
	};
}

function findMail(gateway: Gateway, id: string): Mail {
	const mail = gateway.mailbox?.mails().find((candidate) => candidate.id === id);
	if (mail === undefined) throw new Error(`There is no mail ${id}.`);
	return mail;
}
