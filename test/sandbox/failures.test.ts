import { startGateway } from '../../sandbox/gateway/gateway';
import type { Gateway } from '../../sandbox/gateway/gateway';
import { Throttle } from '../../sandbox/gateway/throttle';
import { sendByWebsms, textByMeta } from './support';

let gateway: Gateway;
beforeAll(async () => {
	gateway = await startGateway({ port: 0, settings: { statuses: false } });
});
afterAll(async () => await gateway.close());
beforeEach(() => gateway.reset(true));

const to = '393331234567';

test('the next requests fail with the status and code asked for, and then no more', async () => {
	gateway.failures.add({ times: 2, status: 500, code: 131000, message: 'Something went wrong' });
	expect(await textByMeta(gateway, to)).toMatchObject({ status: 500, json: { error: { code: 131000 } } });
	expect((await textByMeta(gateway, to)).status).toBe(500);
	expect((await textByMeta(gateway, to)).status).toBe(200);
	expect(gateway.counters.sends().map(({ accepted }) => accepted)).toEqual([false, false, true]);
	expect(gateway.book.conversation(`+${to}`)).toHaveLength(1);
});

test('a failure can be for one provider and one recipient only', async () => {
	gateway.failures.add({ provider: 'meta', recipient: `+${to}`, code: 131026 });
	expect((await sendByWebsms(gateway, { recipientAddressList: [to], messageContent: 'x' })).json['statusCode']).toBe(
		2000,
	);
	expect((await textByMeta(gateway, '393331234568')).status).toBe(200);
	expect((await textByMeta(gateway, to)).json.error?.code).toBe(131026);
});

test("websms' failures are HTTP 200 with the code, unless a status is asked for", async () => {
	gateway.failures.add({ provider: 'websms', code: 4013, message: 'message limit reached' });
	gateway.failures.add({ provider: 'websms', status: 502, body: '<html>Bad Gateway</html>' });
	const sms = { recipientAddressList: [to], messageContent: 'x' };
	expect(await sendByWebsms(gateway, sms)).toEqual({
		status: 200,
		json: { statusCode: 4013, statusMessage: 'message limit reached' },
	});
	expect(await sendByWebsms(gateway, sms)).toEqual({ status: 502, json: {} });
});

test('a connection dropped before leaves nothing, one dropped after leaves the message on the phone', async () => {
	gateway.failures.add({ kind: 'dropBefore' });
	await expect(textByMeta(gateway, to)).rejects.toThrow();
	expect(gateway.book.conversation(`+${to}`)).toHaveLength(0);
	gateway.failures.add({ kind: 'dropAfter' });
	await expect(textByMeta(gateway, to)).rejects.toThrow();
	expect(gateway.book.conversation(`+${to}`)).toHaveLength(1);
	expect(gateway.counters.sends().map(({ accepted }) => accepted)).toEqual([false, true]);
});

test('a request that hangs is taken and never answered', async () => {
	gateway.failures.add({ kind: 'hang' });
	const send = fetch(`${gateway.url}/meta/v25.0/106540352242922/messages`, {
		method: 'POST',
		headers: { authorization: 'Bearer sandbox-meta-access-token' },
		body: JSON.stringify({ messaging_product: 'whatsapp', to, type: 'text', text: { body: 'x' } }),
		signal: AbortSignal.timeout(100),
	});
	await expect(send).rejects.toThrow();
	expect(gateway.book.conversation(`+${to}`)).toHaveLength(1);
});

test('a throttle refuses what comes too fast, as each provider does, and sends nothing of it', async () => {
	gateway.changeSettings({ throttlePerSecond: 2 });
	const answers = await Promise.all([1, 2, 3].map(async () => await textByMeta(gateway, to)));
	expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
	expect(answers.find(({ status }) => status === 429)?.json.error?.code).toBe(130429);
	expect((await sendByWebsms(gateway, { recipientAddressList: [to], messageContent: 'x' })).json['statusCode']).toBe(
		4023,
	);
	expect(gateway.book.conversation(`+${to}`)).toHaveLength(2);
});

test('no second, wherever it begins, lets through more than the throttle', () => {
	const throttle = new Throttle();
	const passed = Array.from({ length: 400 }, (_, n) => 1_000_000 + n * 7).filter((at) => throttle.allows(at, 10));
	for (const start of passed)
		expect(passed.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(10);
	expect(passed.length).toBe(30);
});

test('a reset ends planned failures and changed settings, and keeps the phones unless asked', async () => {
	gateway.failures.add({ times: 100 });
	gateway.changeSettings({ answerDelayMs: 5_000 });
	gateway.addPhone(`+${to}`);
	gateway.reset();
	expect((await textByMeta(gateway, to)).status).toBe(200);
	expect(gateway.book.list()).toHaveLength(1);
	gateway.reset(true);
	expect(gateway.book.list()).toHaveLength(0);
});
