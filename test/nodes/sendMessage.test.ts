import { deliver, message } from '../support/inbound';
import { enterHouse, type NodeHouse, whatsAppSender } from './nodeHouse';
import { outputOf, resultOf, retry, run } from './runWorkflow';

let house: NodeHouse;

beforeEach(async () => {
	house = await enterHouse();
});

afterEach(async () => {
	await house.leave();
});

const sms = (parameters: object = {}) => ({
	node: 'sendMessage' as const,
	credentials: house.credentials,
	parameters: {
		resource: 'message',
		operation: 'send',
		channel: 'sms',
		to: '333 1234567',
		purpose: 'service',
		text: 'Hello',
		...parameters,
	},
});

const write = (from: string, text: string) =>
	deliver(house.store, message(text, { phone: from, senderPhone: whatsAppSender }));

const fieldsOfTrigger = { event: 'message', outcome: 'none', receivedAt: '2026-11-26T12:00:00.000Z' };

describe('Send SMS & WhatsApp, Message: Send', () => {
	it('sends an SMS to a number as people type it', async () => {
		const item = await resultOf(sms());
		expect(item).toMatchObject({ state: 'accepted', recipient: '+393331234567', channel: 'sms', repeated: false });
		expect(house.requests).toEqual([
			{
				path: '/websms/rest/smsmessaging/text',
				body: expect.objectContaining({ recipientAddressList: ['393331234567'], messageContent: 'Hello' }),
			},
		]);
	});

	it('sends no WhatsApp to somebody who has never written, and says why', async () => {
		const item = await resultOf(sms({ channel: 'whatsapp', contentType: 'text', to: '+393331234567' }));
		expect(item).toMatchObject({ state: 'skipped', reason: 'not registered' });
		expect(house.requests).toEqual([]);
	});

	it('sends no advertisement by SMS without a recorded consent', async () => {
		expect(await resultOf(sms({ purpose: 'advertisement' }))).toMatchObject({
			state: 'skipped',
			reason: 'no SMS consent',
		});
	});

	it('links each result to its item', async () => {
		const items = await outputOf(sms({ to: '={{ $json.to }}' }), [{ to: '+393331234567' }, { to: '+393331234568' }]);
		expect(items.map(({ json, pairedItem }) => [json.recipient, pairedItem])).toEqual([
			['+393331234567', { item: 0 }],
			['+393331234568', { item: 1 }],
		]);
	});

	it('sends once for one event, however often the workflow runs for it', async () => {
		const event = { eventId: 7, ...fieldsOfTrigger };
		const first = await resultOf(sms(), event);
		const second = await resultOf(sms(), event);
		expect(second).toMatchObject({ messageId: first.messageId, repeated: true });
		expect(house.requests).toHaveLength(1);
	});

	it('sends all the messages that one event causes', async () => {
		const event = { eventId: 7, ...fieldsOfTrigger };
		await outputOf(sms({ to: '={{ $json.to }}', text: '={{ $json.text }}' }), [
			{ ...event, to: '+393331234567', text: 'one' },
			{ ...event, to: '+393331234567', text: 'two' },
			{ ...event, to: '+393331234568', text: 'one' },
		]);
		expect(house.requests).toHaveLength(3);
	});

	it('sends again in another execution where there is no event', async () => {
		await resultOf(sms());
		await resultOf(sms());
		expect(house.requests).toHaveLength(2);
	});

	it.each<[string, Record<string, unknown>]>([
		['a number that is nobody’s event', { eventId: 7 }],
		['a word', { eventId: 'order-7' }],
		['an event of somebody else', { eventId: 1 }],
	])('takes no eventId of other data for an event of ours: %s', async (_what, item) => {
		await write('+393339999999', 'START');
		await resultOf(sms(), item as never);
		await resultOf(sms(), item as never);
		expect(house.requests.filter(({ path }) => path.includes('websms'))).toHaveLength(2);
	});

	it('knows the event of the recipient without the other fields of the trigger', async () => {
		await write('+393331234567', 'START');
		const { id } = await house.store.read((db) => db.selectFrom('event').select('id').executeTakeFirstOrThrow());
		for (const to of ['333 1234567', '333 1234567']) await resultOf(sms({ to }), { eventId: id });
		expect(house.requests.filter(({ path }) => path.includes('websms'))).toHaveLength(1);
	});

	it('sends nothing again when n8n retries the execution, and again, and sends what is left', async () => {
		const tested = sms({ to: '={{ $json.to }}' });
		const items = [{ to: '+393331234567' }, { to: '={{ nobody }}' }, { to: '+393331234568' }];
		let failed = await run(tested, items);
		expect(failed.data.resultData.error).toBeDefined();
		expect(house.requests).toHaveLength(1);
		for (let times = 0; times < 2; times++) {
			failed = await retry(tested, failed);
			expect(failed.data.resultData.error).toBeDefined();
		}
		expect(house.requests).toHaveLength(1);
		const mended = await retry({ ...tested, onError: 'continueRegularOutput' }, failed);
		expect(mended.data.resultData.runData.Tested?.[0]?.data?.main?.[0]?.map(({ json }) => json)).toMatchObject([
			{ recipient: '+393331234567', repeated: true },
			{ error: expect.any(String) },
			{ recipient: '+393331234568', repeated: false },
		]);
		expect(house.requests).toHaveLength(2);
	});

	it('gives nobody the result of somebody else: a key with another recipient is an error', async () => {
		const options = { idempotencyKey: 'mine' };
		await resultOf(sms({ options }));
		await expect(resultOf(sms({ options, to: '333 7654321' }))).rejects.toThrow(/used for another recipient/);
		expect(await resultOf(sms({ options, to: '+39 333 123 4567' }))).toMatchObject({ repeated: true });
		expect(house.requests).toHaveLength(1);
	});

	it('sends once for an idempotency key of the user’s own', async () => {
		await resultOf(sms({ options: { idempotencyKey: 'mine' } }));
		await resultOf(sms({ options: { idempotencyKey: 'mine' } }));
		expect(house.requests).toHaveLength(1);
	});

	it('names the item whose number cannot be read, and sends the others, with Continue On Fail', async () => {
		const items = await outputOf({ ...sms({ to: '={{ $json.to }}' }), onError: 'continueRegularOutput' }, [
			{ to: '+393331234567' },
			{ to: '3,93331E+11' },
			{ to: '+393331234568' },
		]);
		expect(items.map(({ json }) => json.state ?? Object.keys(json))).toEqual(['accepted', ['error'], 'accepted']);
		expect(items[1]?.pairedItem).toEqual({ item: 1 });
		expect(house.requests).toHaveLength(2);
	});

	it('gives failed items to the error output', async () => {
		const { data } = await run({ ...sms({ to: 'nobody' }), onError: 'continueErrorOutput' });
		const [good, bad] = data.resultData.runData.Tested?.[0]?.data?.main ?? [];
		expect(good).toEqual([]);
		expect(bad).toHaveLength(1);
	});

	it('stops at the item that fails, without Continue On Fail, and names it', async () => {
		await expect(
			outputOf(sms({ to: '={{ $json.to }}' }), [{ to: '+393331234567' }, { to: 'nobody' }]),
		).rejects.toMatchObject({
			itemIndex: 1,
			headline: expect.stringContaining('not a phone number'),
		});
	});

	it('refuses a text of 100,000 characters before anything is written', async () => {
		await expect(resultOf(sms({ text: 'x'.repeat(100_000) }))).rejects.toThrow(/100000 characters/);
		expect(await house.store.read((db) => db.selectFrom('message').selectAll().execute())).toEqual([]);
	});

	it('sends a text of nothing but emoji', async () => {
		expect(await resultOf(sms({ text: '🎉🎉' }))).toMatchObject({ state: 'accepted' });
	});

	it('says which credential is missing', async () => {
		const { metaWhatsAppApi, optInStoreApi } = house.credentials;
		if (!metaWhatsAppApi || !optInStoreApi) throw new Error('The house has both.');
		await expect(resultOf({ ...sms(), credentials: { optInStoreApi, metaWhatsAppApi } })).rejects.toThrow(/websms/i);
	});

	it('says that a gateway is down, and that nothing was sent', async () => {
		const credentials = {
			...house.credentials,
			websmsApi: { ...house.credentials.websmsApi, baseUrl: 'http://127.0.0.1:9' },
		};
		const item = await resultOf({ ...sms(), credentials });
		expect(item).toMatchObject({ state: 'failed', reason: 'http:not_reached' });
		expect(item.reasonText).toMatch(/could not be reached/);
	});

	it('sends to the allowed numbers only in trial mode', async () => {
		const credentials = {
			...house.credentials,
			websmsApi: { ...house.credentials.websmsApi, trialMode: true, trialNumbers: '+39 333 1234567, +43 660 1234567' },
		};
		expect(await resultOf({ ...sms(), credentials })).toMatchObject({ state: 'accepted' });
		expect(await resultOf({ ...sms({ to: '+393331234568' }), credentials })).toMatchObject({
			reasonText: expect.stringMatching(/trial mode/),
		});
		expect(house.requests).toHaveLength(1);
	});

	it('asks for delivery reports at the trigger’s URL, with the secret', async () => {
		const credentials = {
			...house.credentials,
			websmsApi: { ...house.credentials.websmsApi, statusCallbackUrl: 'https://n8n.example.org/webhook/x/optin' },
		};
		await resultOf({ ...sms(), credentials });
		expect(house.requests[0]?.body.notificationCallbackUrl).toBe('https://n8n.example.org/webhook/x/optin?key=secret');
	});

	it('takes a sender by its number, written in any way', async () => {
		const item = await resultOf(sms({ sender: { __rl: true, mode: 'phone', value: '39 320 0000001' } }));
		expect(item).toMatchObject({ state: 'accepted', senderPhone: '+393200000001' });
		await expect(resultOf(sms({ sender: { __rl: true, mode: 'phone', value: '+390000' } }))).rejects.toThrow(
			/no sender/,
		);
	});
});

