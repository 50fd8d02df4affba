import { setTimeout as wait } from 'node:timers/promises';

import {
	cancelCampaign,
	createCampaign,
	getCampaign,
	pauseCampaign,
	resumeCampaign,
} from '../../../services/sending/campaigns';
import { applyConsentSignal } from '../../../services/consent/engine';
import { deliver, type Delivery } from '../../../services/sending/deliver';
import { waitForInFlight } from '../../../services/shared/inFlight';
import { settleStatuses } from '../../../services/sending/settleStatuses';
import { revokeSlots, takeSlots } from '../../../services/sending/slots';
import { spacingUs } from '../../../domain/pacing';
import { referenceOf } from '../../../domain/reference';
import { resolveSender } from '../../../store/senders';
import type { Store } from '../../../store/store';
import {
	campaign,
	counters,
	FakeProvider,
	messages,
	phone,
	sayOut,
	seedGroup,
	seedPerson,
	seedRegistered,
	seedSender,
} from '../../support/delivery';
import { describeStores } from '../../support/stores';

// The machine may have much else to do: a test that waits for a rate must not fail for that.
jest.setTimeout(60_000);

const trigger = 'workflow/node';

/** A running campaign by WhatsApp to `count` people, and the provider that would take it. */
async function prepare(
	store: Store,
	count: number,
	{ rate = 5_000 } = {},
): Promise<{ provider: FakeProvider; senderId: number; campaignId: number }> {
	const senderId = await seedSender(store, { rate });
	const groupId = await seedGroup(store);
	await seedRegistered(store, count, { senderId, groupId });
	const { campaignId } = await createCampaign(store, campaign());
	return { provider: new FakeProvider(store), senderId, campaignId };
}

async function slotsOf(store: Store) {
	return (await takeSlots(store, { trigger })).slots;
}

async function deliverOnce(store: Store, provider: FakeProvider, signal?: AbortSignal): Promise<Delivery> {
	const [slot] = await slotsOf(store);
	if (!slot) throw new Error('No slot was free.');
	return await deliver(store, { meta: provider }, { ...slot, runForMs: 5_000, signal });
}

async function states(store: Store): Promise<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const { state } of await messages(store)) counts[state] = (counts[state] ?? 0) + 1;
	return counts;
}

