import {
	cancelCampaign,
	createCampaign,
	getCampaign,
	pauseCampaign,
	previewCampaign,
	resumeCampaign,
} from '../../../services/sending/campaigns';
import { summarise } from '../../../services/reporting/summarise';
import { identityById } from '../../../store/identities';
import { withdrawQueued } from '../../../store/messages';
import type { Store } from '../../../store/store';
import {
	campaign,
	counters,
	messages,
	phone,
	register,
	sayOut,
	seedGroup,
	seedIdentity,
	seedPerson,
	seedSender,
} from '../../support/delivery';
import { describeStores } from '../../support/stores';

// The machine may have much else to do: a test that waits for a rate must not fail for that.
jest.setTimeout(60_000);

/** As a STOP does to what is queued. */
async function sayStop(store: Store, identityId: number): Promise<void> {
	await store.transaction(async (db) => {
		const { phone: own } = (await identityById(db, identityId)) ?? { phone: null };
		await withdrawQueued(db, {
			identityId,
			phones: own === null ? [] : [own],
			contactIds: [],
			reason: 'opted out',
			now: store.now(),
		});
	});
}

/** One person for each thing that matters to planning. */
async function seedAudience(store: Store): Promise<{ senderId: number }> {
	const senderId = await seedSender(store);
	const groupId = await seedGroup(store);
	const inGroup = { groupIds: [groupId] };
	const registered = { ...inGroup, registeredWith: senderId };
	const day = 24 * 60 * 60_000;
	// 1: both, registered. 2: SMS only, with consent. 3: SMS only, without. 4: WhatsApp number, never registered.
	await seedPerson(store, { ...registered, sms: phone(1), whatsApp: phone(1) });
	await seedPerson(store, { ...inGroup, sms: phone(2) });
	await seedPerson(store, { ...inGroup, sms: phone(3), smsConsent: false });
	await seedPerson(store, { ...inGroup, whatsApp: phone(4) });
	// 5: registered, last wrote the day before yesterday. 6: said STOP, registration ended. 7: no number at all.
	await seedPerson(store, { ...registered, sms: phone(5), whatsApp: phone(5), lastInboundAt: store.now() - 2 * day });
	const left = await seedPerson(store, { ...registered, sms: phone(6), whatsApp: phone(6) });
	await store.db
		.updateTable('registration')
		.set({ state: 'ended', ended_by: 'person' })
		.where('identity_id', '=', left.identityId)
		.execute();
	await sayOut(store, left.identityId, 'all');
	await seedPerson(store, inGroup);
	return { senderId };
}

