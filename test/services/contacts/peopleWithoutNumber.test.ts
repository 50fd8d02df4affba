import { createOrUpdateContact, listContacts } from '../../../services/contacts/contacts';
import { addContactToGroup, createOrUpdateGroup, listGroups } from '../../../services/contacts/groups';
import { mergeContacts } from '../../../services/contacts/merge';
import { erasePerson } from '../../../services/rights/erase';
import { createCampaign, previewCampaign } from '../../../services/sending/campaigns';
import { deliver as deliverCampaigns } from '../../../services/sending/deliver';
import { takeSlots } from '../../../services/sending/slots';
import type { Store } from '../../../store/store';
import { campaign, FakeProvider } from '../../support/delivery';
import { deliver, message, PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const USER_ID = 'IT.AbC123';

async function send(store: Store): Promise<FakeProvider> {
	const provider = new FakeProvider(store);
	for (const { slot, senderId } of (await takeSlots(store, { trigger: 'test' })).slots)
		await deliverCampaigns(store, { meta: provider }, { slot, senderId, runForMs: 2_000 });
	return provider;
}

const states = async (store: Store) =>
	await store.db.selectFrom('message').select(['channel', 'recipient', 'state', 'reason']).orderBy('id').execute();

describeStores('A person without a number', (context) => {
	const say = async (text: string, whatsAppUserId: string | null = USER_ID, phone: string | null = null) => {
		const { store, clock } = context();
		clock.advance(1_000);
		await deliver(store, message(text, { phone, whatsAppUserId, profileName: 'Anna' }));
	};
	const contacts = async () => await listContacts(context().store);
	const members = async (group = 'news') => await listContacts(context().store, { group });

	beforeEach(async () => {
		await createOrUpdateGroup(context().store, { shortcode: 'news' });
	});

	it('who writes START NEWS has a contact with the profile name, is in the group, and is counted', async () => {
		const { store } = context();
		await say('START NEWS');
		expect(await members()).toMatchObject([
			{ name: 'Anna', whatsAppUserId: USER_ID, whatsAppNumber: null, smsNumber: null },
		]);
		expect(await listGroups(store)).toMatchObject([
			{ contacts: 1, reachableBySms: 0, withWhatsAppNumber: 1, registeredForWhatsApp: 1, reachableByWhatsApp: 1 },
		]);
		await say('hello again');
		expect(await contacts()).toHaveLength(1);
	});

	it('gets the campaign of the group at the WhatsApp user id', async () => {
		const { store } = context();
		await say('START NEWS');
		expect((await previewCampaign(store, campaign())).counts.queued).toBe(1);
		await createCampaign(store, campaign());
		const { requests } = await send(store);
		expect(requests.map(({ request }) => request.recipients)).toEqual([
			[{ reference: expect.any(String), phone: null, whatsAppUserId: USER_ID }],
		]);
		expect(await states(store)).toEqual([{ channel: 'whatsapp', recipient: null, state: 'accepted', reason: null }]);
	});

	it.each([
		['whatsapp', 1, {}],
		['both', 1, {}],
		['whatsappElseSms', 1, {}],
		['sms', 0, { 'no number': 1 }],
	] as const)('is planned by %s: %i messages', async (channels, queued, leftOut) => {
		const { store } = context();
		await say('START NEWS');
		await createOrUpdateSmsSender(store);
		const preview = await previewCampaign(store, campaign({ channels }));
		expect({ queued: preview.counts.queued, leftOut: preview.leftOut }).toEqual({ queued, leftOut });
		const made = await createCampaign(store, campaign({ channels }));
		expect({ queued: made.counts.queued, leftOut: made.leftOut }).toEqual({ queued, leftOut });
	});

	it.each(['STOP', 'STOP NEWS'])('gets nothing after %s, queued or planned later', async (stop) => {
		const { store } = context();
		await say('START NEWS');
		await createCampaign(store, campaign());
		await say(stop);
		expect((await send(store)).requests).toEqual([]);
		expect(await states(store)).toMatchObject([{ state: 'skipped', reason: 'opted out' }]);
		const later = await createCampaign(store, campaign({ key: 'summer' }));
		expect(later.counts.queued).toBe(0);
		expect(await listGroups(store)).toMatchObject([{ reachableByWhatsApp: 0 }]);
	});

	it('has the number in the same contact once it is known, and what is queued goes out once', async () => {
		const { store } = context();
		await say('START NEWS');
		await createCampaign(store, campaign());
		await say('hello', USER_ID, PHONE);
		expect(await members()).toMatchObject([{ whatsAppNumber: PHONE, whatsAppUserId: null }]);
		await createCampaign(store, campaign());
		expect((await send(store)).requests).toHaveLength(1);
	});

	describe.each(['whatsapp', 'whatsappElseSms'] as const)('whose number is in the same campaign by %s', (channels) => {
		const plan = async () => {
			const { store } = context();
			await createOrUpdateContact(store, { whatsAppNumber: PHONE, groups: ['news'] });
			await say('START', null, PHONE);
			await say('START NEWS');
			await createOrUpdateSmsSender(store);
			expect((await createCampaign(store, campaign({ channels }))).counts.queued).toBe(2);
			await pace(store, 1_000);
		};
		const pace = async (store: Store, ratePerSecond: number) =>
			await store.db.updateTable('sender').set({ rate_per_second: ratePerSecond }).execute();

		it('gets one message when both turn out to be one person before it is sent', async () => {
			await plan();
			await say('hello', USER_ID, PHONE);
			expect((await send(context().store)).requests).toHaveLength(1);
			expect((await states(context().store)).map(({ reason }) => reason)).toEqual([null, 'duplicate']);
		});

		it.each(['number', 'user id'])('gets no second one by the other way after the one by %s', async (first) => {
			const { store } = context();
			await plan();
			const isLater = (isByNumber: boolean) => (first === 'number') !== isByNumber;
			const later = (await store.db.selectFrom('message').select(['id', 'recipient', 'due_at']).execute()).filter(
				({ recipient }) => isLater(recipient !== null),
			);
			const due = (at: number) =>
				store.db
					.updateTable('message')
					.set({ due_at: at })
					.where(
						'id',
						'in',
						later.map(({ id }) => id),
					)
					.execute();
			await due(Number.MAX_SAFE_INTEGER);
			expect((await send(store)).requests).toHaveLength(1);
			await say('hello', USER_ID, PHONE);
			await due(0);
			expect((await send(store)).requests).toEqual([]);
			expect((await states(store)).map(({ state }) => state).sort()).toEqual(['accepted', 'skipped']);
		});
	});

	it('becomes one with the contact that has the number, whose own entries stay', async () => {
		const { store } = context();
		await say('START NEWS');
		const { id } = await createOrUpdateContact(store, { whatsAppNumber: PHONE, name: 'Anna Rossi' });
		await say('hello', USER_ID, PHONE);
		expect(await contacts()).toMatchObject([{ id, name: 'Anna Rossi', whatsAppNumber: PHONE }]);
		expect((await members()).map((contact) => contact.id)).toEqual([id]);
	});

	it('comes into no group that was left under the number after it was joined without one', async () => {
		await say('START', null, PHONE);
		await say('START NEWS');
		await say('STOP NEWS', null, PHONE);
		await say('hello', USER_ID, PHONE);
		expect(await members()).toEqual([]);
	});

	it('comes into the group that was joined after it was left under the number', async () => {
		await say('START', null, PHONE);
		await say('STOP NEWS', null, PHONE);
		await say('START NEWS');
		await say('hello', USER_ID, PHONE);
		expect(await members()).toMatchObject([{ whatsAppNumber: PHONE }]);
	});

	it('is not put back by hand into a group left by STOP, also through a merge', async () => {
		const { store } = context();
		await say('START NEWS');
		const [{ id } = { id: 0 }] = await contacts();
		await say('STOP NEWS');
		await expect(addContactToGroup(store, { group: 'news', contactId: id })).rejects.toThrow(/STOP/);
		const kept = await createOrUpdateContact(store, { smsNumber: PHONE, groups: ['news'] });
		const merged = await mergeContacts(store, { keptId: kept.id, mergedId: id });
		expect(merged).toMatchObject({ smsNumber: PHONE, whatsAppUserId: USER_ID, groupsRefused: ['news'] });
		expect(await members()).toEqual([]);
	});

	it('who said STOP gets no SMS advertising at a number that a merge gave them', async () => {
		const { store } = context();
		await say('START NEWS');
		const [{ id } = { id: 0 }] = await contacts();
		const kept = await createOrUpdateContact(store, {
			smsNumber: PHONE,
			groups: ['news'],
			smsConsent: { source: 'paper' },
		});
		await mergeContacts(store, { keptId: kept.id, mergedId: id });
		await createOrUpdateSmsSender(store);
		expect((await previewCampaign(store, campaign({ channels: 'sms' }))).counts.queued).toBe(1);
		await say('STOP');
		expect((await previewCampaign(store, campaign({ channels: 'sms' }))).leftOut).toEqual({ 'opted out': 1 });
	});

	it('is gone after Erase by user id, contact and all', async () => {
		const { store } = context();
		await say('START NEWS');
		await erasePerson(store, { number: USER_ID });
		expect(await contacts()).toEqual([]);
	});
});

async function createOrUpdateSmsSender(store: Store): Promise<void> {
	await store.db.updateTable('sender').set({ sends_sms: 1 }).execute();
}
