import { createHmac } from 'node:crypto';
import { metaAccount, websmsAccount } from '../../sandbox/accounts';
import { startGateway } from '../../sandbox/gateway/gateway';
import type { Gateway } from '../../sandbox/gateway/gateway';
import { signatureOf } from '../../sandbox/gateway/metaWebhooks';
import { Receiver } from './support';

let gateway: Gateway;
let receiver: Receiver;
beforeEach(async () => {
	receiver = await new Receiver().start();
	gateway = await startGateway({ port: 0, retry: { firstDelayMs: 5, mostDelayMs: 20 } });
	gateway.setCallbacks({ meta: receiver.url, websms: `${receiver.url}?key=${websmsAccount.webhookSecret}` });
});
afterEach(async () => {
	await gateway.close();
	await receiver.close();
});

const whatsApp = (text: string) => gateway.type({ phone: '333 1234567', channel: 'whatsapp', text });

test('the signature is the one of a vector computed apart', () => {
	expect(signatureOf('{"object":"whatsapp_business_account","entry":[]}', 'appsecret')).toBe(
		'sha256=09eceea024af6e6343b760cc9bd3ae7c056938dd636e24e92109eb8219500384',
	);
});

test('a typed WhatsApp message arrives as Meta writes it, signed over its exact bytes', async () => {
	await whatsApp('STOP – grüße 👋').final;
	const [webhook] = receiver.received;
	expect(webhook?.headers['x-hub-signature-256']).toBe(
		`sha256=${createHmac('sha256', metaAccount.appSecret)
			.update(webhook?.body ?? '')
			.digest('hex')}`,
	);
	expect(webhook?.json).toMatchObject({
		object: 'whatsapp_business_account',
		entry: [
			{
				changes: [
					{
						field: 'messages',
						value: {
							messaging_product: 'whatsapp',
							metadata: {
								display_phone_number: metaAccount.phone.slice(1),
								phone_number_id: metaAccount.phoneNumberId,
							},
							contacts: [{ wa_id: '393331234567', user_id: expect.stringMatching(/^IT\.\d+$/) as string }],
							messages: [
								{
									from: '393331234567',
									type: 'text',
									text: { body: 'STOP – grüße 👋' },
									timestamp: expect.stringMatching(/^\d{10}$/) as string,
								},
							],
						},
					},
				],
			},
		],
	});
});

test('a phone that hides its number is known by its user id only', async () => {
	gateway.addPhone('333 1234567', { hidesNumber: true });
	await whatsApp('START').final;
	const value = receiver.received[0]?.json.entry?.[0]?.changes[0]?.value;
	expect(value?.messages?.[0]).not.toHaveProperty('from');
	expect(value?.contacts?.[0]).not.toHaveProperty('wa_id');
	expect(value?.messages?.[0]?.['from_user_id']).toBe(gateway.book.find('+393331234567')?.userId);
});

test('a typed SMS arrives as websms writes it, at the URL with its secret', async () => {
	await gateway.type({ phone: '333 1234567', channel: 'sms', text: 'STOP' }).final;
	expect(receiver.received[0]?.url).toBe(`/webhook/optin?key=${websmsAccount.webhookSecret}`);
	expect(receiver.received[0]?.json).toMatchObject({
		messageType: 'text',
		senderAddress: '393331234567',
		recipientAddress: websmsAccount.smsPhone.slice(1),
		textMessageContent: 'STOP',
	});
});

test("a WhatsApp message to websms' number arrives in websms' envelope", async () => {
	await gateway.type({ phone: '333 1234567', channel: 'whatsapp', text: 'START', company: websmsAccount.whatsAppPhone })
		.final;
	expect(receiver.received[0]?.headers['x-hub-signature-256']).toBeUndefined();
	expect(receiver.received[0]?.json).toMatchObject({
		type: 'whatsapp',
		sender: '393331234567',
		recipient: websmsAccount.channelUuid,
		whatsappNotification: {
			object: 'whatsapp_business_account',
			entry: [{ changes: [{ value: { messages: [{ text: { body: 'START' } }] } }] }],
		},
	});
});

test('an answer that is not 200 brings the same bytes again until it is', async () => {
	receiver.answer = (nth) => ({ status: nth < 4 ? 503 : 200 });
	const typed = whatsApp('START');
	expect((await typed.first).status).toBe(503);
	expect((await typed.final).status).toBe(200);
	expect(receiver.received).toHaveLength(4);
	expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
	expect(gateway.book.conversation('+393331234567')[0]?.state).toBe('received');
});

