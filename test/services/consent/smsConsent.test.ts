import { NO_LIMITS } from '../../../domain/invitationLimits';
import { exportPerson } from '../../../services/rights/exportPerson';
import { createCampaign, previewCampaign } from '../../../services/sending/campaigns';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { invite } from '../../../services/invitations/invite';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { importFile } from '../../support/contactFiles';
import { campaign, messages } from '../../support/delivery';
import { deliver, message, PHONE, seen, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const numberOf = (person: number): string => `+3933300000${String(person).padStart(2, '0')}`;

describeStores('Consent to SMS', (context) => {
	beforeEach(async () => {
		await createOrUpdateSender(context().store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: true,
		});
	});
	const say = async (text: string, channel: 'whatsapp' | 'sms', phone = PHONE) => {
		context().clock.advance(1_000);
		await deliver(context().store, message(text, { channel, phone }));
	};
	/** What keeps an SMS from this number, or `yes`. */
	const maySend = async (purpose: 'advertisement' | 'service', phone = PHONE) => {
		const { leftOut } = await previewCampaign(
			context().store,
			campaign({ purpose, channels: 'sms', groups: [], numbers: [phone] }),
		);
		return Object.keys(leftOut)[0] ?? 'yes';
	};
	const actions = async (phone = PHONE) =>
		(await exportPerson(context().store, { number: phone })).records.map(({ details }) => details?.['action']);

	it('comes from the form where it covers SMS, with its evidence in the ledger', async () => {
		const { store } = context();
		const { text } = await invite(store, {
			sender: '',
			number: PHONE,
			origin: 'form',
			limits: NO_LIMITS,
			evidence: { smsConsent: true, consentText: 'Yes, by SMS', formVersion: '3', address: '192.0.2.1' },
		});
		expect(await maySend('advertisement')).toBe('no SMS consent');
		await say(text ?? '', 'whatsapp');
		expect((await seen(store)).contacts).toMatchObject([{ sms_number: PHONE, sms_consent_source: 'form' }]);
		expect(await maySend('advertisement')).toBe('yes');
		const [record] = (await exportPerson(store, { number: PHONE })).records;
		expect(record?.details).toMatchObject({
			action: 'invited',
			evidence: { smsConsent: true, consentText: 'Yes, by SMS', formVersion: '3', address: '192.0.2.1' },
		});
	});

	it('comes from START by SMS, and from no other SMS', async () => {
		const { store } = context();
		await say('hello', 'sms');
		expect(await maySend('advertisement')).toBe('no SMS consent');
		await say('START', 'sms');
		expect((await seen(store)).contacts).toMatchObject([
			{ sms_number: PHONE, sms_consent_source: 'START by SMS', sms_consent_at: context().clock.now() },
		]);
		expect(await maySend('advertisement')).toBe('yes');
		expect(await actions()).toEqual(['start']);
	});

	it('comes by hand with a source and its date, which the ledger keeps', async () => {
		const { store, clock } = context();
		const at = clock.now() - 86_400_000;
		const made = await createOrUpdateContact(store, { smsNumber: PHONE, smsConsent: { source: 'paper form', at } });
		expect(made).toMatchObject({
			smsConsentSource: 'paper form',
			smsConsentAt: new Date(at).toISOString(),
			smsConsentRefused: null,
		});
		expect(await maySend('advertisement')).toBe('yes');
		const [record] = (await exportPerson(store, { number: PHONE })).records;
		expect(record?.details).toMatchObject({
			action: 'smsConsent',
			source: 'operator',
			effectiveAt: at,
			evidence: { source: 'paper form' },
		});
		await createOrUpdateContact(store, { smsNumber: PHONE, smsConsent: { source: 'another' } });
		expect(await actions()).toEqual(['smsConsent', 'exported']);
	});

	it.each(['', '  '])('by hand without a source (%j) is refused, and makes no contact', async (source) => {
		const { store } = context();
		await expect(createOrUpdateContact(store, { smsNumber: PHONE, smsConsent: { source } })).rejects.toThrow(
			/needs a source/,
		);
		expect((await seen(store)).contacts).toEqual([]);
	});

	it.each(['sms', 'whatsapp'] as const)(
		'by hand is not recorded against a STOP by %s: the contact is kept, and the result says why',
		async (channel) => {
			const { store } = context();
			await say('STOP', channel);
			const kept = await createOrUpdateContact(store, {
				smsNumber: PHONE,
				name: 'Anna',
				smsConsent: { source: 'old list' },
			});
			expect(kept).toMatchObject({
				created: true,
				name: 'Anna',
				smsConsentAt: null,
				smsConsentRefused: expect.stringMatching(/said STOP/) as string,
			});
			await say('START', 'whatsapp');
			expect(await maySend('advertisement')).toBe(channel === 'sms' ? 'opted out' : 'no SMS consent');
		},
	);

	it('by hand is not recorded against a STOP said at the other number of the contact', async () => {
		const { store } = context();
		await say('STOP', 'whatsapp', numberOf(1));
		await createOrUpdateContact(store, { whatsAppNumber: numberOf(1) });
		const kept = await createOrUpdateContact(store, {
			whatsAppNumber: numberOf(1),
			smsNumber: PHONE,
			smsConsent: { source: 'old list' },
		});
		expect(kept).toMatchObject({
			smsNumber: PHONE,
			smsConsentAt: null,
			smsConsentRefused: expect.any(String) as string,
		});
	});

	it('without an SMS number is not recorded', async () => {
		expect(
			await createOrUpdateContact(context().store, { whatsAppNumber: PHONE, smsConsent: { source: 'paper' } }),
		).toMatchObject({ smsConsentAt: null, smsConsentRefused: expect.stringMatching(/no SMS number/) as string });
	});

	it('decides who gets advertising: only those who gave it, and no longer once they said STOP anywhere', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		for (let person = 0; person < 5; person++) {
			await createOrUpdateContact(store, {
				smsNumber: numberOf(person),
				groups: ['news'],
				...(person > 0 && { smsConsent: { source: 'paper' } }),
			});
		}
		await say('STOP', 'sms', numberOf(2));
		await say('STOP', 'whatsapp', numberOf(3));
		await createCampaign(store, campaign({ channels: 'sms' }));
		expect((await messages(store)).map(({ recipient, state, reason }) => [recipient, state, reason])).toEqual([
			[numberOf(0), 'skipped', 'no SMS consent'],
			[numberOf(1), 'queued', null],
			[numberOf(2), 'skipped', 'opted out'],
			[numberOf(3), 'skipped', 'opted out'],
			[numberOf(4), 'queued', null],
		]);
	});

	it('ends by STOP by SMS with all SMS; STOP by WhatsApp blocks advertising and leaves Service SMS', async () => {
		await say('START', 'sms');
		await say('STOP', 'whatsapp');
		expect([await maySend('advertisement'), await maySend('service')]).toEqual(['opted out', 'yes']);
		await say('STOP', 'sms');
		expect([await maySend('advertisement'), await maySend('service')]).toEqual(['opted out', 'opted out']);
		await say('START', 'whatsapp');
		expect([await maySend('advertisement'), await maySend('service')]).toEqual(['opted out', 'opted out']);
		await say('START', 'sms');
		expect([await maySend('advertisement'), await maySend('service')]).toEqual(['yes', 'yes']);
	});

	it('lies in the ledger in one shape, entered by hand or read from a file', async () => {
		const { store } = context();
		const [byHand, byFile] = [numberOf(1), numberOf(2)];
		await createOrUpdateContact(store, {
			smsNumber: byHand,
			smsConsent: { source: 'paper form', at: Date.UTC(2026, 4, 3) },
		});
		await importFile(store, `Phone,Consent source,Consent date\n${byFile},paper form,2026-05-03\n`);
		const rows = await store.db.selectFrom('consent_record').select('details').orderBy('id').execute();
		const details = rows
			.map((row) => JSON.parse(row.details ?? '') as { evidence: object })
			.filter((each) => 'action' in each && each.action === 'smsConsent');
		const shape = {
			action: 'smsConsent',
			outcome: 'smsConsent',
			applied: true,
			channel: 'sms',
			source: 'operator',
			effectiveAt: Date.UTC(2026, 4, 3),
		};
		const evidence = { source: 'paper form', contactId: expect.any(Number) as number };
		expect(details).toEqual([
			{ ...shape, phone: byHand, evidence: { ...evidence, means: 'hand' } },
			{ ...shape, phone: byFile, evidence: { ...evidence, means: 'import' } },
		]);
	});
});
