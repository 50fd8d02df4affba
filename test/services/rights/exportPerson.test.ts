import { NO_LIMITS } from '../../../domain/invitationLimits';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { erasePerson } from '../../../services/rights/erase';
import { exportPerson } from '../../../services/rights/exportPerson';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { invite } from '../../../services/invitations/invite';
import { sendMessage } from '../../../services/sending/sendAndReply';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { FakeProvider } from '../../support/delivery';
import { deliver, message, PHONE, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const USER_ID = 'IT.123456';

describeStores('Exporting a person', (context) => {
	const say = async (text: string, told: Parameters<typeof message>[1] = {}) => {
		const { store, clock } = context();
		clock.advance(1_000);
		await deliver(store, message(text, told));
	};

	beforeEach(async () => {
		const { store } = context();
		await createOrUpdateSender(store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			country: 'IT',
		});
		await createOrUpdateGroup(store, { shortcode: 'news' });
	});

	it('gives everything held on them in one, by number or WhatsApp user id, and of nobody else', async () => {
		const { store } = context();
		await invite(store, {
			sender: SENDER_PHONE,
			number: PHONE,
			origin: 'operator',
			limits: NO_LIMITS,
			evidence: { consentText: 'Yes', address: '192.0.2.7' },
		});
		await say('START NEWS', { phone: null, whatsAppUserId: USER_ID });
		await say('hello there', { whatsAppUserId: USER_ID, profileName: 'Anna Rossi' });
		await createOrUpdateContact(store, {
			whatsAppNumber: PHONE,
			fields: { city: 'Bolzano' },
			smsNumber: '+393339999999',
			smsConsent: { source: 'paper form' },
		});
		await say('START', { phone: '+393330000002', profileName: 'Somebody Else' });
		const provider = new FakeProvider(store);
		await sendMessage(
			store,
			{ meta: provider },
			{
				channel: 'whatsapp',
				sender: SENDER_PHONE,
				to: PHONE,
				purpose: 'service',
				content: { type: 'text', body: 'Your table is free' },
				idempotencyKey: 'k',
			},
		);

		const byNumber = await exportPerson(store, { number: PHONE });
		expect(byNumber).toMatchObject({
			phone: PHONE,
			whatsAppUserId: USER_ID,
			valid: true,
			contacts: [
				{
					sms_number: '+393339999999',
					fields: { city: 'Bolzano' },
					sms_consent_source: 'paper form',
					groups: [{ shortcode: 'news', source: 'person' }],
				},
			],
			registrations: [{ senderPhone: SENDER_PHONE, state: 'active' }],
			invitations: [{ evidence: { address: '192.0.2.7' } }],
			messages: [
				{ recipient: PHONE, state: 'accepted', content: { body: 'Your table is free' }, senderPhone: SENDER_PHONE },
			],
		});
		expect(byNumber.events.map(({ text }) => text)).toEqual([null, 'START NEWS', 'hello there']);
		expect(JSON.stringify(byNumber)).not.toContain('Somebody Else');
		expect(JSON.stringify({ ...byNumber, records: [] })).not.toMatch(
			/"(at|since|created_at|createdAt|effectiveAt)":\d/,
		);
		const byUserId = await exportPerson(store, { number: USER_ID });
		expect({ ...byUserId, exportedAt: '', records: [] }).toEqual({ ...byNumber, exportedAt: '', records: [] });
	});

	it('lies in their ledger from then on', async () => {
		const { store } = context();
		await say('START');
		expect((await exportPerson(store, { number: PHONE })).records.map(({ details }) => details?.['action'])).toEqual([
			'start',
		]);
		expect((await exportPerson(store, { number: PHONE })).records.map(({ details }) => details?.['action'])).toEqual([
			'start',
			'exported',
		]);
		expect((await verifyConsent(store)).broken).toEqual([]);
	});

	it('says what is kept of somebody erased, and refuses for somebody of whom nothing is', async () => {
		const { store, clock } = context();
		await say('STOP');
		clock.advance(1_000);
		await erasePerson(store, { number: PHONE });
		expect(await exportPerson(store, { number: PHONE })).toMatchObject({
			identities: [],
			events: [],
			records: [],
			suppressions: [{ scope: 'all' }, { scope: 'erased before' }],
		});
		await expect(exportPerson(store, { number: '+393330000007' })).rejects.toThrow(/Nothing is recorded of \+39…07/);
		await expect(exportPerson(store, { number: '333 1234567' })).rejects.toThrow(/whole number/);
	});

	it('includes the reports on messages to them that were handed to workflows', async () => {
		const { store } = context();
		await say('START');
		const status = {
			provider: 'meta' as const,
			kind: 'status',
			channel: 'whatsapp' as const,
			effective_at: 1,
			received_at: 1,
			applied: 1,
			outcome: 'none',
		};
		await store.db
			.insertInto('event')
			.values([
				{ ...status, provider_event_id: 's1', details: JSON.stringify({ status: 'read', phone: PHONE }) },
				{ ...status, provider_event_id: 's2', details: JSON.stringify({ status: 'read', phone: '+393330000002' }) },
			])
			.execute();
		expect((await exportPerson(store, { number: PHONE })).events).toMatchObject([
			{ kind: 'start' },
			{ kind: 'status', details: { status: 'read', phone: PHONE } },
		]);
	});

	it('reads more than a page of what they said', async () => {
		const { store, clock } = context();
		await say('START');
		const { id } = await store.db.selectFrom('identity').select('id').executeTakeFirstOrThrow();
		const row = {
			provider: 'meta' as const,
			kind: 'help',
			channel: 'whatsapp' as const,
			identity_id: id,
			received_at: 1,
			details: '{}',
			applied: 1,
			outcome: 'help',
		};
		for (let page = 0; page < 6; page++) {
			await store.db
				.insertInto('event')
				.values(
					Array.from({ length: 200 }, (_, index) => ({
						...row,
						effective_at: clock.now() + (index % 3),
						provider_event_id: `h${page}-${index}`,
					})),
				)
				.execute();
		}
		expect(new Set((await exportPerson(store, { number: PHONE })).events.map((event) => event['id'])).size).toBe(1_201);
	});
});
