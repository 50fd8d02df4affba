import { websmsAccount } from '../../sandbox/accounts';
import { startGateway } from '../../sandbox/gateway/gateway';
import type { Gateway } from '../../sandbox/gateway/gateway';
import { post, sendByWebsms, sendByWebsmsChannel } from './support';

let gateway: Gateway;
beforeAll(async () => {
	gateway = await startGateway({ port: 0, settings: { statuses: false } });
});
afterAll(async () => await gateway.close());
beforeEach(() => gateway.reset(true));

const sms = { recipientAddressList: ['393331234567'], messageContent: 'Hello' };

test('an SMS to two numbers is accepted with one transferId and reaches both phones', async () => {
	const body = {
		...sms,
		recipientAddressList: ['393331234567', '4367612345678'],
		clientMessageId: 'job-7',
		senderAddress: 'MyShop',
		senderAddressType: 'alphanumeric',
	};
	const { status, json } = await sendByWebsms(gateway, body);
	expect(status).toBe(200);
	expect(json).toEqual({
		clientMessageId: 'job-7',
		smsCount: 2,
		statusCode: 2000,
		statusMessage: 'OK',
		transferId: expect.stringMatching(/^[0-9a-f]{20}$/) as string,
	});
	expect(gateway.book.conversation('+393331234567')).toMatchObject([
		{ company: 'MyShop', channel: 'sms', id: json['transferId'] },
	]);
	expect(gateway.book.conversation('+4367612345678')).toHaveLength(1);
});

test('WhatsApp by the channel is accepted without a count of SMS', async () => {
	const { json } = await sendByWebsmsChannel(gateway, {
		recipientAddressList: ['393331234567'],
		messageContent: { type: 'text', text: { body: 'Hi' } },
	});
	expect(json).toEqual({
		clientMessageId: null,
		statusCode: 2000,
		statusMessage: 'OK',
		transferId: expect.any(String) as string,
	});
	expect(gateway.book.conversation('+393331234567')).toMatchObject([
		{ text: 'Hi', channel: 'whatsapp', company: websmsAccount.whatsAppPhone },
	]);
});

test.each([
	['a malformed recipient', { ...sms, recipientAddressList: ['393331234567', '+39333'] }, 4002],
	[
		'more than 1,000 recipients',
		{ ...sms, recipientAddressList: Array.from({ length: 1_001 }, (_, n) => String(393_331_000_000 + n)) },
		4025,
	],
	['no recipients', { messageContent: 'Hello' }, 4019],
	['an empty list of recipients', { ...sms, recipientAddressList: [] }, 4019],
	['no text', { recipientAddressList: ['393331234567'] }, 4019],
	['a text that is no text', { ...sms, messageContent: { body: 'x' } }, 4009],
	['an unknown kind of sender', { ...sms, senderAddressType: 'pigeon' }, 4003],
	['an unknown category', { ...sms, contentCategory: 'spam' }, 4040],
	['a validity of 10 seconds', { ...sms, validityPeriode: 10 }, 4041],
	['a callback that is no URL', { ...sms, notificationCallbackUrl: 'here' }, 4016],
	['more segments than allowed', { ...sms, messageContent: 'x'.repeat(161), maxSmsPerMessage: 1 }, 4026],
	['a clientMessageId that is no text', { ...sms, clientMessageId: 7 }, 4008],
])('%s is refused with HTTP 200 and its statusCode, and nobody gets anything', async (_what, body, code) => {
	const { status, json } = await sendByWebsms(gateway, body);
	expect(status).toBe(200);
	expect(json['statusCode']).toBe(code);
	expect(gateway.book.list()).toEqual([]);
});

test('1,000 recipients are accepted in one request', async () => {
	const { json } = await sendByWebsms(gateway, {
		...sms,
		recipientAddressList: Array.from({ length: 1_000 }, (_, n) => String(393_331_000_000 + n)),
	});
	expect(json['statusCode']).toBe(2000);
	expect(gateway.counters.summary()).toMatchObject({ requests: 1, accepted: 1_000 });
});

test('a wrong token gets HTTP 401', async () => {
	const { status, json } = await sendByWebsms(gateway, sms, 'wrong');
	expect(status).toBe(401);
	expect(json['statusCode']).toBe(4001);
});

test('an unknown channel is refused with 4022', async () => {
	const { json } = await sendByWebsmsChannel(
		gateway,
		{ recipientAddressList: ['393331234567'], messageContent: { type: 'text', text: { body: 'Hi' } } },
		'another',
	);
	expect(json['statusCode']).toBe(4022);
});

test('a body that is no JSON gets HTTP 400', async () => {
	const { status } = await post(
		`${gateway.url}/websms/rest/smsmessaging/text`,
		'no json',
		`Bearer ${websmsAccount.accessToken}`,
	);
	expect(status).toBe(400);
});

test('a test message is accepted and reaches nobody', async () => {
	const { json } = await sendByWebsms(gateway, { ...sms, test: true });
	expect(json['statusCode']).toBe(2000);
	expect(gateway.book.list()).toEqual([]);
});

test('SMS are counted as a network counts them', async () => {
	const counted = async (messageContent: string): Promise<unknown> =>
		(await sendByWebsms(gateway, { ...sms, messageContent })).json['smsCount'];
	expect(await counted('x'.repeat(160))).toBe(1);
	expect(await counted('x'.repeat(161))).toBe(2);
	expect(await counted('€'.repeat(81))).toBe(2);
	expect(await counted('ж'.repeat(70))).toBe(1);
	expect(await counted('ж'.repeat(71))).toBe(2);
});
