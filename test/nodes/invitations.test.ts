import { enterHouse, type NodeHouse, smsSender, whatsAppSender } from './nodeHouse';
import { type NodeUnderTest, outputOf, resultOf } from './runWorkflow';

let house: NodeHouse;

beforeEach(async () => {
	house = await enterHouse();
	for (const shortcode of ['news', 'recipes']) {
		await outputOf({
			node: 'contactGroup',
			credentials: { optInStoreApi: house.storeCredential },
			parameters: { resource: 'group', operation: 'createOrUpdate', shortcode },
		});
	}
});

afterEach(async () => {
	await house.leave();
});

const locator = (mode: string, value: string) => ({ __rl: true, mode, value });
const sender = locator('phone', whatsAppSender);
const PHONE = '+393331234567';

const operation = (name: string, parameters: object = {}): NodeUnderTest => ({
	node: 'registrationStore',
	credentials: { optInStoreApi: house.storeCredential },
	parameters: { resource: 'registration', operation: name, sender, ...parameters },
});
const write = (text: string, from = PHONE) =>
	resultOf(operation('applyMessage', { from, text, messageId: `message ${Math.random()}` }));
const invite = (parameters: object = {}) =>
	resultOf(operation('invite', { number: PHONE, group: locator('shortcode', 'news'), ...parameters }));
/** As if so many hours had passed since everybody was invited. */
const letPass = (hours: number) =>
	house.store.transaction((db) =>
		db
			.updateTable('invitation')
			.set((set) => ({ last_sent_at: set('last_sent_at', '-', hours * 3_600_000) }))
			.execute(),
	);

describe('WhatsApp Registration Store, Invite', () => {
	it('tells apart who is registered and who has opted out, each with its reason and without a link', async () => {
		await write('START');
		expect(await invite()).toMatchObject({
			outcome: 'alreadyRegistered',
			link: null,
			reason: 'The person is registered already.',
		});
		await write('STOP');
		expect(await invite()).toMatchObject({ outcome: 'optedOut', link: null });
	});

	it('invites who said STOP when they have asked for it themselves', async () => {
		await write('STOP');
		expect(await invite({ byPerson: true })).toMatchObject({ outcome: 'invited' });
	});

	it('invites to further groups, which the code joins', async () => {
		const { code } = await invite({ options: { furtherGroups: 'recipes' } });
		await write(`START NEWS ${code as string}`);
		const groups = await outputOf({
			node: 'contactGroup',
			credentials: { optInStoreApi: house.storeCredential },
			parameters: { resource: 'group', operation: 'getMany', returnAll: true },
		});
		expect(groups.map(({ json }) => [json.shortcode, json.contacts])).toEqual([
			['news', 1],
			['recipes', 1],
		]);
	});

	it('limits how often a number is invited, by itself and as the node says; 0 takes a limit away', async () => {
		const outcomes = async (parameters: object, times: number) => {
			const items = await outputOf(
				operation('invite', { number: PHONE, ...parameters }),
				Array.from({ length: times }, () => ({})),
			);
			return items.map(({ json }) => json.outcome);
		};
		expect(await outcomes({}, 4)).toEqual(['invited', 'invited', 'invited', 'numberLimit']);
		expect(await outcomes({ limits: { numberPerHour: 0, numberPerDay: 4 } }, 2)).toEqual(['invited', 'numberLimit']);
		const noNumberLimit = { numberPerHour: 0, numberPerDay: 0 };
		expect(await outcomes({ limits: noNumberLimit }, 2)).toEqual(['invited', 'unansweredLimit']);
		const onlyOverall = { ...noNumberLimit, unansweredPerFourWeeks: 0, overallPerHour: 6 };
		expect(await outcomes({ limits: onlyOverall }, 2)).toEqual(['invited', 'overallLimit']);
		expect(await outcomes({ limits: { numberPerHour: '', unansweredPerFourWeeks: 0 } }, 1)).toEqual(['numberLimit']);
	});

	it('invites the countries that the node names', async () => {
		expect(await invite({ options: { countries: 'AT' } })).toMatchObject({ outcome: 'countryNotAllowed' });
		expect(await invite({ options: { countries: 'AT, IT' } })).toMatchObject({ outcome: 'invited' });
		expect(await invite({ number: '+6281234567890' })).toMatchObject({ outcome: 'invited' });
	});
});

describe('WhatsApp Registration Store, Claim Reminders', () => {
	const claim = (parameters: object = {}) =>
		outputOf(operation('claimReminders', { sender: locator('list', ''), ...parameters }));

	it('gives an item for each person to remind, once, with what the SMS needs', async () => {
		await invite({ options: { language: 'de' } });
		await invite({ number: '+393331234568' });
		await write('START', '+393331234568');
		expect(await claim()).toEqual([]);
		await letPass(25);
		const [item, ...rest] = await claim();
		expect(rest).toEqual([]);
		expect(item?.json).toMatchObject({
			phone: PHONE,
			language: 'de',
			group: 'news',
			senderPhone: whatsAppSender,
			reminder: 1,
			link: expect.stringContaining('START%20NEWS%20') as string,
		});
		expect(item?.pairedItem).toEqual({ item: 0 });
		expect(await claim()).toEqual([]);
	});

	it('sends the reminder once, however often the workflow is run again', async () => {
		await invite();
		await letPass(25);
		const [item] = await claim();
		const send: NodeUnderTest = {
			node: 'sendMessage',
			credentials: house.credentials,
			parameters: {
				resource: 'message',
				operation: 'send',
				channel: 'sms',
				sender: locator('phone', smsSender),
				to: '={{ $json.phone }}',
				purpose: 'service',
				text: '={{ $json.link }}',
				options: { idempotencyKey: '={{ $json.idempotencyKey }}' },
			},
		};
		expect(await resultOf(send, item?.json)).toMatchObject({ repeated: false, state: 'accepted' });
		expect(await resultOf(send, item?.json)).toMatchObject({ repeated: true });
		expect(house.requests).toHaveLength(1);
	});

	it('is nothing an AI agent may do', async () => {
		await expect(resultOf({ ...operation('claimReminders'), asTool: true })).rejects.toThrow(
			/may read here, and change nothing/,
		);
	});
});

describe('WhatsApp Registration Store, Sender', () => {
	it('gives the link that has START typed in, for each number that has WhatsApp', async () => {
		const items = await outputOf({
			node: 'registrationStore',
			credentials: { optInStoreApi: house.storeCredential },
			parameters: { resource: 'sender', operation: 'getMany', returnAll: true },
		});
		expect(items.map(({ json }) => json.clickToChatLink)).toEqual(['https://wa.me/390212345678?text=START', null]);
	});
});
