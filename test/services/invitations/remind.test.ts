import { NO_LIMITS } from '../../../domain/invitationLimits';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { invite, type InviteInput } from '../../../services/invitations/invite';
import { registerByHand } from '../../../services/registrations/registrations';
import { remind } from '../../../services/invitations/remind';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { consentTables, deliver, message, PHONE, preference, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const HOUR_MS = 60 * 60_000;
const phoneOf = (index: number): string => `+39333${String(1_000_000 + index)}`;

describeStores('Reminding', (context) => {
	const setUp = async () => {
		const { store } = context();
		await createOrUpdateSender(store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			providerSenderId: '1066',
			sendsWhatsApp: true,
			sendsSms: false,
			country: 'IT',
		});
		await createOrUpdateGroup(store, { shortcode: 'news', name: 'News' });
		await createOrUpdateGroup(store, { shortcode: 'recipes' });
	};
	const inviteAll = async (count: number, input: Partial<InviteInput> = {}) => {
		for (let index = 0; index < count; index++) {
			await invite(context().store, {
				sender: '',
				number: phoneOf(index),
				groups: ['news'],
				origin: 'form',
				limits: NO_LIMITS,
				evidence: {},
				...input,
			});
		}
	};
	const due = (input: Partial<Parameters<typeof remind>[1]> = {}) =>
		remind(context().store, { sender: '', afterMs: 24 * HOUR_MS, most: 1, limit: 1_000, ...input });
	const phones = async (input?: Parameters<typeof due>[0]) => (await due(input)).map(({ phone }) => phone);

	it('holds nothing back for Meta’s marketing switch: an invitation is no marketing', async () => {
		const { store, clock } = context();
		await setUp();
		await deliver(store, preference('stop', { phone: phoneOf(0) }));
		clock.advance(HOUR_MS);
		await inviteAll(1, { origin: 'operator' });
		clock.advance(25 * HOUR_MS);
		expect(await phones()).toEqual([phoneOf(0)]);
	});

	it('hands out who has not written since so many hours, with everything an SMS in their language needs', async () => {
		const { clock } = context();
		await setUp();
		await inviteAll(1, { groups: ['news', 'recipes'], language: 'de', personFields: { name: 'Anna' } });
		clock.advance(23 * HOUR_MS);
		expect(await due()).toEqual([]);
		clock.advance(2 * HOUR_MS);
		const [reminder] = await due();
		expect(reminder).toMatchObject({
			phone: phoneOf(0),
			name: 'Anna',
			language: 'de',
			group: 'news',
			groupName: 'News',
			groups: ['news', 'recipes'],
			senderPhone: SENDER_PHONE,
			reminder: 1,
		});
		expect(reminder?.link).toBe(`https://wa.me/390212345678?text=START%20NEWS%20${reminder?.code}`);
		expect(reminder?.text).toBe(`START NEWS ${reminder?.code}`);
		expect(reminder?.idempotencyKey).toMatch(/^reminder \d+ \d+$/);
	});

	it.each(['STOP', 'STOP NEWS'])('reminds nobody who said %s by another number of their contact', async (word) => {
		const { store, clock } = context();
		await setUp();
		await inviteAll(2);
		await createOrUpdateContact(store, { smsNumber: phoneOf(0), whatsAppNumber: phoneOf(9) });
		await createOrUpdateContact(store, { smsNumber: phoneOf(8), whatsAppNumber: phoneOf(1) });
		for (const index of [8, 9]) await deliver(store, message(word, { phone: phoneOf(index) }));
		clock.advance(25 * HOUR_MS);
		expect(await phones()).toEqual([]);
	});

	it('reminds a person as often as is said and no more, each time after that while, and never of what has expired', async () => {
		const { clock } = context();
		await setUp();
		await inviteAll(1);
		clock.advance(25 * HOUR_MS);
		expect(await due({ most: 2 })).toMatchObject([{ reminder: 1 }]);
		expect(await due({ most: 2 })).toEqual([]);
		clock.advance(25 * HOUR_MS);
		const [second] = await due({ most: 2 });
		expect(second?.reminder).toBe(2);
		clock.advance(25 * HOUR_MS);
		expect(await due({ most: 2 })).toEqual([]);
		clock.advance(6 * 24 * HOUR_MS);
		expect(await due({ most: 10 })).toEqual([]);
	});

	it('counts anew when somebody whose invitation had expired fills in the form again', async () => {
		const { clock } = context();
		await setUp();
		await inviteAll(1);
		clock.advance(25 * HOUR_MS);
		expect(await due()).toHaveLength(1);
		await inviteAll(1);
		clock.advance(25 * HOUR_MS);
		expect(await due()).toEqual([]);
		clock.advance(8 * 24 * HOUR_MS);
		await inviteAll(1);
		clock.advance(25 * HOUR_MS);
		expect(await due()).toHaveLength(1);
	});

	it.each([
		['registered', ['START']],
		['registered and took themselves out of the group', ['START', 'STOP news']],
		['said STOP', ['STOP']],
		['said STOP to the group they were invited to', ['STOP news']],
		['said START and STOP', ['START', 'STOP']],
	])('never reminds who has %s', async (_, texts) => {
		const { store, clock } = context();
		await setUp();
		await invite(store, {
			sender: '',
			number: PHONE,
			groups: ['news'],
			origin: 'form',
			limits: NO_LIMITS,
			evidence: {},
		});
		for (const text of texts) {
			clock.advance(1_000);
			await deliver(store, message(text));
		}
		clock.advance(25 * HOUR_MS);
		expect(await due()).toEqual([]);
	});

	it('never reminds who stopped SMS, at whichever number of the company, nor who had said STOP before the form', async () => {
		const { store, clock } = context();
		await setUp();
		await deliver(store, message('STOP'));
		clock.advance(1_000);
		await invite(store, { sender: '', number: PHONE, origin: 'form', limits: NO_LIMITS, evidence: {} });
		await inviteAll(1);
		await deliver(store, message('STOP', { phone: phoneOf(0), channel: 'sms', senderPhone: '+393200000001' }));
		clock.advance(25 * HOUR_MS);
		expect(await due()).toEqual([]);
	});

	it('never reminds who came back by WhatsApp after a STOP by SMS, because that STOP still holds for SMS', async () => {
		const { store, clock } = context();
		await setUp();
		await createOrUpdateSender(store, {
			phone: '+390611223344',
			provider: 'meta',
			providerSenderId: '1077',
			sendsWhatsApp: true,
			sendsSms: false,
			country: 'IT',
		});
		await deliver(store, message('STOP', { channel: 'sms', senderPhone: '+393200000001' }));
		clock.advance(1_000);
		await deliver(store, message('START'));
		clock.advance(1_000);
		// At the other number, where they have not registered.
		await invite(store, { sender: '+390611223344', number: PHONE, origin: 'form', limits: NO_LIMITS, evidence: {} });
		await invite(store, {
			sender: '+390611223344',
			number: phoneOf(1),
			origin: 'form',
			limits: NO_LIMITS,
			evidence: {},
		});
		clock.advance(25 * HOUR_MS);
		expect(await phones()).toEqual([phoneOf(1)]);
	});

	it('never reminds who was registered by hand meanwhile', async () => {
		const { store, clock } = context();
		await setUp();
		await inviteAll(2);
		await registerByHand(store, { sender: '', number: phoneOf(0), source: 'paper' });
		clock.advance(25 * HOUR_MS);
		expect(await phones()).toEqual([phoneOf(1)]);
	});

	it('gives each person to one of several who ask at once', async () => {
		const { clock } = context();
		await setUp();
		await inviteAll(30);
		clock.advance(25 * HOUR_MS);
		const handedOut = (await Promise.all(Array.from({ length: 4 }, () => phones()))).flat();
		expect(handedOut).toHaveLength(30);
		expect(new Set(handedOut).size).toBe(30);
	});

	it('hands out so many at a time, the longest waiting first, of one sender where one is named', async () => {
		const { store, clock } = context();
		await setUp();
		await inviteAll(2);
		clock.advance(1_000);
		await createOrUpdateSender(store, {
			phone: '+390611223344',
			provider: 'meta',
			providerSenderId: '1077',
			sendsWhatsApp: true,
			sendsSms: false,
			country: 'IT',
		});
		await invite(store, {
			sender: '+390611223344',
			number: phoneOf(7),
			origin: 'form',
			limits: NO_LIMITS,
			evidence: {},
		});
		clock.advance(25 * HOUR_MS);
		expect(await phones({ sender: '+390611223344' })).toEqual([phoneOf(7)]);
		expect(await phones({ limit: 1 })).toEqual([phoneOf(0)]);
		expect(await phones()).toEqual([phoneOf(1)]);
	});

	it('is in the ledger, which verifies', async () => {
		const { store, clock } = context();
		await setUp();
		await inviteAll(1);
		clock.advance(25 * HOUR_MS);
		await due();
		const { records } = await consentTables(store);
		expect(JSON.parse(records.at(-1)?.details ?? '{}')).toMatchObject({
			action: 'reminded',
			phone: phoneOf(0),
			evidence: { reminder: 1 },
		});
		expect(await verifyConsent(store)).toMatchObject({ valid: true });
	});

	it.each([{ afterMs: 0 }, { afterMs: -1 }, { afterMs: NaN }, { most: 0 }, { most: 11 }])(
		'refuses %o',
		async (input) => {
			await setUp();
			await expect(due(input)).rejects.toThrow(/reminder/i);
		},
	);
});
