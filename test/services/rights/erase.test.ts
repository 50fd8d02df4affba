import { NO_LIMITS } from '../../../domain/invitationLimits';
import { referenceOf } from '../../../domain/reference';
import { createCampaign, previewCampaign } from '../../../services/sending/campaigns';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { erasePerson } from '../../../services/rights/erase';
import { exportPerson } from '../../../services/rights/exportPerson';
import { addContactToGroup, createOrUpdateGroup } from '../../../services/contacts/groups';
import { invite } from '../../../services/invitations/invite';
import { checkRegistrations } from '../../../services/registrations/registrations';
import { sendMessage } from '../../../services/sending/sendAndReply';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { settleStatuses } from '../../../services/sending/settleStatuses';
import { campaign, FakeProvider, messages } from '../../support/delivery';
import { consentTables, deliver, message, PHONE, seen, SENDER_PHONE } from '../../support/inbound';
import { everything } from '../../support/rights';
import { describeStores } from '../../support/stores';

const USER_ID = 'IT.123456';
const SMS_SENDER = '+393200000001';

describeStores('Erasing a person', (context) => {
	const say = async (text: string, told: Parameters<typeof message>[1] = {}) => {
		const { store, clock } = context();
		clock.advance(1_000);
		await deliver(store, message(text, told));
		return await seen(store);
	};
	const sms = async (purpose: 'service' | 'advertisement', key: string, to = PHONE) => {
		const { store } = context();
		const provider = new FakeProvider(store, 'websms');
		const sent = await sendMessage(
			store,
			{ websms: provider, meta: provider },
			{
				channel: 'sms',
				sender: SMS_SENDER,
				to,
				purpose,
				content: { type: 'text', body: `Dear Anna ${key}` },
				idempotencyKey: key,
			},
		);
		return { ...sent, requests: provider.requests.length };
	};
	const erase = async (number = PHONE) => {
		context().clock.advance(1_000);
		return await erasePerson(context().store, { number });
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
		await createOrUpdateSender(store, {
			phone: SMS_SENDER,
			provider: 'websms',
			sendsWhatsApp: false,
			sendsSms: true,
			country: 'IT',
		});
		await createOrUpdateGroup(store, { shortcode: 'news' });
	});

	it('takes away everything kept of them, in every table, and the ledger still verifies', async () => {
		const { store } = context();
		await invite(store, {
			sender: SENDER_PHONE,
			number: PHONE,
			groups: ['news'],
			origin: 'form',
			limits: NO_LIMITS,
			evidence: { consentText: 'Yes', address: '192.0.2.7', userAgent: 'Firefox' },
		});
		await say('START NEWS', { whatsAppUserId: USER_ID, id: `wamid.${PHONE}`, profileName: 'Anna Rossi' });
		await createOrUpdateContact(store, {
			whatsAppNumber: PHONE,
			smsNumber: PHONE,
			fields: { city: 'Bolzano' },
			smsConsent: { source: 'paper' },
		});
		await sms('advertisement', `key of ${PHONE}`);
		await createCampaign(
			store,
			campaign({
				channels: 'sms',
				smsSender: SMS_SENDER,
				whatsAppSender: SENDER_PHONE,
				numbers: [PHONE],
				groups: [],
				content: { type: 'text', body: 'Dear {{name}}' },
			}),
		);
		await say('I live at Via Roma 1', { whatsAppUserId: USER_ID });
		const erasure = await erase();
		expect(erasure).toMatchObject({
			found: true,
			withdrawn: 1,
			unfinished: false,
			optOutKept: ['all'],
			erased: { contacts: 1, memberships: 1, registrations: 1, invitations: 1, messages: 2, campaigns: 1 },
		});
		expect(JSON.stringify(erasure)).not.toContain(PHONE);
		const left = await everything(store);
		for (const trace of [PHONE, PHONE.slice(1), USER_ID, 'Anna', 'Bolzano', 'Via Roma', '192.0.2.7', 'Firefox'])
			expect(left).not.toContain(trace);
		expect(await verifyConsent(store)).toMatchObject({ valid: true, broken: [] });
		expect((await messages(store)).map(({ state }) => state).sort()).toEqual(['accepted', 'skipped']);
	});

	it('keeps their STOP by SMS: neither send nor campaign nor import reaches the number', async () => {
		const { store } = context();
		await say('STOP', { channel: 'sms', senderPhone: SMS_SENDER });
		await erase();
		expect(await sms('service', 'one')).toMatchObject({ state: 'skipped', reason: 'opted out', requests: 0 });
		const { id } = await createOrUpdateContact(store, { smsNumber: PHONE, whatsAppNumber: PHONE });
		expect(await sms('advertisement', 'two')).toMatchObject({ state: 'skipped', reason: 'opted out', requests: 0 });
		await addContactToGroup(store, { group: 'news', contactId: id });
		const { counts, leftOut } = await createCampaign(
			store,
			campaign({ channels: 'sms', smsSender: SMS_SENDER, whatsAppSender: SENDER_PHONE }),
		);
		expect({ queued: counts.queued, leftOut }).toEqual({ queued: 0, leftOut: { 'opted out': 1 } });
		expect(await checkRegistrations(store, { sender: SENDER_PHONE, numbers: [PHONE] })).toMatchObject([
			{ registered: false, reason: 'opted out' },
		]);
	});

	it('refuses advertising afterwards also to somebody who had not opted out, and permits Service SMS', async () => {
		const { store } = context();
		await say('START');
		await erase();
		await createOrUpdateContact(store, { smsNumber: PHONE, smsConsent: { source: 'old list' } });
		expect(await sms('advertisement', 'one')).toMatchObject({ state: 'skipped', reason: 'opted out' });
		expect(await sms('service', 'two')).toMatchObject({ state: 'accepted' });
	});

	it('is known to a preview, which makes nobody', async () => {
		const { store } = context();
		await say('STOP', { channel: 'sms', senderPhone: SMS_SENDER });
		await erase();
		const { id } = await createOrUpdateContact(store, { smsNumber: PHONE, whatsAppNumber: PHONE });
		await addContactToGroup(store, { group: 'news', contactId: id });
		for (const purpose of ['advertisement', 'service'] as const) {
			const { leftOut } = await previewCampaign(
				store,
				campaign({ purpose, channels: 'whatsappElseSms', smsSender: SMS_SENDER, whatsAppSender: SENDER_PHONE }),
			);
			expect(leftOut).toEqual({ 'opted out': 1 });
		}
		expect(await seen(store)).toMatchObject({ identity: undefined });
	});

	it('keeps STOP NEWS, so that the group stays barred', async () => {
		const { store } = context();
		await say('START NEWS');
		await say('STOP NEWS');
		await erase();
		const { id } = await createOrUpdateContact(store, { smsNumber: PHONE });
		await expect(addContactToGroup(store, { group: 'news', contactId: id })).rejects.toThrow(/left the group/);
	});

	it('lets their START begin anew, with a chain of its own', async () => {
		const { store } = context();
		await say('START');
		await say('STOP');
		await erase();
		expect((await say('hello')).registrations).toEqual([]);
		expect((await say('START')).registrations).toEqual(['active']);
		const { records, valid } = await exportPerson(store, { number: PHONE });
		expect(valid).toBe(true);
		expect(records.map(({ details }) => details?.['action'])).toEqual(['carriedOptOut', 'start']);
		expect((await verifyConsent(store)).broken).toEqual([]);
		expect(await checkRegistrations(store, { sender: SENDER_PHONE, numbers: [PHONE] })).toMatchObject([
			{ registered: true },
		]);
	});

	it('does not come back by what was said before and arrives late; a late STOP holds', async () => {
		const { store, clock } = context();
		await say('START', { id: 'wamid.1' });
		const before = clock.now();
		await erase();
		const tables = async () => ({ ...(await consentTables(store)), events: [], records: [], counters: [] });
		const erased = await tables();
		await deliver(store, message('START', { id: 'wamid.1', at: before }));
		await deliver(store, message('secret words', { id: 'wamid.2', at: before }));
		expect(await tables()).toEqual(erased);
		await deliver(store, message('STOP', { id: 'wamid.3', at: before, channel: 'sms', senderPhone: SMS_SENDER }));
		expect(await tables()).toEqual(erased);
		expect(await sms('service', 'one')).toMatchObject({ state: 'skipped', reason: 'opted out' });
		expect(await everything(store)).not.toContain('secret words');
		expect((await verifyConsent(store)).broken).toEqual([]);
	});

	it('does not come back by a late status, which still moves the message', async () => {
		const { store } = context();
		const { messageId } = await sms('service', 'one');
		await erase();
		const status = {
			kind: 'status' as const,
			providerEventId: 's',
			channel: 'sms' as const,
			sender: { phone: SMS_SENDER, providerSenderId: null },
			reference: referenceOf(store.id, messageId),
			batchReference: null,
			providerMessageId: `wamid.${PHONE}`,
			recipientPhone: PHONE,
			status: 'delivered' as const,
			deliveredAs: 'sms' as const,
			error: null,
			at: null,
		};
		await settleStatuses(store, [status]);
		expect(await messages(store)).toMatchObject([{ state: 'delivered', recipient: null }]);
		expect(await everything(store)).not.toContain(PHONE);
	});

	it('sends nothing a second time under a key used before', async () => {
		const { store } = context();
		const { messageId } = await sms('service', 'one');
		await erase();
		expect(await sms('service', 'one')).toMatchObject({ messageId, repeated: true, requests: 0 });
		expect(await everything(store)).not.toContain(PHONE);
	});

	it('holds for both halves and for the numbers of the same contact', async () => {
		const { store } = context();
		const other = '+393339999999';
		await say('START', { whatsAppUserId: USER_ID });
		await createOrUpdateContact(store, { whatsAppNumber: PHONE, smsNumber: other, smsConsent: { source: 'paper' } });
		await say('STOP', { phone: null, whatsAppUserId: USER_ID });
		await erase(USER_ID);
		expect(await everything(store)).not.toMatch(/333999|333123|IT\.123/);
		await createOrUpdateContact(store, { smsNumber: other, smsConsent: { source: 'list' } });
		expect(await sms('advertisement', 'one', other)).toMatchObject({ reason: 'opted out' });
		await say('hello', { phone: null, whatsAppUserId: USER_ID });
		expect(await store.db.selectFrom('registration').selectAll().execute()).toEqual([]);
	});

	it('waits for what is on its way, and frees a place for those who wait', async () => {
		const { store } = context();
		await createOrUpdateSender(store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			packageLimit: 1,
		});
		await say('START');
		await say('START', { phone: '+393330000002' });
		expect((await seen(store, '+393330000002')).registrations).toEqual(['waiting']);
		const provider = new FakeProvider(store, 'meta');
		provider.delayMs = 400;
		const sending = sendMessage(
			store,
			{ meta: provider },
			{
				channel: 'whatsapp',
				sender: SENDER_PHONE,
				to: PHONE,
				purpose: 'service',
				content: { type: 'text', body: 'Hi' },
				idempotencyKey: 'k',
			},
		);
		while (provider.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		expect(await erase()).toMatchObject({ unfinished: false, erased: { messages: 1 } });
		await sending;
		expect((await messages(store)).map(({ state, recipient }) => [state, recipient])).toEqual([['accepted', null]]);
		expect((await seen(store, '+393330000002')).registrations).toEqual(['active']);
		expect(await everything(store)).not.toContain(PHONE);
	});

	it('of whom nothing is kept changes nothing, and needs the whole number', async () => {
		const { store } = context();
		const before = await everything(store);
		expect(await erase()).toMatchObject({ found: false });
		expect(await everything(store)).toBe(before);
		await expect(erasePerson(store, { number: '333 1234567' })).rejects.toThrow(/whole number/);
	});

	it('meets START, STOP and a message at the same moment, and ends with no permission that STOP denies', async () => {
		const { store, clock } = context();
		await say('START');
		clock.advance(1_000);
		await Promise.all([
			deliver(store, message('STOP', { channel: 'sms', senderPhone: SMS_SENDER })),
			erasePerson(store, { number: PHONE }),
			deliver(store, message('START')),
		]);
		expect(await sms('service', 'one')).toMatchObject({ state: 'skipped', reason: 'opted out' });
		expect((await verifyConsent(store)).broken).toEqual([]);
	});
});