describeStores('Delivering a campaign', (context) => {
	it('sends to everybody once, marked as sending before the request', async () => {
		const { store } = context();
		const { provider, campaignId } = await prepare(store, 40);
		const slots = await slotsOf(store);
		expect(slots).toHaveLength(2);
		const deliveries = await Promise.all(slots.map((slot) => deliver(store, { meta: provider }, slot)));
		expect(deliveries.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(40);
		expect(deliveries[0]).toMatchObject({
			senderPhone: '+436601111111',
			failed: 0,
			unknown: 0,
			left: 0,
			stopped: null,
			notServed: null,
		});
		expect(provider.recipients.sort()).toEqual(Array.from({ length: 40 }, (_, index) => phone(index)).sort());
		expect(new Set(provider.requests.flatMap(({ states: seen }) => seen))).toEqual(new Set(['sending']));
		expect(await counters(store)).toEqual({ 'whatsapp accepted': 40 });

		const { finishedCampaigns } = await takeSlots(store, { trigger });
		expect(finishedCampaigns).toMatchObject([{ campaignId, state: 'finished', counts: { accepted: 40 } }]);
		expect((await takeSlots(store, { trigger })).finishedCampaigns).toEqual([]);
	});

	it('fills in what each person is called', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		const groupId = await seedGroup(store);
		await seedPerson(store, {
			whatsApp: phone(1),
			groupIds: [groupId],
			registeredWith: senderId,
			name: 'Zoë',
			fields: { City: 'Graz' },
		});
		await createCampaign(
			store,
			campaign({ content: { type: 'text', body: 'Ciao {{ name }} di {{city}}{{nothing}}!' } }),
		);
		await store.db.updateTable('contact').set({ name: 'Changed since' }).execute();
		const provider = new FakeProvider(store);
		await deliverOnce(store, provider);
		expect(provider.requests[0]?.request.content).toEqual({ type: 'text', body: 'Ciao Zoë di Graz!' });
	});

	it('never gives out more times in a second than the rate, to however many deliveries', async () => {
		const { store, clock } = context();
		const { provider } = await prepare(store, 60, { rate: 40 });
		const slots = await slotsOf(store);
		await Promise.all(slots.map((slot) => deliver(store, { meta: provider }, slot)));
		const starts = provider.requests.map(({ startedAt }) => startedAt).sort((one, other) => one - other);
		expect(starts).toHaveLength(60);
		const { next_send_at_us: nextUs } = await store.db
			.selectFrom('sender')
			.select('next_send_at_us')
			.executeTakeFirstOrThrow();
		expect(nextUs - clock.time * 1_000).toBeGreaterThanOrEqual(60 * spacingUs(40, 1));
		for (const start of starts)
			expect(starts.filter((other) => other >= start && other < start + 1_000).length).toBeLessThanOrEqual(40);
	});

	it('requests nothing whose mark took longer than it may, gives it back without a try, and goes on', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 10);
		const [slot] = await slotsOf(store);
		if (!slot) throw new Error('No slot.');
		const hiccup: Store = Object.create(store) as Store;
		let isOver = false;
		let requestsMeanwhile = 0;
		hiccup.transaction = async (work) => {
			const result = await store.transaction(work);
			const { length: marked } = (await messages(store)).filter(({ state }) => state === 'sending');
			if (!isOver && marked > 0) {
				isOver = true;
				await wait(500);
				requestsMeanwhile = provider.requests.length;
			}
			return result;
		};
		expect(await deliver(hiccup, { meta: provider }, slot)).toMatchObject({ accepted: 10, left: 0, stopped: null });
		expect(requestsMeanwhile).toBe(0);
		expect(provider.requests).toHaveLength(10);
		expect((await messages(store)).map(({ attempts }) => attempts)).toEqual(Array.from({ length: 10 }, () => 1));
	});

	it('puts one text to many people into one request where the provider takes that', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 50);
		provider.recipientsARequest = 1_000;
		await deliverOnce(store, provider);
		expect(provider.recipients).toHaveLength(50);
		expect(provider.requests.length).toBeLessThan(10);
	});

	it('gives no slot while nothing is due, and none to a stopped sender', async () => {
		const { store, clock } = context();
		const { senderId } = await prepare(store, 1);
		await store.db
			.updateTable('campaign')
			.set({ starts_at: clock.time + 1_000 })
			.execute();
		expect(await slotsOf(store)).toEqual([]);
		clock.advance(1_000);
		await store.db.updateTable('sender').set({ stopped_reason: 'blocked' }).where('id', '=', senderId).execute();
		expect(await slotsOf(store)).toEqual([]);
	});

	it('gives each slot to one delivery only, and again when its lease is over', async () => {
		const { store, clock } = context();
		await prepare(store, 1);
		const taken = await Promise.all([slotsOf(store), slotsOf(store)]);
		expect(taken.flat()).toHaveLength(2);
		expect(await slotsOf(store)).toEqual([]);
		clock.advance(30_001);
		expect(await slotsOf(store)).toHaveLength(2);
	});

	it('reports a sender whose credential is not attached, and sends nothing', async () => {
		const { store } = context();
		await prepare(store, 2);
		const [slot] = await slotsOf(store);
		if (!slot) throw new Error('No slot.');
		expect(await deliver(store, {}, slot)).toMatchObject({
			accepted: 0,
			left: 2,
			notServed: expect.stringContaining('No credential for meta') as string,
		});
	});
});

