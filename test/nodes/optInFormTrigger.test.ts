import { randomInt } from 'node:crypto';
import type { IWebhookFunctions } from 'n8n-workflow';

import { OptInFormTrigger } from '../../nodes/OptInFormTrigger/OptInFormTrigger.node';
import { FORM_TEXTS } from '../../services/optInForm/texts';
import { createOrUpdateSender } from '../../services/senders/senders';
import { closeStores } from '../../store/pool';
import { openStore } from '../../store/store';
import { newSqlite } from '../support/stores';

const form = 'application/x-www-form-urlencoded';

interface Visit {
	method: string;
	headers?: Record<string, string>;
	body?: unknown;
	mode?: string;
	parameters?: Record<string, unknown>;
	storeFile?: string;
	query?: string;
	ip?: string;
}

/** What n8n gives to `webhook()`, as far as it is used. */
function visit({
	method,
	headers = {},
	body = {},
	mode = 'webhook',
	parameters = {},
	storeFile = 'optin.sqlite',
	query = '',
	ip = '203.0.113.9',
}: Visit) {
	const answered = { status: 0, headers: {} as Record<string, string>, body: '' };
	const errors: string[] = [];
	const response = {
		set statusCode(status: number) {
			answered.status = status;
		},
		setHeader: (name: string, value: string) => (answered.headers[name.toLowerCase()] = value),
		removeHeader: (name: string) => delete answered.headers[name.toLowerCase()],
		end: (text: string) => (answered.body = text),
	};
	const context = {
		getRequestObject: () => ({ method, headers, ip, originalUrl: `/webhook/form${query}` }),
		getResponseObject: () => response,
		getBodyData: () => body,
		getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
		getNode: () => ({ id: 'node', name: 'Form' }),
		getWorkflow: () => ({ id: 'workflow' }),
		getMode: () => mode,
		getCredentials: async () => ({ storage: 'sqlite', sqliteFile: storeFile, ledgerKey: 'a ledger key for tests' }),
		logger: { error: (text: string) => errors.push(text) },
	};
	return {
		answered,
		errors,
		run: async () => await new OptInFormTrigger().webhook.call(context as unknown as IWebhookFunctions),
	};
}

