import { enterHouse, type NodeHouse } from './nodeHouse';
import { type NodeUnderTest, resultOf } from './runWorkflow';

let house: NodeHouse;

beforeEach(async () => {
	house = await enterHouse();
});

afterEach(async () => {
	await house.leave();
});

const report = (name: string, parameters: object): NodeUnderTest => ({
	node: 'messagingReport',
	credentials: { optInStoreApi: house.storeCredential },
	parameters: { resource: 'report', operation: name, ...parameters },
});

const sendOne = () =>
	resultOf({
		node: 'sendMessage',
		credentials: house.credentials,
		parameters: {
			resource: 'message',
			operation: 'send',
			channel: 'sms',
			to: '+393331234567',
			purpose: 'service',
			text: 'Hello',
		},
	});

describe('Messaging Report', () => {
	it('sums up today in the workflow’s time zone', async () => {
		await sendOne();
		const item = await resultOf(report('summary', { period: 'today' }));
		expect(item).toMatchObject({
			timeZone: 'Europe/Vienna',
			channels: expect.arrayContaining([expect.objectContaining({ channel: 'sms', accepted: 1 })]),
		});
		expect(item.from).toBe(item.to);
		expect(item.days).toHaveLength(1);
	});

	it.each([
		['yesterday', 1],
		['last7Days', 7],
		['last30Days', 30],
	])('covers whole days before today: %s', async (period, days) => {
		expect((await resultOf(report('summary', { period }))).days).toHaveLength(days);
	});

	it('takes days from anything that begins with a date', async () => {
		const item = await resultOf(
			report('summary', { period: 'custom', from: '={{ $json.from }}', to: '2026-11-22', timeZone: 'Europe/Rome' }),
			{ from: '2026-11-16T00:00:00.000+01:00' },
		);
		expect(item).toMatchObject({ from: '2026-11-16', to: '2026-11-22', timeZone: 'Europe/Rome' });
	});

	it('refuses what is no day and what is no time zone', async () => {
		await expect(resultOf(report('summary', { period: 'custom', from: 'Monday', to: '2026-11-22' }))).rejects.toThrow(
			/is not a day/,
		);
		await expect(resultOf(report('summary', { period: 'today', timeZone: 'Mars' }))).rejects.toThrow(
			/is not a time zone/,
		);
	});

	it.each(['en', 'de', 'it'])('makes an e-mail of it: %s', async (language) => {
		await sendOne();
		const item = await resultOf(
			report('email', { period: 'today', language, options: { companyName: 'Trattoria <Anna>' } }),
		);
		expect(item.subject).toEqual(expect.stringContaining('Trattoria <Anna>'));
		expect(item.html).toEqual(expect.stringContaining('Trattoria &lt;Anna&gt;'));
		expect(item.text).toEqual(expect.stringContaining('SMS'));
	});

	it('is open to AI agents', async () => {
		expect(await resultOf({ ...report('summary', { period: 'today' }), asTool: true })).toHaveProperty('channels');
	});
});