test('a receiver that comes up later still gets the message', async () => {
	const port = Number(new URL(receiver.url).port);
	await receiver.close();
	const typed = whatsApp('START');
	expect((await typed.first).status).toBe(0);
	expect(typed.message.state).toBe('sending');
	receiver = await new Receiver().start(port);
	expect((await typed.final).status).toBe(200);
	expect(receiver.messages).toMatchObject([{ id: typed.message.id }]);
});

test('nothing is tried any more once the gateway is closed', async () => {
	receiver.answer = () => ({ status: 500 });
	await whatsApp('START').first;
	await gateway.close();
	const count = receiver.received.length;
	await new Promise((resolve) => setTimeout(resolve, 60));
	expect(receiver.received).toHaveLength(count);
	gateway = await startGateway({ port: 0 });
});

test('duplicates on demand: the same webhook comes twice', async () => {
	gateway.changeSettings({ duplicateWebhooks: true });
	await whatsApp('START').final;
	expect(receiver.received).toHaveLength(2);
	expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body);
});

test('webhooks held back can be let go backwards', async () => {
	gateway.changeSettings({ holdWebhooks: true });
	const typed = [whatsApp('START'), whatsApp('STOP'), whatsApp('HELP')];
	expect(gateway.heldWebhooks).toBe(3);
	expect(receiver.received).toHaveLength(0);
	expect(await gateway.release('backwards')).toBe(3);
	await Promise.all(typed.map(({ final }) => final));
	expect(receiver.messages.map(({ text }) => (text as { body: string }).body)).toEqual(['HELP', 'STOP', 'START']);
});

test('what one person types arrives in its order: the next message waits for the answer to the last', async () => {
	const answeredBefore: number[] = [];
	receiver.answer = () => {
		answeredBefore.push(gateway.log.list().length);
		return { status: 200, delayMs: 10 };
	};
	const typed = ['one', 'two', 'three'].map(whatsApp);
	await Promise.all(typed.map(({ final }) => final));
	expect(receiver.messages.map(({ text }) => (text as { body: string }).body)).toEqual(['one', 'two', 'three']);
	expect(answeredBefore).toEqual([0, 1, 2]);
});

test('a message can be typed again under its id and with an earlier time', async () => {
	const sentAt = Date.now() - 3_600_000;
	const first = gateway.type({ phone: '333 1234567', channel: 'whatsapp', text: 'STOP', sentAt });
	await first.final;
	await gateway.type({ phone: '333 1234567', channel: 'whatsapp', text: 'STOP', sentAt, id: first.message.id }).final;
	expect(receiver.messages).toMatchObject([
		{ id: first.message.id, timestamp: String(Math.floor(sentAt / 1_000)) },
		{ id: first.message.id, timestamp: String(Math.floor(sentAt / 1_000)) },
	]);
	expect(gateway.book.conversation('+393331234567')).toHaveLength(1);
});

test('a webhook made by hand can carry a bad signature', async () => {
	await gateway.postWebhook('meta', { object: 'x', entry: [] }, 'another secret').final;
	expect(receiver.received[0]?.headers['x-hub-signature-256']).toBe(
		signatureOf(receiver.received[0]?.body ?? '', 'another secret'),
	);
	expect(receiver.received[0]?.headers['x-hub-signature-256']).not.toBe(signatureOf(receiver.received[0]?.body ?? ''));
});

test('without a callback URL the phone says that nobody hears of it', () => {
	gateway.setCallbacks({ meta: null });
	const { message } = whatsApp('START');
	expect(message.state).toBe('undeliverable');
	expect(message.problem).toContain('No webhook is configured');
});

test("Meta's handshake registers the URL only when the challenge comes back", async () => {
	const handshake = await new Receiver().start();
	handshake.answer = (_nth, { url }) => {
		const { searchParams } = new URL(url, 'http://x');
		const isRight =
			searchParams.get('hub.mode') === 'subscribe' && searchParams.get('hub.verify_token') === metaAccount.verifyToken;
		return isRight ? { status: 200, body: searchParams.get('hub.challenge') ?? '' } : { status: 403 };
	};
	await gateway.verifyWebhook(handshake.url);
	expect(gateway.callbacks.meta).toBe(handshake.url);
	gateway.setCallbacks({ meta: null });
	await expect(gateway.verifyWebhook(handshake.url, 'wrong')).rejects.toThrow('HTTP 403');
	expect(gateway.callbacks.meta).toBeNull();
	await handshake.close();
});