describe('Send SMS & WhatsApp, Message: Reply', () => {
	const write = (text: string, messageId: string) =>
		resultOf({
			node: 'registrationStore',
			credentials: { optInStoreApi: house.storeCredential },
			parameters: {
				resource: 'registration',
				operation: 'applyMessage',
				sender: { __rl: true, mode: 'phone', value: whatsAppSender },
				from: '+393331234567',
				text,
				messageId,
			},
		});
	const reply = (parameters: object = {}) => ({
		node: 'sendMessage' as const,
		credentials: house.credentials,
		parameters: {
			resource: 'message',
			operation: 'reply',
			eventId: '={{ $json.eventId }}',
			text: 'Goodbye',
			...parameters,
		},
	});

	it('answers a STOP once, and says that a second answer is refused', async () => {
		await write('START', 'wamid.in1');
		const stop = await write('STOP', 'wamid.in2');
		expect(await resultOf(reply(), stop)).toMatchObject({
			state: 'accepted',
			channel: 'whatsapp',
			recipient: '+393331234567',
		});
		expect(await resultOf(reply({ options: { idempotencyKey: 'another' } }), stop)).toMatchObject({
			state: 'skipped',
			reason: 'already replied',
		});
		expect(house.requests).toHaveLength(1);
	});

	it('answers one event once, however often the workflow runs for it', async () => {
		const start = await write('START', 'wamid.in1');
		const first = await resultOf(reply(), start);
		expect(await resultOf(reply(), start)).toMatchObject({ messageId: first.messageId, repeated: true });
		expect(house.requests).toHaveLength(1);
	});

	it('says what is missing where there is no event', async () => {
		await expect(resultOf(reply(), {})).rejects.toThrow(/no event to reply to.*WhatsApp Opt-In Trigger/);
		await expect(resultOf(reply(), { eventId: 4711 })).rejects.toThrow(/no event 4711/);
	});
});

describe('Send SMS & WhatsApp, a store that cannot be opened', () => {
	it('says so on every item with Continue On Fail', async () => {
		const credentials = {
			...house.credentials,
			optInStoreApi: { ...house.storeCredential, sqliteFile: 'other.sqlite' },
		};
		const items = await outputOf({ ...sms(), credentials, onError: 'continueRegularOutput' }, [{}, {}]);
		expect(items).toHaveLength(2);
		for (const { json } of items)
			expect(json.error).toMatch(/"other.sqlite" does not exist.*test the Opt-In Store credential/);
	});

	it('stops the workflow otherwise', async () => {
		const credentials = {
			...house.credentials,
			optInStoreApi: { ...house.storeCredential, sqliteFile: '../other.sqlite' },
		};
		await expect(resultOf({ ...sms(), credentials })).rejects.toThrow(/is not a file name/);
	});
});
