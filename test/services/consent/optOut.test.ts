import { setTimeout as wait } from 'node:timers/promises';

import { createOrUpdateContact, deleteContact } from '../../../services/contacts/contacts';
import { addContactToGroup, createOrUpdateGroup, removeContactFromGroup } from '../../../services/contacts/groups';
import { createOrUpdateSender } from '../../../services/senders/senders';
import {
	consentTables,
	deliver,
	eventsOf,
	message,
	PHONE,
	preference,
	seen,
	SENDER_PHONE,
} from '../../support/inbound';
import { describeStores } from '../../support/stores';

const HOUR_MS = 60 * 60_000;
const OTHER_SENDER = '+390299999999';

describeStores('Opting out', (context) => {
	const say = async (text: string, told: Parameters<typeof message>[1] = {}) => {
		const { store, clock } = context();
		clock.advance(1_000);
		await deliver(store, message(text, told));
		return await seen(store);
	};
	const queue = async (more: Record<string, unknown> = {}) => {
		const { store } = context();
		const { identity, registration } = await seen(store);
		const row = {
			campaign_id: null,
			group_id: 0,
			sender_id: registration?.sender_id ?? 1,
			channel: 'whatsapp' as const,
			purpose: 'advertisement' as const,
		};
		const inserted = await store.db
			.insertInto('message')
			.values({
				...row,
				identity_id: identity?.id ?? null,
				recipient: PHONE,
				state: 'queued',
				due_at: 1,
				created_at: 1,
				state_at: 1,
				...more,
			})
			.returning('id')
			.executeTakeFirstOrThrow();
		return inserted.id;
	};
	const messageStates = async () => {
		const rows = await context().store.db.selectFrom('message').select(['state', 'reason']).orderBy('id').execute();
		return rows.map(({ state }) => state);
	};

	it('by STOP NEWS leaves that group only', async () => {
		const { store } = context();
		for (const shortcode of ['news', 'sport']) await createOrUpdateGroup(store, { shortcode });
		await say('START NEWS');
		await say('START SPORT');
		const person = await say('STOP NEWS');
		expect(person).toMatchObject({ registrations: ['active'], groups: ['sport'] });
		expect((await eventsOf(store)).at(-1)).toMatchObject({ outcome: 'leftGroup', output: 'optOut' });
	});

	it('by STOP NEWS bars adding the contact again by hand, until START NEWS', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		const contactId = (await say('START')).contacts[0]?.id ?? 0;
		await addContactToGroup(store, { group: 'news', contactId });
		expect((await say('STOP NEWS')).groups).toEqual([]);
		await expect(addContactToGroup(store, { group: 'news', contactId })).rejects.toThrow(/START NEWS/);
		await say('START');
		await expect(addContactToGroup(store, { group: 'news', contactId })).rejects.toThrow(/left the group/);
		expect((await say('START NEWS')).groups).toEqual(['news']);
		await removeContactFromGroup(store, { group: 'news', contactId });
		expect(await addContactToGroup(store, { group: 'news', contactId })).toMatchObject({ added: true });
	});

	it('by STOP ends the registration, deletes no contact, and keeps the groups the operator chose', async () => {
		const { store } = context();
		for (const shortcode of ['news', 'customers']) await createOrUpdateGroup(store, { shortcode });
		const contactId = (await say('START NEWS')).contacts[0]?.id ?? 0;
		await addContactToGroup(store, { group: 'customers', contactId });
		const person = await say('STOP');
		expect(person).toMatchObject({
			registrations: ['ended'],
			groups: ['customers'],
			words: { all: 'out' },
			registration: { ended_by: 'person' },
		});
		expect(person.contacts.map(({ id }) => id)).toEqual([contactId]);
		expect((await eventsOf(store)).at(-1)).toMatchObject({ outcome: 'optedOut', output: 'optOut' });
		expect((await say('START')).groups).toEqual(['customers']);
	});

	it('by STOP and a group that does not exist ends the whole registration', async () => {
		await say('START');
		expect(await say('STOP please')).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
	});

	it('by someone unknown is recorded, and nothing is made', async () => {
		const { store } = context();
		const person = await say('STOP');
		expect(person).toMatchObject({ registrations: [], contacts: [], words: { all: 'out' } });
		expect(await eventsOf(store)).toMatchObject([{ outcome: 'optedOut', output: 'optOut' }]);
		expect((await consentTables(store)).records).toHaveLength(1);
	});

	it('lets only START register within 24 hours, and any message after that', async () => {
		const { clock } = context();
		await say('START');
		await say('STOP');
		expect((await say('thanks, bye')).registrations).toEqual(['ended']);
		clock.advance(24 * HOUR_MS - 3_000);
		expect((await say('hello?')).registrations).toEqual(['ended']);
		clock.advance(2_000);
		expect(await say('hello again')).toMatchObject({ registrations: ['active'], words: { all: 'in' } });
		await say('STOP');
		expect((await say('START')).registrations).toEqual(['active']);
	});

	it.each([
		['keywordOnly', 'any message', []],
		['keywordOrInvitation', 'any message', []],
		['keywordOnly', 'START', ['active']],
		['keywordOrInvitation', 'START', ['active']],
		['anyMessage', 'any message', ['active']],
		['anyMessage', 'stop it, I have told you often enough now, please', []],
	] as const)('under the policy %s "%s" leads to %j', async (policy, text, expected) => {
		await createOrUpdateSender(context().store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			policy,
		});
		expect((await say(text)).registrations).toEqual(expected);
	});

	it('at all senders, or only at the one written to where that is its setting', async () => {
		const { store } = context();
		await say('START');
		await say('START', { senderPhone: OTHER_SENDER });
		expect((await say('STOP')).registrations).toEqual(['ended', 'ended']);
		await say('START');
		await say('START', { senderPhone: OTHER_SENDER });
		await createOrUpdateSender(store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			stopScope: 'thisSender',
		});
		expect((await say('STOP')).registrations).toEqual(['ended', 'active']);
	});

	it('by SMS blocks SMS as well; START by SMS is consent to SMS and completes the contact', async () => {
		const { store } = context();
		await say('START');
		expect(await say('STOP', { channel: 'sms' })).toMatchObject({
			registrations: ['ended'],
			words: { all: 'out', sms: 'out' },
		});
		expect(await say('START')).toMatchObject({ registrations: ['active'], words: { all: 'in', sms: 'out' } });
		const person = await say('START', { channel: 'sms' });
		expect(person.words).toMatchObject({ all: 'in', sms: 'in' });
		expect(person.contacts).toMatchObject([
			{ sms_number: PHONE, whatsapp_number: PHONE, sms_consent_source: 'START by SMS' },
		]);
		expect((await eventsOf(store)).at(-1)).toMatchObject({ outcome: 'smsConsent', output: 'optIn' });
	});

	it("through Meta's own switch ends that sender's advertising and leaves the registration; switching it on again registers nobody", async () => {
		const { store, clock } = context();
		await say('START');
		clock.advance(1_000);
		await deliver(store, preference('stop'));
		const off = await seen(store);
		expect(off.registrations).toEqual(['active']);
		expect(off.words).toMatchObject({ [`marketing:${off.registration?.sender_id}`]: 'out' });
		expect((await eventsOf(store)).at(-1)).toMatchObject({ outcome: 'marketingOff', output: 'optOut' });
		clock.advance(1_000);
		await deliver(store, preference('resume'));
		const person = await seen(store);
		expect(person.registrations).toEqual(['active']);
		expect(Object.values(person.words)).not.toContain('out');
	});

	it('withdraws what is queued for the person, and nothing of others', async () => {
		const { store } = context();
		await deliver(store, message('START', { phone: '+393330000000' }));
		await say('START');
		const other = await seen(store, '+393330000000');
		await queue();
		await queue({ purpose: 'service' });
		await queue({ channel: 'sms', identity_id: null });
		await queue({ channel: 'sms', identity_id: null, purpose: 'service' });
		await queue({ identity_id: other.identity?.id, recipient: '+393330000000' });
		await say('STOP');
		const [advertisement, service, smsAdvertisement, smsService, ofOther] = await messageStates();
		expect([advertisement, service, smsAdvertisement]).not.toContain('queued');
		expect([smsService, ofOther]).toEqual(['queued', 'queued']);
		await say('STOP', { channel: 'sms' });
		expect((await messageStates())[3]).not.toBe('queued');
	});

	it('withdraws what is queued for the other number of the same contact, too, where it is advertising', async () => {
		const { store } = context();
		await say('START');
		const contact = await createOrUpdateContact(store, { whatsAppNumber: PHONE, smsNumber: '+393337777777' });
		await queue({ channel: 'sms', identity_id: null, contact_id: contact.id, recipient: '+393337777777' });
		await say('STOP');
		expect(await messageStates()).not.toContain('queued');
	});

	it('is acknowledged only when what is on its way to the person has been answered', async () => {
		const { store } = context();
		await say('START');
		const id = await queue({ state: 'sending', marked_at: 1 });
		const order: string[] = [];
		const acknowledged = deliver(store, message('STOP', { at: context().clock.now() })).then(() =>
			order.push('acknowledged'),
		);
		while ((await seen(store)).registrations[0] !== 'ended') await wait(5);
		await wait(60);
		order.push('answered');
		await store.db.updateTable('message').set({ state: 'accepted' }).where('id', '=', id).execute();
		await acknowledged;
		expect(order).toEqual(['answered', 'acknowledged']);
	});

	it('by STOP NEWS withdraws what is queued for that group only', async () => {
		const { store } = context();
		const { id } = await createOrUpdateGroup(store, { shortcode: 'news' });
		await say('START NEWS');
		await queue({ group_id: id });
		await queue({ group_id: 0 });
		await say('STOP NEWS');
		const [news, rest] = await messageStates();
		expect(news).not.toBe('queued');
		expect(rest).toBe('queued');
	});

	it('twice is told as one that was there already', async () => {
		const { store } = context();
		await say('START');
		await say('STOP');
		await say('STOP');
		expect((await eventsOf(store)).map(({ outcome }) => outcome)).toEqual([
			'registered',
			'optedOut',
			'alreadyOptedOut',
		]);
	});

	it('to a sender we do not know still holds everywhere; a START to it is kept and registers nobody', async () => {
		const { store } = context();
		await say('START');
		const nowhere = { senderPhone: null, providerSenderId: 'unheard-of' };
		expect(await say('STOP', nowhere)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
		await say('START', nowhere);
		expect((await seen(store)).registrations).toEqual(['ended']);
		expect((await eventsOf(store)).at(-1)).toMatchObject({ outcome: 'unknownSender' });
	});

	it('and opting in out of order end in the newest state', async () => {
		const { store, clock } = context();
		const at = clock.now();
		clock.advance(HOUR_MS);
		await deliver(store, message('STOP', { at: at + 2_000 }));
		await deliver(store, message('START', { at: at + 1_000 }));
		expect(await seen(store)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
		expect((await eventsOf(store)).at(-1)).toMatchObject({
			kind: 'start',
			applied: false,
			outcome: 'none',
			output: 'message',
		});
		await deliver(store, message('START', { at: at + 4_000 }));
		await deliver(store, message('STOP', { at: at + 3_000 }));
		expect(await seen(store)).toMatchObject({ registrations: ['active'], words: { all: 'in' } });
		expect((await eventsOf(store)).at(-1)).toMatchObject({ kind: 'stop', applied: false, output: 'message' });
	});

	it('takes back a registration by a message that turns out to have come right after a STOP', async () => {
		const { store, clock } = context();
		const at = clock.now();
		clock.advance(HOUR_MS);
		await deliver(store, message('thanks', { at: at + 2_000 }));
		expect((await seen(store)).registrations).toEqual(['active']);
		await deliver(store, message('STOP', { at: at + 1_000 }));
		const person = await seen(store);
		expect(person.registrations).not.toContain('active');
		expect(person.words).toEqual({ all: 'out' });
	});

	it('in the future by the clock of the provider counts as now', async () => {
		const { store, clock } = context();
		await deliver(store, message('STOP', { at: clock.now() + 1_000 * HOUR_MS }));
		clock.advance(2_000);
		expect((await say('START')).registrations).toEqual(['active']);
		expect(
			(await store.db.selectFrom('event').select('effective_at').executeTakeFirstOrThrow()).effective_at,
		).toBeLessThan(clock.now());
	});

	it('and opting in at the same moment by several requests leaves one state, the opt-out', async () => {
		const { store, clock } = context();
		await say('START');
		const at = clock.now() + 1_000;
		clock.advance(5_000);
		await Promise.all(
			[message('START', { at }), message('STOP', { at }), message('hello', { at }), message('START', { at })].map(
				(each) => deliver(store, each),
			),
		);
		expect(await seen(store)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
	});

	it('outlives the contact: deleting it leaves the registration valid, and an opt-out in force', async () => {
		const { store } = context();
		const contactId = (await say('START')).contacts[0]?.id ?? 0;
		await deleteContact(store, { contactId });
		expect(await seen(store)).toMatchObject({ registrations: ['active'], contacts: [] });
		await say('STOP');
		await createOrUpdateContact(store, {
			whatsAppNumber: PHONE,
			smsNumber: PHONE,
			smsConsent: { source: 'import of 2026' },
		});
		expect(await seen(store)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
	});
});
