import { checkRegistrations } from '../../../services/registrations/registrations';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { exportPerson } from '../../../services/rights/exportPerson';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { ensureIdentities, findIdentity } from '../../../store/identities';
import { deliver, message, PHONE, seen } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const USER_ID = 'IT.123';
const NEW_PHONE = '+393339999999';

describeStores('A person', (context) => {
	const say = async (text: string, phone: string | null, whatsAppUserId: string | null) => {
		const { store, clock } = context();
		clock.advance(1_000);
		await deliver(store, message(text, { phone, whatsAppUserId }));
	};

	it('known by number and by WhatsApp user id becomes one when both arrive together', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await say('START', PHONE, null);
		await say('STOP', PHONE, null);
		await say('START NEWS', null, USER_ID);
		expect((await seen(store)).registrations).toEqual(['ended']);
		await say('hello', PHONE, USER_ID);
		const person = await seen(store);
		expect(person).toMatchObject({
			registrations: ['active'],
			groups: ['news'],
			identity: { whatsapp_user_id: USER_ID },
		});
		expect(await store.db.selectFrom('registration').selectAll().execute()).toHaveLength(1);
		expect((await verifyConsent(store)).valid).toBe(true);
		const { records } = await exportPerson(store, { number: PHONE });
		expect(records.map(({ details }) => details?.['action'])).toEqual(['start', 'stop', 'start', 'message']);
	});

	it('who said STOP without a number is opted out under that number, too, once it is known', async () => {
		const { store } = context();
		await say('START', PHONE, null);
		await say('STOP', null, USER_ID);
		await say('hello', PHONE, USER_ID);
		expect(await seen(store)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
	});

	it('completes their other half without a second identity', async () => {
		const { store } = context();
		await say('START', null, USER_ID);
		await say('hello', PHONE, USER_ID);
		await say('STOP', null, USER_ID);
		expect(await store.db.selectFrom('identity').selectAll().execute()).toHaveLength(1);
		expect((await seen(store)).registrations).toEqual(['ended']);
	});

	it('who registered without a number has the number in the contact as soon as it is known, and no group after a STOP', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await say('START NEWS', null, USER_ID);
		await say('hello', PHONE, USER_ID);
		expect(await seen(store)).toMatchObject({
			registrations: ['active'],
			groups: ['news'],
			contacts: [{ whatsapp_number: PHONE }],
		});
		await say('START NEWS', null, 'IT.999');
		await say('STOP', NEW_PHONE, 'IT.999');
		expect(await seen(store, NEW_PHONE)).toMatchObject({
			registrations: ['ended'],
			groups: [],
			contacts: [{ whatsapp_number: NEW_PHONE }],
		});
	});

	it('who writes from a new number keeps the registration there; an opt-out holds on both numbers', async () => {
		const { store } = context();
		await say('START', PHONE, USER_ID);
		await say('hello', NEW_PHONE, USER_ID);
		expect((await seen(store, NEW_PHONE)).registrations).toEqual(['active']);
		expect((await seen(store, PHONE)).registrations).toEqual([]);
		await say('STOP', NEW_PHONE, USER_ID);
		await say('I am here now', '+393338888888', USER_ID);
		expect(await seen(store, '+393338888888')).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
		expect(await seen(store, NEW_PHONE)).toMatchObject({ registrations: [], words: { all: 'out' } });
		expect((await verifyConsent(store)).broken).toEqual([]);
	});

	it('who takes over a number that somebody else was known by becomes that one', async () => {
		const { store } = context();
		await say('START', PHONE, USER_ID);
		await say('STOP', NEW_PHONE, null);
		await say('hello', NEW_PHONE, USER_ID);
		const person = await seen(store, NEW_PHONE);
		expect(person).toMatchObject({
			registrations: ['ended'],
			words: { all: 'out' },
			identity: { whatsapp_user_id: USER_ID },
		});
		expect((await verifyConsent(store)).broken).toEqual([]);
	});

	it('is made once, however many ask for them at once', async () => {
		const { store } = context();
		const phones = Array.from({ length: 1_200 }, (_, index) => `+39333${String(index).padStart(7, '0')}`);
		const found = await Promise.all(
			[phones, [...phones].reverse()].map((each) =>
				store.transaction((db) => ensureIdentities(db, [...each, ...each], 1)),
			),
		);
		expect(found[0]?.size).toBe(1_200);
		expect(new Map([...(found[1] ?? [])].sort())).toEqual(new Map([...(found[0] ?? [])].sort()));
		expect(await findIdentity(store.db, { phone: phones[7] ?? null })).toMatchObject({
			phone: phones[7],
			id: found[0]?.get(phones[7] ?? ''),
		});
	});

	it('whose half is found at the same moment by several requests ends as one, with every word heard', async () => {
		const { store } = context();
		await say('START', PHONE, null);
		await say('START', null, USER_ID);
		context().clock.advance(1_000);
		await Promise.all([
			deliver(store, message('hello', { whatsAppUserId: USER_ID })),
			deliver(store, message('STOP', { phone: null, whatsAppUserId: USER_ID })),
			deliver(store, message('hello', { whatsAppUserId: USER_ID })),
		]);
		await say('hello', PHONE, USER_ID);
		expect(await seen(store)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
		expect(await checkRegistrations(store, { sender: '', numbers: [PHONE] })).toMatchObject([
			{ registered: false, reason: 'opted out' },
		]);
		expect((await verifyConsent(store)).broken).toEqual([]);
	});
});
