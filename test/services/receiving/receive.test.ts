import { StoreUnavailableError } from '../../../domain/errors';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { claimEvents } from '../../../services/handOver/claimedEvents';
import { receive } from '../../../services/receiving/receive';
import { openStore } from '../../../store/store';
import {
	consentTables,
	deliver,
	eventsOf,
	INBOX,
	message,
	PHONE,
	preference,
	readingOf,
	seen,
	SENDER_PHONE,
} from '../../support/inbound';
import { describeStores } from '../../support/stores';

const HOUR_MS = 60 * 60_000;

describeStores('Receiving', (context) => {
	it.each(['START', 'any first message', 'Hello 👋', '👍', '🎉🎉🎉'])(
		'registers a person who writes "%s", and makes a contact',
		async (text) => {
			const { store } = context();
			const answer = await deliver(store, message(text, { profileName: 'Anna' }));
			expect(answer.status).toBe(200);
			const person = await seen(store);
			expect(person.registrations).toEqual(['active']);
			expect(person.contacts).toMatchObject([{ name: 'Anna', whatsapp_number: PHONE, sms_number: null }]);
			expect(await eventsOf(store)).toMatchObject([{ outcome: 'registered', output: 'optIn', applied: true }]);
		},
	);

	it('takes a switch for more than marketing, which Meta has none of yet, as a STOP', async () => {
		const { store, clock } = context();
		await deliver(store, message('START'));
		clock.advance(1_000);
		await deliver(store, { ...preference('stop'), isMarketing: false });
		expect(await seen(store)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
	});

	it.each(['reaction', 'sticker', 'system', 'unsupported'])('registers nobody by a %s', async (messageType) => {
		const { store } = context();
		await deliver(store, message('START', { messageType }));
		expect((await seen(store)).registrations).toEqual([]);
	});

	it.each(['HELP', 'Aiuto', 'info'])('registers nobody by the help word %s', async (text) => {
		const { store } = context();
		await deliver(store, message(text));
		expect((await seen(store)).registrations).toEqual([]);
		expect(await eventsOf(store)).toMatchObject([{ outcome: 'help', output: 'message' }]);
	});

	it('hands a question for help to the workflow as what it is, and leaves a registration as it was', async () => {
		const { store } = context();
		await deliver(store, message('START'));
		await deliver(store, message('Hilfe!'), message('?'));
		const handed = await claimEvents(store, { inbox: INBOX, owner: 'test', limit: 10, leaseMs: 1_000 });
		expect(handed.map(({ json }) => [json.event, json.outcome, json.text])).toEqual([
			['optIn', 'registered', 'START'],
			['message', 'help', 'Hilfe!'],
			['message', 'help', '?'],
		]);
		expect((await seen(store)).registrations).toEqual(['active']);
	});

	it.each([
		'not interested',
		'what happens if I unsubscribe?',
		'wrong number',
		'Rispondi STOP per non ricevere più messaggi',
	])('registers nobody by "%s", and lets nobody go', async (text) => {
		const { store } = context();
		await deliver(store, message(text));
		expect((await seen(store)).registrations).toEqual([]);
		await deliver(store, message('START'), message(text));
		expect((await seen(store)).registrations).toEqual(['active']);
	});

	it('hands what may be an opt-out to the workflow once, so that the person is asked', async () => {
		const { store, clock } = context();
		await deliver(store, message('START'));
		for (const text of ['not interested', 'so what happens if I unsubscribe?', 'ok']) {
			clock.advance(HOUR_MS);
			await deliver(store, message(text));
		}
		const handed = await claimEvents(store, { inbox: INBOX, owner: 'test', limit: 10, leaseMs: 1_000 });
		expect(handed.map(({ json }) => [json.event, json.outcome, json.text])).toEqual([
			['optIn', 'registered', 'START'],
			['message', 'doubtful', 'not interested'],
			['message', 'alreadyAsked', 'so what happens if I unsubscribe?'],
			['message', 'none', 'ok'],
		]);
		expect((await seen(store)).registrations).toEqual(['active']);
	});

	it.each([true, false])('registers nobody by the answer to a question (late: %s)', async (isLate) => {
		const { store, clock } = context();
		const doubt = message('not interested', { at: clock.now() - 2 * HOUR_MS });
		const answer = message('yes please', { at: clock.now() - HOUR_MS });
		const first = message('HELP', { at: clock.now() });
		await deliver(store, ...(isLate ? [first, doubt, answer] : [doubt, answer, first]));
		expect((await seen(store)).registrations).toEqual([]);
	});

	it.each([
		'please take me off your list',
		'Bitte löschen Sie meine Nummer',
		'non scrivetemi più',
		"ne m'écrivez plus",
		'no me escriban más',
		'não quero mais receber',
		'ik wil geen berichten meer',
	])('lets a person go who writes "%s"', async (text) => {
		const { store, clock } = context();
		await deliver(store, message('START'));
		clock.advance(HOUR_MS);
		await deliver(store, message(text));
		expect(await seen(store)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
		expect(await eventsOf(store)).toMatchObject([{}, { outcome: 'optedOut', output: 'optOut', applied: true }]);
	});

	it('makes the sender it did not know from what the webhook says', async () => {
		const { store } = context();
		await deliver(store, message('START', { providerSenderId: '1066' }));
		const senders = await store.db.selectFrom('sender').selectAll().execute();
		expect(senders).toMatchObject([
			{
				phone: SENDER_PHONE,
				provider: 'meta',
				provider_sender_id: '1066',
				policy: 'anyMessage',
				rate_per_second: 80,
				country: 'IT',
				sends_whatsapp: 1,
				sends_sms: 0,
			},
		]);
	});

	it('completes the contact that has the number for SMS instead of making a second one', async () => {
		const { store } = context();
		await createOrUpdateContact(store, { smsNumber: PHONE });
		await deliver(store, message('START', { profileName: 'Anna' }));
		expect((await seen(store)).contacts).toMatchObject([{ name: 'Anna', sms_number: PHONE, whatsapp_number: PHONE }]);
	});

	it('makes a contact of its own where the one with that SMS number has another WhatsApp number', async () => {
		const { store } = context();
		await createOrUpdateContact(store, { smsNumber: PHONE, whatsAppNumber: '+393339999999' });
		await deliver(store, message('START'));
		expect((await seen(store)).contacts.map(({ whatsapp_number: number }) => number)).toEqual(['+393339999999', PHONE]);
	});

	it('puts a person who writes START NEWS into that group', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'News' });
		await deliver(store, message('Start News!'));
		expect((await seen(store)).groups).toEqual(['news']);
		await createOrUpdateGroup(store, { shortcode: 'sport' });
		context().clock.advance(1);
		await deliver(store, message('START SPORT'));
		expect((await seen(store)).groups).toEqual(['news', 'sport']);
		expect((await eventsOf(store)).map(({ outcome }) => outcome)).toEqual(['registered', 'joinedGroup']);
	});

	it.each([
		'START nowhere',
		'START <script>',
		"START x'); drop table event; --",
		'START 🙂',
		`START ${'x'.repeat(300)}`,
	])('registers by "%.40s" without a group', async (text) => {
		const { store } = context();
		await deliver(store, message(text));
		expect(await seen(store)).toMatchObject({ registrations: ['active'], groups: [] });
	});

	it('says so when the group named does not exist', async () => {
		const { store } = context();
		await deliver(store, message('START nowhere'));
		const { details } = await store.db.selectFrom('event').select('details').executeTakeFirstOrThrow();
		expect(JSON.parse(details)).toMatchObject({ shortcode: 'nowhere', unknownGroup: true });
	});

	it('keeps at most 4,096 characters of a text of 100,000, and what no database can hold is left out', async () => {
		const { store } = context();
		await deliver(store, message(`a\0b\ud800${'😀'.repeat(50_000)}`, { profileName: `\0${'x'.repeat(5_000)}` }));
		const { text, details } = await store.db.selectFrom('event').select(['text', 'details']).executeTakeFirstOrThrow();
		expect(text?.length).toBeLessThanOrEqual(4_096);
		expect(text?.startsWith('ab\ufffd😀')).toBe(true);
		expect(details.length).toBeLessThan(1_000);
		expect((await seen(store)).registrations).toEqual(['active']);
	});

	it("opens the 24-hour window with each of the person's WhatsApp messages, and with nothing else", async () => {
		const { store, clock } = context();
		const first = clock.now();
		await deliver(store, message('START'));
		const windowFrom = async () => (await seen(store)).registration?.last_inbound_at;
		clock.advance(HOUR_MS);
		await deliver(store, message('hello', { channel: 'sms' }), message('👍', { messageType: 'reaction' }));
		expect(await windowFrom()).toBe(first);
		await deliver(store, message('HELP', { at: clock.now() - 1_000 }));
		expect(await windowFrom()).toBe(first + HOUR_MS - 1_000);
		await deliver(store, message('an older one', { at: first + 1_000 }));
		expect(await windowFrom()).toBe(first + HOUR_MS - 1_000);
		await deliver(store, message('STOP'));
		expect(await windowFrom()).toBe(first + HOUR_MS);
	});

	it('changes nothing when the same webhook comes twice', async () => {
		const { store, clock } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		const both = [message('START NEWS'), message('STOP NEWS')];
		await deliver(store, ...both);
		const before = await consentTables(store);
		clock.advance(HOUR_MS);
		expect((await deliver(store, ...both)).status).toBe(200);
		expect(await consentTables(store)).toEqual(before);
	});

	it('changes nothing twice when the same webhook comes several times at the same moment', async () => {
		const { store, settings, clock } = context();
		const second = await openStore(settings, { create: false, now: clock.now });
		await createOrUpdateGroup(store, { shortcode: 'news' });
		const start = message('START NEWS');
		const answers = await Promise.all(
			Array.from({ length: 6 }, (_, index) => deliver(index % 2 === 0 ? store : second, start)),
		);
		await second.close();
		expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
		expect(await seen(store)).toMatchObject({ registrations: ['active'], groups: ['news'] });
		const { events, records, contacts, counters } = await consentTables(store);
		expect([events.length, records.length, contacts.length]).toEqual([1, 1, 1]);
		expect(counters).toMatchObject([{ what: 'registration', total: 1 }]);
	});

	it('applies everything in a request in which one event fails, and does not acknowledge it', async () => {
		const { store } = context();
		const bad = { ...message('START', { phone: '+393330000001' }), sentAt: Number.NaN };
		await expect(deliver(store, bad, message('STOP'))).rejects.toThrow();
		expect(await seen(store)).toMatchObject({ words: { all: 'out' } });
		expect((await seen(store, '+393330000001')).identity).toBeUndefined();
	});

	it('keeps what it has no use for, and statuses where the workflow wants them', async () => {
		const { store } = context();
		const unknown = { kind: 'unknown' as const, providerEventId: 'u1', description: 'Webhook field account_update' };
		const status = {
			kind: 'status' as const,
			providerEventId: 's1:sent',
			channel: 'whatsapp' as const,
			sender: { phone: SENDER_PHONE, providerSenderId: null },
		};
		const sent = {
			...status,
			providerMessageId: 's1',
			reference: null,
			recipientPhone: PHONE,
			status: 'sent' as const,
			deliveredAs: 'whatsapp' as const,
			at: null,
			error: null,
		};
		for (const storeStatuses of [false, true, true])
			await receive(store, 'meta', readingOf([unknown, sent]), { inbox: INBOX, storeStatuses });
		const events = await store.db.selectFrom('event').select(['kind', 'inbox', 'output']).orderBy('id').execute();
		expect(events).toEqual([
			{ kind: 'unknown', inbox: null, output: null },
			{ kind: 'status', inbox: INBOX, output: 'status' },
		]);
	});

	it('answers 503 when the store cannot be reached, so that the provider comes again', async () => {
		const { store } = context();
		const down = {
			...store,
			now: store.now,
			read: store.read.bind(store),
			transaction: () => Promise.reject(new StoreUnavailableError('down')),
		};
		const answer = await receive(down as typeof store, 'meta', readingOf([message('STOP')]), {
			inbox: INBOX,
			storeStatuses: false,
		});
		expect(answer.status).toBe(503);
	});

	it("gives the reader's answer and touches no store when the request carries nothing", async () => {
		const { store } = context();
		const refused = { answer: { status: 401, contentType: 'text/plain', body: 'no' }, events: null };
		expect((await receive(store, 'meta', refused, { inbox: INBOX, storeStatuses: true })).status).toBe(401);
		expect((await consentTables(store)).events).toEqual([]);
	});
});