describe('The form trigger', () => {
	const { settings, remove } = newSqlite();
	const userFolder = process.env.N8N_USER_FOLDER;

	beforeAll(async () => {
		if (settings.kind !== 'sqlite') throw new Error('newSqlite gives SQLite settings');
		// The node looks below `.n8n` of this folder, as n8n does.
		process.env.N8N_USER_FOLDER = settings.n8nFolder;
		const store = await openStore({ ...settings, n8nFolder: `${settings.n8nFolder}/.n8n` }, { create: true });
		await createOrUpdateSender(store, {
			phone: '+390212345678',
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
		});
		await store.close();
	});
	afterAll(async () => {
		await closeStores();
		if (userFolder === undefined) delete process.env.N8N_USER_FOLDER;
		else process.env.N8N_USER_FOLDER = userFolder;
		await remove();
	});

	it('shows the form, sandboxed away from n8n’s editor, loading nothing, and free to be framed', async () => {
		const { answered, run } = visit({ method: 'GET' });
		expect(await run()).toEqual({ noWebhookResponse: true });
		expect(answered.status).toBe(200);
		expect(answered.body).toContain('<form method="post"');
		expect(answered.headers['content-security-policy']).toMatch(
			/^sandbox (?!.*allow-same-origin)(?!.*script-src).*; default-src 'none';/,
		);
		expect(answered.headers).not.toHaveProperty('x-frame-options');
		expect(answered.headers['cache-control']).toBe('no-store');
	});

	it('takes a submission and starts no execution by itself: the event does', async () => {
		const { answered, run } = visit({
			method: 'POST',
			headers: { 'content-type': form },
			body: { phone: '333 1234567', consent: 'yes' },
		});
		expect(await run()).toEqual({ noWebhookResponse: true });
		expect(answered.status).toBe(200);
		expect(answered.body).toContain('https://wa.me/390212345678?text=START%20');
	});

	it.each([
		'application/x-www-form-urlencoded;charset=UTF-8',
		'Application/X-WWW-Form-Urlencoded ; charset=utf-8',
		'application/x-www-form-urlencoded;',
	])('takes a form sent as %s', async (type) => {
		const { answered, run } = visit({ method: 'POST', headers: { 'content-type': type }, body: { phone: '' } });
		await run();
		expect(answered.status).toBe(422);
	});

	it('starts the execution of a test run with the first submission that invites', async () => {
		const test = { method: 'POST', mode: 'manual', headers: { 'content-type': form } };
		expect(await visit({ ...test, method: 'GET' }).run()).toEqual({ noWebhookResponse: true });
		expect(await visit({ ...test, body: { phone: 'x' } }).run()).toEqual({ noWebhookResponse: true });
		const started = await visit({ ...test, body: { phone: '333 7654321', consent: 'yes' } }).run();
		expect(started).toEqual({ noWebhookResponse: true, workflowData: [[{ json: {} }]] });
	});

	it.each([
		['multipart/form-data; boundary=x', 'text/html; charset=utf-8'],
		['text/plain', 'text/html; charset=utf-8'],
		['application/json', 'application/json'],
		['Application/JSON; charset=utf-8', 'application/json'],
		['application/jsonfoo', 'text/html; charset=utf-8'],
		['application/x-www-form-urlencodedfoo', 'text/html; charset=utf-8'],
		['application/x-www-form-urlencoded-foo; charset=utf-8', 'text/html; charset=utf-8'],
		['application/x-www-form-urlencoded, text/plain', 'text/html; charset=utf-8'],
		['x-application/x-www-form-urlencoded', 'text/html; charset=utf-8'],
		[';application/x-www-form-urlencoded', 'text/html; charset=utf-8'],
		['', 'text/html; charset=utf-8'],
	])('refuses %s in its own kind', async (sent, answeredType) => {
		const { answered, run } = visit({
			method: 'POST',
			headers: { 'content-type': sent },
			body: { phone: '333 1234567', consent: 'yes' },
		});
		await run();
		expect(answered.status).toBe(415);
		expect(answered.headers['content-type']).toBe(answeredType);
		expect(answered.body).toContain('application/x-www-form-urlencoded');
	});

	it.each([
		['with a port', '198.51.100.7:4711', '198.51.100.7:4712'],
		['of IPv6 with brackets and port', '[2001:db8:9::1]:4711', '2001:db8:9::2'],
		['hidden by the proxy', 'unknown', '_hidden'],
	])('holds to the limit per address where the address came %s', async (_, first, second) => {
		const posts = (ip: string) => ({
			method: 'POST',
			headers: { 'content-type': form },
			body: { phone: `333 ${randomInt(1_000_000, 9_999_999)}`, consent: 'yes' },
			parameters: { limits: { addressPerHour: 1 } },
			ip,
		});
		const one = visit(posts(first));
		await one.run();
		expect(one.answered.status).toBe(200);
		const other = visit(posts(second));
		await other.run();
		expect(other.answered.status).toBe(429);
	});

	it('asks to try again when the store cannot be had, and says why only in the log', async () => {
		const { answered, errors, run } = visit({
			method: 'POST',
			storeFile: 'missing.sqlite',
			headers: { 'content-type': form },
			body: { phone: '333 1234567', consent: 'yes' },
		});
		await run();
		expect(answered.status).toBe(503);
		expect(answered.headers['retry-after']).toBe('30');
		expect(answered.body).toContain(FORM_TEXTS.en.notReady);
		expect(answered.body).not.toContain('missing.sqlite');
		expect(errors.join()).toMatch(/does not exist/);
	});

	it('says in a test run what is wrong, to the one who builds the form', async () => {
		const { answered, run } = visit({
			method: 'GET',
			mode: 'manual',
			parameters: { sender: { mode: 'phone', value: '390999' } },
		});
		await run();
		expect(answered.status).toBe(503);
		expect(answered.body).toMatch(/390999/);
	});

	it.each([
		['auto', '', { 'accept-language': 'nl,en;q=0.5' }, 'nl'],
		['auto', '?language=es', { 'accept-language': 'nl' }, 'es'],
		['auto', '?language=%E0%A4', { 'accept-language': 'nl' }, 'nl'],
		['it', '?language=es', { 'accept-language': 'nl' }, 'it'],
		['klingon', '', {}, 'en'],
	] as const)(
		'speaks, set to %s and asked for by "%s", the language of the visitor: %#',
		async (language, query, headers, spoken) => {
			const { answered, run } = visit({ method: 'GET', headers, query, parameters: { language } });
			await run();
			expect(answered.body).toContain(`<html lang="${spoken}">`);
			expect(answered.headers.vary).toBe('Accept-Language');
		},
	);

	it('answers 429 with the time to wait when a limit is reached', async () => {
		const sent = { method: 'POST', headers: { 'content-type': form }, parameters: { limits: { numberPerHour: 1 } } };
		expect(await visit({ ...sent, body: { phone: '333 1112222', consent: 'yes' } }).run()).toEqual({
			noWebhookResponse: true,
		});
		const { answered, run } = visit({ ...sent, body: { phone: '333 1112222', consent: 'yes' } });
		await run();
		expect(answered.status).toBe(429);
		expect(Number(answered.headers['retry-after'])).toBeGreaterThan(3_500);
	});

	it('shows the fields and groups of the node, and keeps the limits where an expression gave nothing', async () => {
		const { answered, run } = visit({
			method: 'GET',
			parameters: {
				fields: {
					field: [
						{ type: 'choice', label: 'Shop', name: 'shop', choices: 'Bozen, Meran\nBrixen', required: true },
						{ type: 'nonsense', label: 'Wish' },
						null,
					],
				},
				groups: { group: [{ group: { mode: 'list', value: '' }, label: 'None' }] },
				limits: { numberPerHour: '', overallPerDay: null },
				options: { layout: 'plain', theme: 'dark' },
			},
		});
		await run();
		expect(answered.status).toBe(200);
		for (const text of ['name="shop"', '<option value="Brixen">', 'name="Wish"', '<body class="plain">'])
			expect(answered.body).toContain(text);
		expect(answered.body).not.toContain('name="group"');
	});

	it('has hooks that touch nothing', async () => {
		const { checkExists, create, delete: remove } = new OptInFormTrigger().webhookMethods.default;
		expect([await checkExists(), await create(), await remove()]).toEqual([true, true, true]);
	});
});
