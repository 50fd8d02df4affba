import { websmsAccount } from '../../sandbox/accounts';
import { startGateway } from '../../sandbox/gateway/gateway';
import type { Gateway } from '../../sandbox/gateway/gateway';
import { signatureOf } from '../../sandbox/gateway/metaWebhooks';
import { quick, Receiver, sendByMeta, sendByWebsms, sendByWebsmsChannel, textByMeta } from './support';

let gateway: Gateway;
let receiver: Receiver;
beforeEach(async () => {
	receiver = await new Receiver().start();
	gateway = await startGateway({ port: 0, settings: quick });
	gateway.setCallbacks({ meta: receiver.url, websms: receiver.url });
});
afterEach(async () => {
	await gateway.close();
	await receiver.close();
});

const phone = '+393331234567';
const to = '393331234567';
const words = (): unknown[] => receiver.statuses.map(({ status }) => status);
const pause = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));

test('a message is sent, delivered and read, with our reference echoed in signed webhooks', async () => {
	const { json } = await textByMeta(gateway, to, 'job-7');
	await receiver.until(() => words().includes('read'));
	expect(words()).toEqual(['sent', 'delivered', 'read']);
	for (const status of receiver.statuses) {
		expect(status).toMatchObject({
			id: json.messages?.[0]?.id,
			recipient_id: to,
			biz_opaque_callback_data: 'job-7',
			timestamp: expect.stringMatching(/^\d{10}$/) as string,
		});
	}
	for (const { headers, body } of receiver.received) expect(headers['x-hub-signature-256']).toBe(signatureOf(body));
});

test('under load one webhook carries many statuses, at most 100', async () => {
	receiver.answer = () => ({ status: 200, delayMs: 20 });
	gateway.changeSettings({ readAfterMs: 10_000 });
	await Promise.all(
		Array.from({ length: 250 }, async (_, n) => await textByMeta(gateway, String(393_331_000_000 + n))),
	);
	await receiver.until(() => receiver.statuses.length >= 500);
	const sizes = receiver.received.map(({ json }) => json.entry?.[0]?.changes[0]?.value.statuses?.length ?? 0);
	expect(Math.max(...sizes)).toBeGreaterThan(20);
	expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
	expect(new Set(receiver.statuses.map(({ id, status }) => `${String(id)} ${String(status)}`)).size).toBe(500);
});

test('a phone that is off receives what waits once it is on', async () => {
	gateway.addPhone(phone, { reachable: false });
	await textByMeta(gateway, to);
	await receiver.until(() => words().includes('sent'));
	await pause(40);
	expect(words()).toEqual(['sent']);
	gateway.changePhone(phone, { reachable: true });
	await receiver.until(() => words().includes('read'));
	expect(words()).toEqual(['sent', 'delivered', 'read']);
});

test('a phone whose owner does not read stays at delivered', async () => {
	gateway.addPhone(phone, { reads: false });
	await textByMeta(gateway, to);
	await receiver.until(() => words().includes('delivered'));
	await pause(50);
	expect(words()).toEqual(['sent', 'delivered']);
});

test('a phone without WhatsApp makes the message fail with 131026', async () => {
	gateway.addPhone(phone, { onWhatsApp: false });
	await textByMeta(gateway, to);
	await receiver.untilCount(1);
	expect(receiver.statuses).toMatchObject([{ status: 'failed', errors: [{ code: 131026 }] }]);
});

test('with the 24-hour window kept, free text fails with 131047 until the person writes, and a template passes', async () => {
	gateway.changeSettings({ enforceWindow: true });
	await textByMeta(gateway, to);
	await receiver.untilCount(1);
	expect(receiver.statuses).toMatchObject([{ status: 'failed', errors: [{ code: 131047 }] }]);
	await sendByMeta(gateway, { to, type: 'template', template: { name: 'sale', language: { code: 'it' } } });
	await receiver.until(() => words().includes('read'));
	await gateway.type({ phone, channel: 'whatsapp', text: 'Hi' }).final;
	await textByMeta(gateway, to);
	await receiver.until(() => words().filter((word) => word === 'read').length === 2);
});

test('statuses backwards on demand: read comes first', async () => {
	gateway.changeSettings({ statusesOutOfOrder: true });
	await textByMeta(gateway, to);
	await receiver.until(() => words().length === 3);
	expect(words()).toEqual(['read', 'delivered', 'sent']);
});

test('with statuses switched off nothing is reported', async () => {
	gateway.changeSettings({ statuses: false });
	await textByMeta(gateway, to);
	await pause(60);
	expect(receiver.received).toHaveLength(0);
});

test('an SMS is reported to its own callback URL for each handset', async () => {
	const { json } = await sendByWebsms(gateway, {
		recipientAddressList: [to, '4367612345678'],
		messageContent: 'Hi',
		clientMessageId: 'job-7',
		notificationCallbackUrl: `${receiver.url}?key=s`,
	});
	await receiver.untilCount(2);
	expect(receiver.received.map(({ url }) => url)).toEqual(['/webhook/optin?key=s', '/webhook/optin?key=s']);
	expect(receiver.received.map((received) => received.json['senderAddress']).sort()).toEqual([to, '4367612345678']);
	expect(receiver.received[0]?.json).toMatchObject({
		messageType: 'deliveryReport',
		transferId: json['transferId'],
		clientMessageId: 'job-7',
		deliveryReportMessageStatus: 'delivered',
		deliveredAs: 'sms',
	});
	expect(receiver.received[0]?.json['notificationId']).not.toBe(receiver.received[1]?.json['notificationId']);
});

test('an SMS to a phone that is off is undelivered, and delivered later', async () => {
	gateway.addPhone(phone, { reachable: false });
	await sendByWebsms(gateway, {
		recipientAddressList: [to],
		messageContent: 'Hi',
		notificationCallbackUrl: receiver.url,
	});
	await receiver.untilCount(1);
	gateway.changePhone(phone, { reachable: true });
	await receiver.untilCount(2);
	expect(receiver.received.map(({ json }) => json['deliveryReportMessageStatus'])).toEqual([
		'undelivered',
		'delivered',
	]);
});

test('an SMS without callback URL is reported to nobody', async () => {
	await sendByWebsms(gateway, { recipientAddressList: [to], messageContent: 'Hi' });
	await pause(50);
	expect(receiver.received).toHaveLength(0);
	expect(gateway.book.conversation(phone)[0]?.state).toBe('delivered');
});

test("WhatsApp by websms is reported in websms' envelope", async () => {
	await sendByWebsmsChannel(gateway, {
		recipientAddressList: [to],
		messageContent: { type: 'text', text: { body: 'Hi' } },
	});
	await receiver.untilCount(3);
	expect(receiver.received[0]?.json).toMatchObject({
		recipient: websmsAccount.channelUuid,
		whatsappNotification: { entry: [{ changes: [{ value: { statuses: [{ status: 'sent', recipient_id: to }] } }] }] },
	});
});

test('the answer comes before the first status', async () => {
	gateway.changeSettings({ answerDelayMs: 40, sentAfterMs: 0 });
	let answered = false;
	receiver.answer = () => ({ status: answered ? 200 : 500 });
	await textByMeta(gateway, to);
	answered = true;
	await receiver.until(() => words().length === 3);
	expect(words()).toEqual(['sent', 'delivered', 'read']);
});
