import { metaAccount } from '../../sandbox/accounts';
import { startGateway } from '../../sandbox/gateway/gateway';
import type { Gateway } from '../../sandbox/gateway/gateway';
import { post, sendByMeta, textByMeta } from './support';

let gateway: Gateway;
beforeAll(async () => {
	gateway = await startGateway({ port: 0, settings: { statuses: false } });
});
afterAll(async () => await gateway.close());
beforeEach(() => gateway.reset(true));

const to = '393331234567';

test('a text is accepted with a wamid and appears on the phone', async () => {
	const { status, json } = await sendByMeta(gateway, { to: '+39 333 1234567', type: 'text', text: { body: 'Ciao' } });
	expect(status).toBe(200);
	expect(json).toEqual({
		messaging_product: 'whatsapp',
		contacts: [{ input: '+39 333 1234567', wa_id: to }],
		messages: [{ id: expect.stringMatching(/^wamid\.HBgM/) as string }],
	});
	expect(gateway.book.conversation('+393331234567')).toMatchObject([
		{ text: 'Ciao', direction: 'toPhone', company: metaAccount.phone },
	]);
});

test('a template is accepted with the status that only templates have', async () => {
	const template = {
		name: 'sale',
		language: { code: 'de_AT' },
		components: [{ type: 'body', parameters: [{ type: 'text', text: 'Anna' }] }],
	};
	const { json } = await sendByMeta(gateway, { to, type: 'template', template });
	expect(json.messages).toEqual([{ id: expect.any(String) as string, message_status: 'accepted' }]);
	expect(gateway.book.conversation('+393331234567')[0]?.text).toBe('[template sale, de_AT]\nAnna');
});

test('a wrong token gets 401 with code 190 and nothing is sent', async () => {
	const { status, json } = await sendByMeta(gateway, { to, type: 'text', text: { body: 'x' } }, 'wrong');
	expect(status).toBe(401);
	expect(json.error).toMatchObject({ code: 190, type: 'OAuthException' });
	expect(gateway.book.list()).toEqual([]);
});

test.each([
	['no messaging_product', { messaging_product: 'sms', to, type: 'text', text: { body: 'x' } }, 100],
	['no recipient', { type: 'text', text: { body: 'x' } }, 100],
	['a recipient that is no number', { to: 'Anna', type: 'text', text: { body: 'x' } }, 131009],
	['the sender itself as recipient', { to: metaAccount.phone, type: 'text', text: { body: 'x' } }, 131021],
	['a text without body', { to, type: 'text', text: {} }, 131008],
	['a text of 4,097 characters', { to, type: 'text', text: { body: 'x'.repeat(4_097) } }, 100],
	['a template without language', { to, type: 'template', template: { name: 'sale' } }, 131008],
	['a template without name', { to, type: 'template', template: { language: { code: 'de' } } }, 131008],
	['an unknown type', { to, type: 'fax', fax: {} }, 100],
])('%s is refused with its code', async (_what, body, code) => {
	const { status, json } = await sendByMeta(gateway, body);
	expect(status).toBe(400);
	expect(json.error?.code).toBe(code);
	expect(json.error?.message).toContain(`(#${code})`);
	expect(gateway.counters.summary().accepted).toBe(0);
});

test('a body that is no JSON is refused with 400', async () => {
	const { status, json } = await post(
		`${gateway.url}/meta/v25.0/${metaAccount.phoneNumberId}/messages`,
		'no json',
		`Bearer ${metaAccount.accessToken}`,
	);
	expect(status).toBe(400);
	expect(json.error?.code).toBe(100);
});

test('an unknown phone number id is refused with code 100', async () => {
	const { status, json } = await post(`${gateway.url}/meta/v25.0/1/messages`, {}, `Bearer ${metaAccount.accessToken}`);
	expect(status).toBe(400);
	expect(json.error).toMatchObject({ code: 100, error_subcode: 33 });
});

test('the credential test reads the number, and gets 401 with a wrong token', async () => {
	const url = `${gateway.url}/meta/v25.0/${metaAccount.phoneNumberId}?fields=id,display_phone_number`;
	const right = await fetch(url, { headers: { authorization: `Bearer ${metaAccount.accessToken}` } });
	expect(await right.json()).toEqual({
		id: metaAccount.phoneNumberId,
		display_phone_number: metaAccount.phone,
		verified_name: metaAccount.name,
		quality_rating: 'GREEN',
	});
	const wrong = await fetch(url, { headers: { authorization: 'Bearer wrong' } });
	expect(wrong.status).toBe(401);
});

test('marking a message as read succeeds and sends nothing', async () => {
	const { json } = await sendByMeta(gateway, { status: 'read', message_id: 'wamid.1' });
	expect(json).toEqual({ success: true });
	expect(gateway.counters.sends()).toEqual([]);
});

test('a known WhatsApp user id can be written to in place of a number', async () => {
	const { userId } = gateway.addPhone('333 1234567');
	const { status, json } = await sendByMeta(gateway, { recipient: userId, type: 'text', text: { body: 'x' } });
	expect(status).toBe(200);
	expect(json['contacts']).toEqual([{ input: userId, user_id: userId }]);
	expect(gateway.book.conversation('+393331234567')).toHaveLength(1);
});

test('every send is counted by recipient with its reference and the time of its start', async () => {
	const before = Date.now();
	await textByMeta(gateway, to, 'job-1');
	await textByMeta(gateway, to, 'job-1');
	await textByMeta(gateway, '393331234568', 'job-2');
	expect(gateway.counters.sends('+393331234567')).toMatchObject([
		{ recipient: to, reference: 'job-1', accepted: true },
		{ recipient: to, reference: 'job-1', accepted: true },
	]);
	expect(gateway.counters.sends().every(({ at }) => at >= before && at <= Date.now())).toBe(true);
	expect(gateway.counters.acceptedMoreThan(1)).toEqual([to]);
	expect(gateway.counters.summary()).toMatchObject({ requests: 3, accepted: 3, recipients: 2, acceptedTwice: 1 });
});