describeStores('A delivery that is cut off', (context) => {
	it('sends nothing twice when it was killed: what was in flight is unknown until a late status settles it', async () => {
		const { store, clock } = context();
		const { provider, campaignId } = await prepare(store, 20);
		provider.answer = (_, index) => (index < 5 ? 'accept' : 'never');
		const killed = deliverOnce(store, provider);
		killed.catch(() => undefined);
		while (provider.requests.length < 20) await wait(10);
		await wait(200);
		expect(await states(store)).toEqual({ accepted: 5, sending: 15 });

		clock.advance(91_000);
		const next = new FakeProvider(store);
		expect(await slotsOf(store)).toEqual([]);
		expect(await states(store)).toEqual({ accepted: 5, unknown: 15 });
		expect(next.requests).toEqual([]);
		expect(await counters(store)).toEqual({ 'whatsapp accepted': 5, 'whatsapp unknown interrupted': 15 });

		const unknown = (await messages(store)).filter(({ state }) => state === 'unknown');
		await settleStatuses(
			store,
			unknown.map(({ id }) => status(store, id, 'delivered')),
		);
		expect(await states(store)).toEqual({ accepted: 5, delivered: 15 });
		expect(await counters(store)).toEqual({ 'whatsapp accepted': 20, 'whatsapp sent': 15, 'whatsapp delivered': 15 });
		expect(await getCampaign(store, String(campaignId))).toMatchObject({
			state: 'finished',
			counts: { delivered: 15 },
		});
	});

	it('leaves what it had only leased to the next', async () => {
		const { store, clock } = context();
		const { provider } = await prepare(store, 30, { rate: 20 });
		provider.answer = () => 'never';
		deliverOnce(store, provider).catch(() => undefined);
		while (provider.requests.length < 3) await wait(5);
		const before = [...provider.recipients];
		await revokeSlots(store, { trigger });
		await wait(150);
		const inFlight = provider.recipients;
		expect(before.every((each) => inFlight.includes(each))).toBe(true);

		clock.advance(91_000);
		const next = new FakeProvider(store);
		await deliverOnce(store, next);
		await deliverOnce(store, next).catch(() => undefined);
		expect([...provider.recipients, ...next.recipients].sort()).toEqual(
			Array.from({ length: 30 }, (_, index) => phone(index)).sort(),
		);
		expect(await states(store)).toEqual({ accepted: next.recipients.length, unknown: provider.recipients.length });
	});

	it('leaves no message unknown and loses none when its slots are revoked', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 150, { rate: 100 });
		provider.delayMs = 30;
		const slots = await slotsOf(store);
		const running = Promise.all(slots.map((slot) => deliver(store, { meta: provider }, slot)));
		while (provider.requests.length < 10) await wait(5);
		expect(await revokeSlots(store, { trigger })).toBe(2);
		const atRevoke = provider.requests.length;
		const deliveries = await running;
		expect(provider.requests.length).toBeLessThan(atRevoke + 10);
		expect(deliveries.map(({ stopped }) => stopped)).toEqual(['revoked', 'revoked']);
		const sent = provider.requests.length;
		expect(await states(store)).toEqual({ accepted: sent, queued: 150 - sent });

		await deliverOnce(store, provider);
		expect(await states(store)).toEqual({ accepted: 150 });
		expect(new Set(provider.recipients).size).toBe(150);
		expect(provider.recipients).toHaveLength(150);
	});

	it('starts nothing more when it is aborted', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 60, { rate: 100 });
		const abort = new AbortController();
		const running = deliverOnce(store, provider, abort.signal);
		while (provider.requests.length < 5) await wait(5);
		abort.abort();
		const atAbort = provider.requests.length;
		expect(await running).toMatchObject({ stopped: 'revoked', unknown: 0 });
		expect(provider.requests.length).toBe(atAbort);
		expect(await states(store)).toEqual({ accepted: atAbort, queued: 60 - atAbort });
	});

	it('starts nothing of a campaign paused or cancelled while it runs', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 60, { rate: 100 });
		let running = deliverOnce(store, provider);
		while (provider.requests.length < 5) await wait(5);
		await pauseCampaign(store, 'spring');
		await running;
		const atPause = provider.requests.length;
		expect(atPause).toBeLessThan(30);
		expect(await slotsOf(store)).toEqual([]);

		await resumeCampaign(store, 'spring');
		running = deliverOnce(store, provider);
		while (provider.requests.length < atPause + 5) await wait(5);
		await cancelCampaign(store, 'spring');
		await running;
		const sent = provider.requests.length;
		expect(await states(store)).toEqual({ accepted: sent, cancelled: 60 - sent });
	});
});

