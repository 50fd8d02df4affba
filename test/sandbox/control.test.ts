import { request } from 'node:http';
import { startGateway } from '../../sandbox/gateway/gateway';
import type { Gateway } from '../../sandbox/gateway/gateway';
import { Receiver, textByMeta } from './support';

let gateway: Gateway;
let receiver: Receiver;
beforeAll(async () => {
	receiver = await new Receiver().start();
	gateway = await startGateway({ port: 0, settings: { statuses: false }, callbacks: { meta: receiver.url } });
});
afterAll(async () => {
	await gateway.close();
	await receiver.close();
});
beforeEach(() => gateway.reset(true));

async function control(
	method: string,
	path: string,
	body?: object,
): Promise<{ status: number; json: Record<string, unknown> }> {
	const response = await fetch(`${gateway.url}/control${path}`, {
		method,
		...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
	});
	return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

test('a phone is added by its number as a person writes it, changed, and removed', async () => {
	expect((await control('POST', '/phones', { phone: '0039 333 1234567', name: 'Anna' })).json).toMatchObject({
		phone: '+393331234567',
		name: 'Anna',
		reads: true,
	});
	expect((await control('PATCH', '/phones/%2B393331234567', { reads: false })).json).toMatchObject({
		reads: false,
		reachable: true,
	});
	expect((await control('GET', '/state')).json['phones']).toMatchObject([
		{ phone: '+393331234567', display: '+39 333 123 4567', reads: false },
	]);
	await control('DELETE', '/phones/%2B393331234567');
	expect((await control('GET', '/state')).json['phones']).toEqual([]);
});

test('what is typed can be waited for until the webhook has answered', async () => {
	const { json } = await control('POST', '/phones/%2B393331234567/type', {
		channel: 'whatsapp',
		text: 'START',
		wait: true,
	});
	expect(json).toMatchObject({ webhook: { status: 200 }, message: { state: 'received' } });
	expect((await control('GET', '/phones/%2B393331234567/messages')).json['messages']).toMatchObject([
		{ text: 'START' },
	]);
});

test('a phone changes its number, and the company is told as Meta does', async () => {
	await control('POST', '/phones', { phone: '+39 333 1234567', name: 'Anna' });
	const { json } = await control('POST', '/phones/%2B393331234567/number', { to: '0039 333 7654321', wait: true });
	expect(json).toMatchObject({ phone: { phone: '+393337654321', name: 'Anna' }, webhook: { status: 200 } });
	expect(receiver.received.at(-1)?.json.entry?.[0]?.changes[0]?.value.messages?.[0]).toMatchObject({
		from: '393331234567',
		type: 'system',
		system: { type: 'user_changed_number', wa_id: '393337654321' },
	});
	expect((await control('POST', '/phones/%2B393331234567/number', { to: '+393331234567' })).status).toBe(400);
});

test('log, counters and sends tell what happened', async () => {
	await textByMeta(gateway, '393331234567', 'job-7');
	const { entries } = (await control('GET', '/log')).json as { entries: Array<Record<string, unknown>> };
	expect(entries).toMatchObject([{ direction: 'in', provider: 'meta', method: 'POST', status: 200 }]);
	expect((await control('GET', `/log?after=${String(entries[0]?.['id'])}`)).json['entries']).toEqual([]);
	expect((await control('GET', '/counters')).json).toMatchObject({ requests: 1, accepted: 1 });
	expect((await control('GET', '/sends?phone=%2B393331234567')).json['sends']).toMatchObject([{ reference: 'job-7' }]);
});

test.each([
	['POST', '/phones', { phone: 'Anna' }],
	['POST', '/phones', { phone: '333 1234567', nonsense: true }],
	['PATCH', '/phones/%2B390000', { reads: true }],
	['POST', '/phones/%2B393331234567/type', { channel: 'pigeon', text: 'x' }],
	['PATCH', '/settings', { answerDelayMs: -1 }],
	['POST', '/failures', { kind: 'explode' }],
	['POST', '/callbacks', { meta: 'javascript:alert(1)' }],
	['GET', '/mails/1', undefined],
])('%s %s %j is refused with a sentence', async (method, path, body) => {
	const { status, json } = await control(method, path, body);
	expect(status).toBe(400);
	expect(json['error']).toMatch(/\w+ \w+/);
});

test('failures and settings are set and cleared', async () => {
	await control('POST', '/failures', { times: 3, code: 131000 });
	expect((await control('GET', '/state')).json['failures']).toMatchObject([{ times: 3 }]);
	await control('DELETE', '/failures');
	await control('PATCH', '/settings', { answerDelayMs: 10 });
	expect((await control('GET', '/state')).json).toMatchObject({ failures: [], settings: { answerDelayMs: 10 } });
	await control('POST', '/reset', {});
	expect((await control('GET', '/state')).json).toMatchObject({ settings: { answerDelayMs: 0 } });
});

test("another site's page can neither post without asking nor come in under a name of its own", async () => {
	const plain = await fetch(`${gateway.url}/control/reset`, {
		method: 'POST',
		body: '{"phones":true}',
		headers: { 'content-type': 'text/plain' },
	});
	expect(plain.status).toBe(400);
	for (const path of ['/control/state', '/']) {
		const status = await new Promise((resolve) =>
			request(`${gateway.url}${path}`, { headers: { host: 'evil.example' } }, (response) =>
				resolve(response.resume().statusCode),
			).end(),
		);
		expect(status).toBe(403);
	}
});

test.each(['/', '/mailbox', '/page.css', '/shared.js', '/phones.js', '/log.js', '/mailbox.js', '/icon.svg'])(
	'%s is served and names no foreign host',
	async (path) => {
		const response = await fetch(gateway.url + path);
		expect(response.status).toBe(200);
		expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
		const named = (await response.text())
			.replaceAll('http://www.w3.org/2000/svg', '')
			.match(/(?:src|href)="(?:https?:)?\/\/|url\(|@import|fetch\('http/g);
		expect(named).toBeNull();
	},
);

test('open pages hear of changes', async () => {
	const response = await fetch(`${gateway.url}/control/changes`);
	const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
	expect((await reader?.read())?.value).toBe('data: changed\n\n');
	gateway.addPhone('333 1234567');
	expect((await reader?.read())?.value).toBe('data: changed\n\n');
	await reader?.cancel();
});
