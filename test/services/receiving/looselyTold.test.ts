import { readNotification } from '../../../providers/whatsapp/notification';
import { readWebsmsNotification } from '../../../providers/websms/notification';
import { receive } from '../../../services/receiving/receive';
import type { ProviderName } from '../../../domain/provider';
import type { IncomingEvent } from '../../../providers/provider';
import { consentTables, eventsOf, message, PHONE, readingOf, seen, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const DIGITS = PHONE.slice(1);
const USER_ID = 'IT.1234567890';
const PARENT_ID = 'IT.ENT.99887766';
const metadata = { display_phone_number: SENDER_PHONE.slice(1), phone_number_id: '106540352242922' };

/** One change of a notification as Meta writes it. */
const told = (value: object, field = 'messages') => ({
	object: 'whatsapp_business_account',
	entry: [{ id: '1', changes: [{ field, value: { messaging_product: 'whatsapp', metadata, ...value } }] }],
});

let messages = 0;
const stop = (changes: object = {}) => ({
	id: `wamid.stop${++messages}`,
	from: DIGITS,
	type: 'text',
	text: { body: 'STOP' },
	...changes,
});
const oneStop = (changes: object) => told({ messages: [stop(changes)] });
const byUserId = (changes: object = {}) => oneStop({ from: undefined, from_user_id: USER_ID, ...changes });

describeStores('What a provider tells loosely', (context) => {
	const take = async (events: Iterable<IncomingEvent> | null, provider: ProviderName = 'meta') => {
		const { store, clock } = context();
		clock.advance(60_000);
		await receive(store, provider, readingOf([...(events ?? [])]), { inbox: null, storeStatuses: false });
	};
	const takeMeta = async (...notifications: object[]) => {
		for (const each of notifications) await take(readNotification(each));
	};
	const secondsNow = () => String(Math.floor(context().clock.now() / 1_000));
	const start = async () => await take([message('START', { providerSenderId: metadata.phone_number_id })]);
	const activeAnywhere = async () =>
		(await context().store.db.selectFrom('registration').select('state').execute()).filter(
			({ state }) => state === 'active',
		);

	it.each<[string, object]>([
		['a sender that is a number', oneStop({ from: Number(DIGITS) })],
		['a time that is a number', oneStop({ timestamp: 9_999_999_999 })],
		['no id', oneStop({ id: undefined })],
		['an id that is a number', oneStop({ id: 77 })],
		['a message without its list', told({ messages: stop() })],
		['changes without their list', { entry: [{ id: 1, changes: told({ messages: [stop()] }).entry[0]?.changes[0] }] }],
		['an entry without its list', { entry: told({ messages: [stop()] }).entry[0] }],
		[
			'a button whose payload is a number',
			oneStop({ type: 'button', text: undefined, button: { payload: 7, text: 'STOP' } }),
		],
		[
			'a button whose payload is an object',
			oneStop({ type: 'button', text: undefined, button: { payload: { a: 1 }, text: 'STOP' } }),
		],
		[
			'a sender told by the list of contacts only',
			told({ contacts: [{ wa_id: Number(DIGITS) }], messages: [stop({ from: null })] }),
		],
		['metadata that are numbers', told({ metadata: { phone_number_id: 106540352242922 }, messages: [stop()] })],
		['what is said while Meta’s agent answers', told({ messages: [stop()] }, 'standby')],
		['what is passed on', oneStop({ context: { forwarded: true } })],
		['what is passed on to Meta’s agent', told({ messages: [stop({ context: { forwarded: true } })] }, 'standby')],
	])('a STOP is heard from %s', async (_what, notification) => {
		await start();
		await takeMeta(notification);
		expect(await activeAnywhere()).toEqual([]);
		expect(await seen(context().store)).toMatchObject({ words: { all: 'out' } });
	});

	it.each<[string, object]>([
		['a type in capitals', { messageType: 'TEXT' }],
		['an address type in capitals', { senderAddressType: 'INTERNATIONAL' }],
		['an id that is a number', { notificationId: 42 }],
		['an empty id', { notificationId: '' }],
		['no id', { notificationId: undefined }],
		['a number for an address', { senderAddress: Number(DIGITS) }],
		['a list for a recipient', { recipientAddress: [] }],
	])('a STOP by websms is heard from %s', async (_what, changes) => {
		const notification = {
			messageType: 'text',
			notificationId: `n${++messages}`,
			senderAddress: DIGITS,
			senderAddressType: 'international',
			recipientAddress: SENDER_PHONE.slice(1),
			recipientAddressType: 'international',
			textMessageContent: 'STOP',
			...changes,
		};
		await start();
		await take(readWebsmsNotification(notification), 'websms');
		expect(await seen(context().store)).toMatchObject({ words: { all: 'out' } });
	});

	describe('the user id of who is known by number is learnt from', () => {
		const status = (more: object) => ({ id: 'wamid.s', status: 'delivered', timestamp: secondsNow(), ...more });
		it.each<[string, () => object]>([
			['a status', () => told({ statuses: [status({ recipient_id: DIGITS, recipient_user_id: USER_ID })] })],
			[
				'the contacts beside a status',
				() =>
					told({
						contacts: [{ wa_id: DIGITS, user_id: USER_ID }],
						statuses: [status({ recipient_id: DIGITS })],
					}),
			],
			[
				'a status that names the user id where the number belongs',
				() =>
					told({
						contacts: [{ wa_id: DIGITS, user_id: USER_ID }],
						statuses: [status({ recipient_id: USER_ID })],
					}),
			],
		])('%s, before a STOP by it or after', async (_what, notification) => {
			await start();
			await takeMeta(notification(), byUserId());
			expect(await activeAnywhere()).toEqual([]);

			await start();
			expect(await activeAnywhere()).toHaveLength(1);
			await takeMeta(byUserId());
			expect(await activeAnywhere()).toEqual([]);
		});

		it('a status that comes after the STOP', async () => {
			await start();
			await takeMeta(byUserId());
			expect(await activeAnywhere()).toHaveLength(1);
			await takeMeta(told({ statuses: [status({ recipient_id: DIGITS, recipient_user_id: USER_ID })] }));
			expect(await activeAnywhere()).toEqual([]);
		});

		it('a status, once: the next ones write nothing', async () => {
			await start();
			const one = () => told({ statuses: [status({ recipient_id: DIGITS, recipient_user_id: USER_ID })] });
			await takeMeta(one());
			const { events } = await consentTables(context().store);
			await takeMeta(one(), one());
			expect((await consentTables(context().store)).events).toEqual(events);
		});

		it('no status of somebody who is not known', async () => {
			await takeMeta(told({ statuses: [status({ recipient_id: DIGITS, recipient_user_id: USER_ID })] }));
			expect((await seen(context().store)).identity).toBeUndefined();
		});
	});

	it.each<[string, object]>([
		['where the number belongs', { from: USER_ID }],
		['in its own place', { from: undefined, from_user_id: USER_ID }],
		['where the number belongs, too', { from: USER_ID, from_user_id: USER_ID }],
	])('a user id is read %s', async (_what, names) => {
		await takeMeta(
			told({
				contacts: [{ wa_id: USER_ID, user_id: USER_ID }],
				messages: [stop({ ...names, text: { body: 'START' } })],
			}),
		);
		expect(await activeAnywhere()).toHaveLength(1);
		await takeMeta(byUserId());
		expect(await activeAnywhere()).toEqual([]);
	});

	describe('the user id with the parent of the company', () => {
		it('is enough for a STOP', async () => {
			await takeMeta(oneStop({ from: undefined, from_parent_user_id: PARENT_ID, text: { body: 'START' } }));
			expect(await activeAnywhere()).toHaveLength(1);
			await takeMeta(oneStop({ from: undefined, from_parent_user_id: PARENT_ID }));
			expect(await activeAnywhere()).toEqual([]);
		});

		it.each([
			[
				'first',
				[{ from_parent_user_id: PARENT_ID }, { from: DIGITS, from_user_id: USER_ID, from_parent_user_id: PARENT_ID }],
			],
			[
				'last',
				[{ from: DIGITS, from_user_id: USER_ID, from_parent_user_id: PARENT_ID }, { from_parent_user_id: PARENT_ID }],
			],
		])('joins who was known by the other names, told %s', async (_when, names) => {
			await start();
			for (const each of names) await takeMeta(oneStop({ from: undefined, text: { body: 'Hello' }, ...each }));
			await takeMeta(oneStop({ from: undefined, from_parent_user_id: PARENT_ID }));
			expect(await activeAnywhere()).toEqual([]);
			expect(await seen(context().store)).toMatchObject({ words: { all: 'out' } });
		});
	});

	it.each([
		['their own, asked for by the button, joins what is known by either name', 'contact_request', false],
		['somebody else’s says nothing of them', 'other', true],
	])('a card: %s', async (_what, origin, isStillActive) => {
		await start();
		const card = { origin, phones: [{ phone: PHONE, wa_id: DIGITS, type: 'CELL' }] };
		await takeMeta(byUserId({ type: 'contacts', text: undefined, contacts: [card] }), byUserId());
		const { registrations, words } = await seen(context().store);
		expect(registrations).toEqual([isStillActive ? 'active' : 'ended']);
		expect(words.all).toBe(isStillActive ? 'in' : 'out');
	});

	it('Meta’s switch is read where messages are told', async () => {
		await start();
		await takeMeta(
			oneStop({ type: 'system', text: undefined, system: { type: 'user_preference_changed', marketing: 'stop' } }),
		);
		expect((await eventsOf(context().store)).at(-1)).toMatchObject({ outcome: 'marketingOff' });
	});

	it.each<[string, object, string]>([
		['a yes to Meta’s agent', {}, 'standby'],
		['somebody else’s START, passed on,', { context: { forwarded: true } }, 'messages'],
		['a START that goes from hand to hand', { context: { frequently_forwarded: true } }, 'messages'],
	])('%s registers nobody', async (_what, changes, field) => {
		await takeMeta(told({ messages: [stop({ ...changes, text: { body: 'START' } })] }, field));
		expect(await activeAnywhere()).toEqual([]);
	});

	it('Meta’s sample makes no sender', async () => {
		const sample = { display_phone_number: '16505551111', phone_number_id: '123456123' };
		await takeMeta(
			told({
				metadata: sample,
				contacts: [{ profile: { name: 'test user name' }, wa_id: '16315551181' }],
				messages: [
					{
						from: '16315551181',
						id: 'ABGGFlA5Fpa',
						timestamp: '1504902988',
						type: 'text',
						text: { body: 'this is a text message' },
					},
				],
			}),
		);
		expect(await context().store.db.selectFrom('sender').select('phone').execute()).toEqual([]);
		expect((await eventsOf(context().store)).map(({ kind }) => kind)).toEqual(['unknown']);
	});
});