describeStores('Creating a campaign', (context) => {
	it('writes SMS to those who consented and says why for everybody else', async () => {
		const { store } = context();
		await seedAudience(store);
		const made = await createCampaign(store, campaign({ channels: 'sms' }));
		expect(made).toMatchObject({ state: 'running', created: true, total: 7 });
		expect(made.counts.queued).toBe(3);
		expect(made.leftOut).toEqual({ 'no SMS consent': 1, 'no number': 2, 'opted out': 1 });
	});

	it('writes WhatsApp to those registered with an open window and says why for everybody else', async () => {
		const { store } = context();
		await seedAudience(store);
		const made = await createCampaign(store, campaign({ channels: 'whatsapp' }));
		expect(made.counts.queued).toBe(1);
		expect(made.leftOut).toEqual({
			'not registered': 1,
			'outside the 24-hour window': 1,
			'opted out': 1,
			'no number': 3,
		});
	});

	it('writes both ways to who can be reached both ways', async () => {
		const { store } = context();
		await seedAudience(store);
		const made = await createCampaign(store, campaign({ channels: 'both' }));
		expect(await queued(store)).toEqual([
			`sms ${phone(1)}`,
			`sms ${phone(2)}`,
			`sms ${phone(5)}`,
			`whatsapp ${phone(1)}`,
		]);
		expect(made.leftOut).toEqual({
			'no SMS consent': 1,
			'not registered': 1,
			'outside the 24-hour window': 1,
			'opted out': 2,
			'no number': 1,
		});
	});

	it('writes WhatsApp where registered, else SMS, never two messages, and nothing to who left', async () => {
		const { store } = context();
		await seedAudience(store);
		const made = await createCampaign(store, campaign({ channels: 'whatsappElseSms', purpose: 'service' }));
		expect(await queued(store)).toEqual([`sms ${phone(2)}`, `sms ${phone(3)}`, `whatsapp ${phone(1)}`]);
		expect(made.leftOut).toEqual({
			'not registered': 1,
			'outside the 24-hour window': 1,
			'opted out': 1,
			'no number': 1,
		});
		expect(made.total).toBe(7);
	});

	it('turns to SMS for nobody who switched marketing off in WhatsApp, and leaves Service messages as they are', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		const groupId = await seedGroup(store);
		const { identityId } = await seedPerson(store, {
			whatsApp: phone(1),
			sms: phone(1),
			groupIds: [groupId],
			registeredWith: senderId,
		});
		await sayOut(store, identityId, `marketing:${senderId}`);
		const advertising = await createCampaign(store, campaign({ channels: 'whatsappElseSms' }));
		expect(advertising).toMatchObject({ counts: { queued: 0 }, leftOut: { 'opted out': 1 } });
		await createCampaign(store, campaign({ key: 'service', channels: 'whatsappElseSms', purpose: 'service' }));
		expect(await queued(store)).toEqual([`whatsapp ${phone(1)}`]);
	});

	it('sends a template outside the window', async () => {
		const { store } = context();
		await seedAudience(store);
		const made = await createCampaign(
			store,
			campaign({ content: { type: 'template', name: 'sale', language: 'it', bodyParameters: [] } }),
		);
		expect(made.counts.queued).toBe(2);
	});

	it('permits Service by SMS without consent, but not against a STOP by SMS', async () => {
		const { store } = context();
		await seedAudience(store);
		await sayOut(store, await seedIdentity(store, phone(2)), 'sms');
		const made = await createCampaign(store, campaign({ channels: 'sms', purpose: 'service' }));
		expect(await queued(store)).toEqual([`sms ${phone(1)}`, `sms ${phone(3)}`, `sms ${phone(5)}`, `sms ${phone(6)}`]);
		expect(made.leftOut).toEqual({ 'opted out': 1, 'no number': 2 });
	});

	it('takes a STOP said on either number for both', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		const groupId = await seedGroup(store);
		await seedPerson(store, { sms: phone(1), whatsApp: phone(2), groupIds: [groupId], registeredWith: senderId });
		await sayOut(store, await seedIdentity(store, phone(1)), 'all');
		const made = await createCampaign(store, campaign({ channels: 'both' }));
		expect(made.leftOut).toEqual({ 'opted out': 2 });
	});

	it('is done once for a key, also at the same moment', async () => {
		const { store } = context();
		await seedAudience(store);
		const made = await Promise.all([1, 2, 3].map(() => createCampaign(store, campaign({ channels: 'both' }))));
		const again = await createCampaign(store, campaign({ channels: 'sms' }));
		expect(new Set([...made, again].map(({ campaignId }) => campaignId)).size).toBe(1);
		expect(made.filter(({ created }) => created)).toHaveLength(1);
		expect(again).toMatchObject({ created: false, channels: 'both', total: 10 });
	});

	it('goes on where it was cut off, and shows nothing half', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		const groupId = await seedGroup(store);
		for (let index = 0; index < 3; index++) await seedPerson(store, { sms: phone(index), groupIds: [groupId] });
		await insertContacts(store, groupId, 1_200);
		const cutOff: Store = Object.create(store) as Store;
		let transactions = 0;
		cutOff.transaction = async (work) =>
			await store.transaction(async (db) => {
				const result = await work(db);
				if (++transactions === 3) throw new Error('The power went.');
				return result;
			});
		await expect(createCampaign(cutOff, campaign({ channels: 'sms', purpose: 'service' }))).rejects.toThrow(
			'The power went.',
		);
		expect(await getCampaign(store, 'spring')).toMatchObject({ state: 'planning', total: 0, leftOut: {} });
		expect(await messages(store)).toHaveLength(250);
		expect(await counters(store)).toEqual({});

		const made = await createCampaign(store, campaign({ channels: 'sms', purpose: 'service' }));
		expect(made).toMatchObject({ state: 'running', created: false, total: 1_203 });
		const recipients = (await messages(store)).map(({ recipient }) => recipient);
		expect(new Set(recipients).size).toBe(1_203);
		expect(senderId).toBe(1);
	});

	it('counts once who says STOP while it is being planned', async () => {
		const { store } = context();
		await seedSender(store);
		const groupId = await seedGroup(store);
		const early = await seedPerson(store, { sms: phone(1), groupIds: [groupId] });
		await insertContacts(store, groupId, 1_200);
		const interrupted: Store = Object.create(store) as Store;
		let transactions = 0;
		interrupted.transaction = async (work) => {
			const result = await store.transaction(work);
			if (++transactions === 3) await sayStop(store, early.identityId);
			return result;
		};
		await createCampaign(interrupted, campaign({ channels: 'sms', purpose: 'service' }));
		const skipped = (await messages(store)).filter(({ state }) => state === 'skipped');
		expect(skipped).toHaveLength(1);
		expect(await counters(store)).toEqual({ 'sms skipped opted out': 1 });
	});

	it('leaves excluded groups out and writes once to who is in two groups', async () => {
		const { store } = context();
		await seedSender(store);
		const news = await seedGroup(store, 'news');
		const sale = await seedGroup(store, 'sale');
		const staff = await seedGroup(store, 'staff');
		await seedPerson(store, { sms: phone(1), groupIds: [news, sale] });
		await seedPerson(store, { sms: phone(2), groupIds: [sale, staff] });
		const made = await createCampaign(
			store,
			campaign({ channels: 'sms', groups: ['news', String(sale)], excludedGroups: ['staff'] }),
		);
		expect(made).toMatchObject({ total: 1, counts: { queued: 1 } });
	});

	it('takes typed numbers as people write them, each person once', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		const groupId = await seedGroup(store);
		await seedPerson(store, { whatsApp: '+393331234567', groupIds: [groupId], registeredWith: senderId });
		await register(store, await seedIdentity(store, '+393337654321'), senderId);
		const made = await createCampaign(
			store,
			campaign({ numbers: ['333 7654321', '0039 333 765 4321', '+39 333 1234567'] }),
		);
		expect(made.leftOut).toEqual({ duplicate: 2 });
		expect(await queued(store)).toEqual(['whatsapp +393331234567', 'whatsapp +393337654321']);
	});

	it('writes to one number once, whoever it belongs to, where SMS stands in for WhatsApp', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		const groupId = await seedGroup(store);
		await seedPerson(store, { sms: phone(1), groupIds: [groupId] });
		await seedPerson(store, { whatsApp: phone(1), groupIds: [groupId], registeredWith: senderId });
		const made = await createCampaign(store, campaign({ channels: 'whatsappElseSms' }));
		expect(made).toMatchObject({ counts: { queued: 1 }, leftOut: { duplicate: 1 } });
	});

	it('refuses what could reach nobody, and makes nothing then', async () => {
		const { store } = context();
		await seedAudience(store);
		await expect(createCampaign(store, campaign({ groups: [] }))).rejects.toThrow(/no audience/);
		await expect(createCampaign(store, campaign({ groups: ['sale'] }))).rejects.toThrow(/no group "sale"/);
		await expect(createCampaign(store, campaign({ numbers: ['12'] }))).rejects.toThrow(/Number 1 of the list/);
		await expect(createCampaign(store, campaign({ content: { type: 'text', body: ' ' } }))).rejects.toThrow(/no text/);
		await expect(
			createCampaign(store, campaign({ content: { type: 'text', body: 'x'.repeat(100_000) } })),
		).rejects.toThrow(/100000 characters/);
		const template = { type: 'template', name: 'sale', language: 'it', bodyParameters: [] } as const;
		await expect(
			createCampaign(store, campaign({ channels: 'both', content: { ...template, bodyParameters: [] } })),
		).rejects.toThrow(/WhatsApp only/);
		await expect(getCampaign(store, 'spring')).rejects.toThrow(/no campaign "spring"/);
	});

	it('counts those left out in the report', async () => {
		const { store } = context();
		await seedAudience(store);
		await createCampaign(store, campaign({ channels: 'sms' }));
		const { channels } = await summarise(store, { from: '2026-11-22', to: '2026-11-22', timeZone: 'UTC' });
		expect(channels.find(({ channel }) => channel === 'sms')).toMatchObject({ skipped: 4, accepted: 0 });
		expect(await counters(store)).toEqual({
			'sms skipped no SMS consent': 1,
			'sms skipped no number': 2,
			'sms skipped opted out': 1,
		});
	});
});

