import { describeStores } from '../support/stores';
import { consentTables, deliver, eventsOf, message, seen, PHONE, SENDER_PHONE } from '../support/inbound';

const HOUR_MS = 60 * 60_000;

describeStores('Receiving', (context) => {
	const makeGroup = async (shortcode: string): Promise<void> => {
		await context().store.db.insertInto('contact_group').values({ name: shortcode.toUpperCase(), shortcode, created_at: 1 }).execute();
	};

	it.each(['START', 'any first message', 'Hello 👋'])('registers a person who writes "%s", and makes a contact', async (text) => {
		const { store } = context();
		const answer = await deliver(store, message(text, { profileName: 'Anna' }));
		expect(answer.status).toBe(200);
		const person = await seen(store);
		expect(person.registrations).toEqual(['active']);
		expect(person.contacts).toMatchObject([{ name: 'Anna', whatsapp_number: PHONE, sms_number: null }]);
		expect(await eventsOf(store)).toMatchObject([{ outcome: 'registered', output: 'optIn', applied: true }]);
	});

	it('makes the sender it did not know from what the webhook says', async () => {
		const { store } = context();
		await deliver(store, message('START', { providerSenderId: '1066' }));
		const senders = await store.db.selectFrom('sender').selectAll().execute();
		expect(senders).toMatchObject([{ phone: SENDER_PHONE, provider: 'meta', provider_sender_id: '1066', policy: 'anyMessage', rate_per_second: 80, country: 'IT', sends_whatsapp: 1, sends_sms: 0 }]);
	});

	it('puts a person who writes START NEWS into that group', async () => {
		const { store } = context();
		await makeGroup('news');
		await deliver(store, message('Start News!'));
		expect((await seen(store)).groups).toEqual(['news']);
	});

	it('changes nothing when the same webhook comes twice', async () => {
		const { store, clock } = context();
		await makeGroup('news');
		const start = message('START NEWS');
		await deliver(store, start);
		const before = await consentTables(store);
		clock.advance(HOUR_MS);
		expect((await deliver(store, start)).status).toBe(200);
		expect(await consentTables(store)).toEqual(before);
	});

	it('changes nothing twice when the same webhook comes several times at the same moment', async () => {
		const { store } = context();
		await makeGroup('news');
		const start = message('START NEWS');
		await Promise.all(Array.from({ length: 6 }, () => deliver(store, start)));
		const person = await seen(store);
		expect(person).toMatchObject({ registrations: ['active'], groups: ['news'] });
		const { events, records, contacts, counters } = await consentTables(store);
		expect([events.length, records.length, contacts.length]).toEqual([1, 1, 1]);
		expect(counters).toMatchObject([{ what: 'registration', total: 1 }]);
	});
});