describeStores('A STOP while a campaign runs', (context) => {
	it('withdraws what is queued, and after it is acknowledged no request to the person starts', async () => {
		const { store } = context();
		const { provider, senderId } = await prepare(store, 80, { rate: 150 });
		provider.delayMs = 40;
		const slots = await slotsOf(store);
		const running = Promise.all(slots.map((slot) => deliver(store, { meta: provider }, slot)));
		const sender = await store.read((db) => resolveSender(db, String(senderId), 'whatsapp'));
		const acknowledged = new Map<string, number>();
		for (let index = 79; index >= 20; index -= 3) {
			const { identityId } = await store.transaction((db) =>
				applyConsentSignal(store, db, {
					provider: 'meta',
					providerEventId: `stop-${index}`,
					kind: 'stop',
					channel: 'whatsapp',
					sender,
					person: { phone: phone(index), whatsAppUserId: null },
					sentAt: store.now(),
					inbox: null,
					text: 'STOP',
					evidence: {},
				}),
			);
			await waitForInFlight(store, [identityId ?? 0], 2_000);
			acknowledged.set(phone(index), performance.now());
		}
		await running;
		const late = provider.requests.filter(
			({ request, startedAt }) => startedAt > (acknowledged.get(request.recipients[0]?.phone ?? '') ?? Infinity),
		);
		expect(late).toEqual([]);
		const skipped = (await messages(store)).filter(({ state }) => state === 'skipped');
		expect(skipped.length).toBeGreaterThan(0);
		expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(['opted out']));
		expect((await states(store)).accepted).toBe(provider.requests.length);
		expect(provider.requests.length + skipped.length).toBe(80);
	});

	it('is seen at the last moment also when nothing withdrew the message', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		const groupId = await seedGroup(store);
		const people = await seedRegistered(store, 3, { senderId, groupId });
		await createCampaign(store, campaign());
		await sayOut(store, people[0]?.identityId ?? 0, 'all');
		await sayOut(store, people[1]?.identityId ?? 0, `group:${groupId}`);
		const provider = new FakeProvider(store);
		expect(await deliverOnce(store, provider)).toMatchObject({ accepted: 1, skipped: 2 });
		expect(provider.recipients).toEqual([phone(2)]);
		expect(await counters(store)).toEqual({ 'whatsapp accepted': 1, 'whatsapp skipped opted out': 2 });
	});

	it('of the other number of the contact counts as well', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		const groupId = await seedGroup(store);
		const { contactId } = await seedPerson(store, {
			sms: phone(1),
			whatsApp: phone(2),
			groupIds: [groupId],
			registeredWith: senderId,
		});
		await createCampaign(store, campaign());
		const { id } = await store.db
			.selectFrom('identity')
			.select('id')
			.where('phone', '=', phone(1))
			.executeTakeFirstOrThrow();
		await sayOut(store, id, 'all');
		const provider = new FakeProvider(store);
		await deliverOnce(store, provider);
		expect(provider.requests).toEqual([]);
		expect(contactId).toBe(1);
	});

	it('waits for the request that is on its way', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 1);
		provider.delayMs = 150;
		const running = deliverOnce(store, provider);
		while (provider.requests.length < 1) await wait(5);
		await waitForInFlight(store, [1], 2_000);
		expect(await states(store)).toEqual({ accepted: 1 });
		await running;
	});

	it('is not kept waiting for longer than agreed', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 1);
		provider.answer = () => 'never';
		deliverOnce(store, provider).catch(() => undefined);
		while (provider.requests.length < 1) await wait(5);
		await waitForInFlight(store, [1], 100);
		expect(await states(store)).toEqual({ sending: 1 });
	});
});

function status(store: Store, messageId: number, name: 'sent' | 'delivered' | 'read') {
	return {
		kind: 'status' as const,
		providerEventId: `${messageId}:${name}`,
		channel: 'whatsapp' as const,
		sender: { providerSenderId: null, phone: null },
		providerMessageId: `wamid.${messageId}`,
		reference: referenceOf(store.id, messageId),
		recipientPhone: null,
		status: name,
		deliveredAs: 'whatsapp' as const,
		at: null,
		error: null,
	};
}