describeStores('Previewing a campaign', (context) => {
	it.each(['sms', 'whatsapp', 'both', 'whatsappElseSms'] as const)(
		'counts what Create would make by %s, and writes nothing',
		async (channels) => {
			const { store } = context();
			await seedAudience(store);
			const input = campaign({ channels, numbers: [phone(1), phone(8), phone(8)] });
			const preview = await previewCampaign(store, input);
			expect(await messages(store)).toEqual([]);
			const { counts, leftOut, total } = await createCampaign(store, input);
			expect(preview).toEqual({ counts, leftOut, total });
		},
	);
});

describeStores('An operator', (context) => {
	it('pauses, resumes and cancels a campaign, and cancelling is for good', async () => {
		const { store } = context();
		await seedAudience(store);
		const { campaignId } = await createCampaign(store, campaign({ channels: 'sms' }));
		expect(await pauseCampaign(store, String(campaignId))).toMatchObject({ state: 'paused' });
		expect(await resumeCampaign(store, 'spring')).toMatchObject({ state: 'running' });
		expect(await cancelCampaign(store, 'spring')).toMatchObject({
			state: 'cancelled',
			counts: { cancelled: 3, queued: 0 },
		});
		await expect(resumeCampaign(store, 'spring')).rejects.toThrow(/is cancelled/);
		expect(await counters(store)).toMatchObject({ 'sms cancelled': 3 });
	});
});

async function queued(store: Store): Promise<string[]> {
	return (await messages(store))
		.filter(({ state }) => state === 'queued')
		.map(({ channel, recipient }) => `${channel} ${recipient}`)
		.sort();
}

async function insertContacts(store: Store, groupId: number, count: number): Promise<void> {
	const now = store.now();
	for (let start = 0; start < count; start += 200) {
		const rows = await store.db
			.insertInto('contact')
			.values(
				Array.from({ length: Math.min(200, count - start) }, (_, index) => ({
					name: null,
					sms_number: phone(10_000 + start + index),
					whatsapp_number: null,
					fields: '{}',
					language: null,
					sms_consent_source: null,
					sms_consent_at: null,
					created_at: now,
					updated_at: now,
				})),
			)
			.returning('id')
			.execute();
		await store.db
			.insertInto('membership')
			.values(
				rows.map(({ id }) => ({ group_id: groupId, contact_id: id, source: 'operator' as const, created_at: now })),
			)
			.execute();
	}
}
