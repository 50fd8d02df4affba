import fc from 'fast-check';

import { referenceOf } from '../../../domain/reference';
import type { IncomingStatus } from '../../../providers/provider';
import { errorOfStatus } from '../../../providers/whatsapp/errors';
import { createCampaign, getCampaign, resumeCampaign } from '../../../services/sending/campaigns';
import { deliver, type Delivery } from '../../../services/sending/deliver';
import { settleStatuses } from '../../../services/sending/settleStatuses';
import { recordNotReached } from '../../../services/sending/senderPace';
import { takeSlots } from '../../../services/sending/slots';
import { summarise } from '../../../services/reporting/summarise';
import type { Store } from '../../../store/store';
import {
	type Answer,
	campaign,
	counters,
	FakeProvider,
	messages,
	phone,
	seedGroup,
	seedPerson,
	seedRegistered,
	seedSender,
	setState,
} from '../../support/delivery';
import { describeStores } from '../../support/stores';

// The machine may have much else to do: a test that waits for a rate must not fail for that.
jest.setTimeout(60_000);

async function prepare(
	store: Store,
	count: number,
	answer: Answer,
): Promise<{ provider: FakeProvider; senderId: number }> {
	const senderId = await seedSender(store);
	const groupId = await seedGroup(store);
	await seedRegistered(store, count, { senderId, groupId });
	await createCampaign(store, campaign());
	const provider = new FakeProvider(store);
	provider.answer = () => answer;
	return { provider, senderId };
}

async function deliverOnce(store: Store, provider: FakeProvider): Promise<Delivery> {
	const [slot] = (await takeSlots(store, { trigger: 't' })).slots;
	if (!slot) throw new Error('No slot was free.');
	return await deliver(store, { meta: provider }, { ...slot, runForMs: 1_500 });
}

/** However many turns it takes. @returns how many the provider accepted. */
async function deliverAll(store: Store, provider: FakeProvider): Promise<number> {
	let accepted = 0;
	for (let left = Infinity; left > 0;) {
		const delivery = await deliverOnce(store, provider);
		if (delivery.accepted === 0) break;
		accepted += delivery.accepted;
		left = delivery.left;
	}
	return accepted;
}

async function sender(store: Store) {
	return await store.db.selectFrom('sender').selectAll().executeTakeFirstOrThrow();
}

describeStores('An error of a provider', (context) => {
	it('of the class retry is tried again later, a few times, and then the message has failed', async () => {
		const { store, clock } = context();
		const { provider } = await prepare(store, 1, { class: 'retry' });
		await deliverOnce(store, provider);
		expect(await messages(store)).toMatchObject([{ state: 'queued', attempts: 1 }]);
		expect((await takeSlots(store, { trigger: 't' })).slots).toEqual([]);
		for (let tries = 2; tries <= 10; tries++) {
			clock.advance(10 * 60_000);
			await deliverOnce(store, provider);
		}
		expect(await messages(store)).toMatchObject([{ state: 'failed', reason: 'retry', attempts: 10 }]);
		expect(provider.requests).toHaveLength(10);
		expect(await counters(store)).toEqual({ 'whatsapp failed retry': 1 });
	});

	it('of the class retryLater slows the sender down, and it recovers when messages go well', async () => {
		const { store, clock } = context();
		const { provider } = await prepare(store, 30, 'accept');
		provider.answer = (_, index) => (index === 0 ? { class: 'retryLater' } : 'accept');
		await deliverOnce(store, provider);
		const slowed = await sender(store);
		expect(slowed.slowdown).toBeGreaterThan(1);
		expect(slowed.next_send_at_us).toBeGreaterThanOrEqual((clock.time + 1_000) * 1_000);
		clock.advance(60_000);
		await deliverOnce(store, provider);
		expect((await sender(store)).slowdown).toBeLessThan(slowed.slowdown);
		expect((await messages(store)).every(({ state }) => state === 'accepted')).toBe(true);
	});

	it('of the class failed concerns this message only', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 5, 'accept');
		provider.answer = (_, index) => (index === 2 ? { class: 'failed', code: '131026' } : 'accept');
		expect(await deliverOnce(store, provider)).toMatchObject({ accepted: 4, failed: 1 });
		expect(await counters(store)).toEqual({ 'whatsapp accepted': 4, 'whatsapp failed 131026': 1 });
	});

	it('of trial mode leaves the person out', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 1, { class: 'failed', code: 'trial_mode' });
		expect(await deliverOnce(store, provider)).toMatchObject({ skipped: 1, failed: 0 });
		expect(await messages(store)).toMatchObject([{ state: 'skipped', reason: 'trial mode' }]);
	});

	it('of the class optedOut is an opt-out of the person', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 1, { class: 'optedOut', code: '131050' });
		await deliverOnce(store, provider);
		expect(await messages(store)).toMatchObject([{ state: 'failed', reason: '131050' }]);
		const words = await store.db.selectFrom('consent_word').select(['direction', 'source']).execute();
		expect(words).toContainEqual({ direction: 'out', source: 'provider' });
		const again = await createCampaign(store, campaign({ key: 'again' }));
		expect(again.leftOut).toEqual({ 'opted out': 1 });
	});

	it('of the class pauseCampaign pauses the campaign with the reason, and nothing is lost', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 300, { class: 'pauseCampaign' });
		await deliverOnce(store, provider);
		expect(provider.requests.length).toBeLessThan(300);
		expect(await getCampaign(store, 'spring')).toMatchObject({
			state: 'paused',
			pauseReason: 'A fault of the kind pauseCampaign.',
			counts: { queued: 300 },
		});
		provider.answer = () => 'accept';
		await resumeCampaign(store, 'spring');
		expect(await deliverAll(store, provider)).toBe(300);
	});

	it('that may lie in one person’s values pauses the campaign once, and then fails that message alone', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 3, 'accept');
		const [bad] = await messages(store);
		provider.answer = ({ recipients }) =>
			recipients[0]?.reference === referenceOf(store.id, bad!.id)
				? { class: 'pauseCampaign', failsWhenRepeated: true }
				: 'accept';
		await deliverOnce(store, provider);
		expect(await getCampaign(store, 'spring')).toMatchObject({ state: 'paused', counts: { queued: 1 } });
		await resumeCampaign(store, 'spring');
		await deliverOnce(store, provider);
		expect(await getCampaign(store, 'spring')).toMatchObject({ counts: { accepted: 2, failed: 1 } });
	});

	it('that is not the provider’s own stops the sender only when it lasts, and costs no message a try', async () => {
		const { store, clock } = context();
		const { provider } = await prepare(store, 3, { class: 'retryLater', code: 'http:403', stopsWhenItLasts: true });
		await deliverOnce(store, provider);
		const once = await sender(store);
		expect(once).toMatchObject({ stopped_reason: null, slowdown: 1, setbacks: 1 });
		for (let setbacks = 2; setbacks <= 12; setbacks++) {
			expect((await sender(store)).stopped_reason).toBeNull();
			clock.advance(2 * 60_000);
			await deliverOnce(store, provider);
		}
		expect((await sender(store)).stopped_reason).toBe('A fault of the kind retryLater.');
		expect((await messages(store)).every(({ state, attempts }) => state === 'queued' && attempts === 0)).toBe(true);
	});

	it('that is not the provider’s own stops nobody for an outage before it', async () => {
		const { store, clock } = context();
		const { provider, senderId } = await prepare(store, 3, 'accept');
		for (let minute = 0; minute < 20; minute++) {
			await recordNotReached(store, senderId);
			clock.advance(60_000);
		}
		expect(await sender(store)).toMatchObject({ setbacks: 20, foreign_answers: 0 });
		provider.answer = () => ({ class: 'retryLater', code: 'http:403', stopsWhenItLasts: true });
		await deliverOnce(store, provider);
		expect(await sender(store)).toMatchObject({ stopped_reason: null, foreign_answers: 1 });
		provider.answer = () => ({ class: 'retryLater', code: '130429' });
		clock.advance(2 * 60_000);
		await deliverOnce(store, provider);
		expect(await sender(store)).toMatchObject({ stopped_reason: null, foreign_answers: 0 });
	});

	it('that passes lets a sender try exactly one message before the others, with several workers at once', async () => {
		const { store, clock } = context();
		const { provider } = await prepare(store, 40, { class: 'retryLater', code: '130429' });
		await deliverOnce(store, provider);
		for (let tries = 1; tries <= 3; tries++) {
			clock.advance(2 * 60_000);
			const before = provider.requests.length;
			const { slots } = await takeSlots(store, { trigger: 't' });
			expect(slots.length).toBeGreaterThan(1);
			await Promise.all(slots.map((slot) => deliver(store, { meta: provider }, { ...slot, runForMs: 1_500 })));
			expect(provider.requests.length - before).toBe(1);
		}
		provider.answer = () => 'accept';
		clock.advance(2 * 60_000);
		await deliverOnce(store, provider);
		expect(await sender(store)).toMatchObject({ setbacks: 0, trying_until: null });
		clock.advance(2 * 60_000);
		await deliverAll(store, provider);
		expect((await messages(store)).every(({ state, attempts }) => state === 'accepted' && attempts === 1)).toBe(true);
	});

	it('that is not the provider’s own and passes stops nobody', async () => {
		const { store, clock } = context();
		const { provider } = await prepare(store, 3, { class: 'retryLater', code: 'http:404', stopsWhenItLasts: true });
		await deliverOnce(store, provider);
		provider.answer = () => 'accept';
		clock.advance(2 * 60_000);
		await deliverOnce(store, provider);
		expect(await sender(store)).toMatchObject({ stopped_reason: null, setbacks: 0 });
		expect((await messages(store)).every(({ state }) => state === 'accepted')).toBe(true);
	});

	it('of the class stopSender stops the sender with the reason, and nothing is lost', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 300, { class: 'stopSender' });
		expect(await deliverOnce(store, provider)).toMatchObject({ stopped: 'A fault of the kind stopSender.', left: 300 });
		expect((await sender(store)).stopped_reason).toBe('A fault of the kind stopSender.');
		expect(provider.requests.length).toBeLessThan(300);
		expect((await takeSlots(store, { trigger: 't' })).slots).toEqual([]);
	});

	it('of the class unknown is never tried again', async () => {
		const { store, clock } = context();
		const { provider } = await prepare(store, 1, { class: 'unknown', code: 'http:no_answer' });
		expect(await deliverOnce(store, provider)).toMatchObject({ unknown: 1 });
		clock.advance(24 * 60 * 60_000);
		expect((await takeSlots(store, { trigger: 't' })).slots).toEqual([]);
		expect(await messages(store)).toMatchObject([{ state: 'unknown', reason: 'http:no_answer' }]);
	});

	it('thrown by a provider leaves the message unknown', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 1, 'accept');
		provider.answer = () => {
			throw new Error('a mistake of ours');
		};
		expect(await deliverOnce(store, provider)).toMatchObject({ unknown: 1 });
	});
});

describeStores('A status', (context) => {
	it('may come in any order and twice: messages and counters end the same', async () => {
		const { store } = context();
		const senderId = await seedSender(store);
		const groupId = await seedGroup(store);
		await seedRegistered(store, 2, { senderId, groupId });
		await createCampaign(store, campaign());
		const [one, other] = (await messages(store)).map(({ id }) => id);
		if (one === undefined || other === undefined) throw new Error('Two messages were planned.');
		const names: IncomingStatus['status'][] = ['accepted', 'sent', 'expired', 'failed', 'delivered', 'read'];
		// Half of them never arrive: it is among those that the order could matter most.
		const some = fc.oneof(fc.subarray(names.slice(0, 4), { minLength: 1 }), fc.subarray(names, { minLength: 1 }));
		const twoOrders = some.chain((reports) => fc.tuple(allOf(reports), allOf(reports), fc.subarray(reports)));
		const begin = fc.constantFrom('sending' as const, 'unknown' as const);
		await fc.assert(
			fc.asyncProperty(twoOrders, begin, async ([first, second, again], from) => {
				await store.db.deleteFrom('counter').execute();
				await store.db
					.updateTable('message')
					.set({ state: 'queued', reason: null, provider_message_id: null, delivered_as: null })
					.execute();
				await setState(store, [one, other], from);
				for (const status of first) await settleStatuses(store, [reportOn(store, one, status)]);
				await settleStatuses(
					store,
					[...second, ...again].map((status) => reportOn(store, other, status)),
				);
				const rows = await store.db
					.selectFrom('message')
					.select(['state', 'reason', 'delivered_as'])
					.orderBy('id')
					.execute();
				expect(rows[1]).toEqual(rows[0]);
				const totals = Object.values(await counters(store));
				expect(totals).toEqual(totals.map(() => 2));
			}),
			{
				numRuns: 40,
				examples: [
					[[['sent', 'failed'], ['failed', 'sent'], []], 'sending'],
					[[['failed', 'delivered'], ['delivered', 'failed'], ['failed']], 'unknown'],
				],
			},
		);
	}, 60_000);

	it('of delivery by push moves the message to the channel Push', async () => {
		const { store, clock } = context();
		const senderId = await seedSender(store);
		const groupId = await seedGroup(store);
		await seedPerson(store, { sms: phone(1), groupIds: [groupId] });
		await createCampaign(store, campaign({ channels: 'sms' }));
		await deliverOnce(store, new FakeProvider(store));
		clock.advance(24 * 60 * 60_000);
		await settleStatuses(store, [{ ...reportOn(store, 1, 'delivered'), channel: 'sms', deliveredAs: 'push' }]);
		expect(await counters(store)).toEqual({ 'push accepted': 1, 'push sent': 1, 'push delivered': 1 });

		const summary = await summarise(store, { from: '2026-11-22', to: '2026-11-24', timeZone: 'Europe/Vienna' });
		expect(summary.channels.find(({ channel }) => channel === 'push')).toMatchObject({
			accepted: 1,
			sent: 1,
			delivered: 1,
		});
		expect(summary.days.map(({ day, accepted, delivered }) => ({ day, accepted, delivered }))).toEqual([
			{ day: '2026-11-22', accepted: 1, delivered: 0 },
			{ day: '2026-11-23', accepted: 0, delivered: 1 },
			{ day: '2026-11-24', accepted: 0, delivered: 0 },
		]);
		expect(senderId).toBe(1);
	});

	it('finds its message by the person where one request went to many', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 3, 'accept');
		provider.recipientsARequest = 1_000;
		await deliverOnce(store, provider);
		const batch = {
			...reportOn(store, 1, 'delivered'),
			reference: null,
			batchReference: referenceOf(store.id, 1),
			recipientPhone: phone(2),
		};
		await settleStatuses(store, [batch]);
		expect((await messages(store)).map(({ state }) => state)).toEqual(['accepted', 'accepted', 'delivered']);
	});

	it('finds its message by the provider’s id where our reference does not come back', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 2, 'accept');
		await deliverOnce(store, provider);
		await settleStatuses(store, [
			{ ...reportOn(store, 2, 'read'), reference: null, providerMessageId: `wamid.${referenceOf(store.id, 2)}` },
		]);
		expect((await messages(store)).map(({ state }) => state)).toEqual(['accepted', 'read']);
	});

	it('of somebody else’s message changes nothing', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 1, 'accept');
		await deliverOnce(store, provider);
		await settleStatuses(store, [
			{ ...reportOn(store, 1, 'read'), reference: referenceOf('00000000', 1) },
			{ ...reportOn(store, 99, 'read'), providerMessageId: 'wamid.other' },
			{ ...reportOn(store, 1, 'read'), reference: null, providerMessageId: 'wamid.other' },
		]);
		expect((await messages(store)).map(({ state }) => state)).toEqual(['accepted']);
	});

	it('that is faster than the answer to the request is not undone by it', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 1, 'accept');
		provider.delayMs = 100;
		const running = deliverOnce(store, provider);
		while (provider.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		await settleStatuses(store, [reportOn(store, 1, 'delivered')]);
		await running;
		expect(await messages(store)).toMatchObject([{ state: 'delivered' }]);
		expect(await counters(store)).toEqual({ 'whatsapp accepted': 1, 'whatsapp sent': 1, 'whatsapp delivered': 1 });
	});

	const throttled = (store: Store, id: number): IncomingStatus => ({
		...reportOn(store, id, 'failed'),
		error: errorOfStatus([{ code: 130429, message: 'Rate limit hit' }]),
	});

	it('that tells of throttling slows the sender down as an answer does, once for all that was requested before', async () => {
		const { store, clock } = context();
		const { provider } = await prepare(store, 20, 'accept');
		await deliverOnce(store, provider);
		clock.advance(2_000);
		await settleStatuses(store, [throttled(store, 1), throttled(store, 2)]);
		clock.advance(5_000);
		await settleStatuses(store, [throttled(store, 3)]);
		expect(await sender(store)).toMatchObject({ slowdown: 2, stopped_reason: null });
		expect((await sender(store)).next_send_at_us).toBeGreaterThan(clock.time * 1_000 - 5_000_000);
		expect((await messages(store)).filter(({ state }) => state === 'failed')).toHaveLength(3);

		await createCampaign(store, campaign({ key: 'again' }));
		clock.advance(5_000);
		await deliverOnce(store, provider);
		const later = (await messages(store)).at(-1)!.id;
		const before = (await sender(store)).slowdown;
		await settleStatuses(store, [throttled(store, later)]);
		expect((await sender(store)).slowdown).toBeCloseTo(before * 2);
	});

	it('that tells of throttling long ago slows nobody down', async () => {
		const { store, clock } = context();
		const { provider } = await prepare(store, 1, 'accept');
		await deliverOnce(store, provider);
		clock.advance(60 * 60_000);
		await settleStatuses(store, [throttled(store, 1)]);
		expect(await sender(store)).toMatchObject({ slowdown: 1, setbacks: 0 });
	});

	it('that finds fault with the account stops the sender, with the campaign pauses that', async () => {
		const { store } = context();
		await prepare(store, 3, 'accept');
		await setState(store, [1, 2], 'accepted');
		const because = (code: number) => errorOfStatus([{ code }]);
		await settleStatuses(store, [{ ...reportOn(store, 1, 'failed'), error: because(132015) }]);
		expect(await getCampaign(store, 'spring')).toMatchObject({ state: 'paused', counts: { failed: 1, queued: 1 } });
		await settleStatuses(store, [{ ...reportOn(store, 2, 'failed'), error: because(131042) }]);
		expect((await sender(store)).stopped_reason).toMatch(/payment method/);
	});

	it('that says the person wants no marketing is an opt-out', async () => {
		const { store } = context();
		const { provider } = await prepare(store, 1, 'accept');
		await deliverOnce(store, provider);
		await settleStatuses(store, [
			{ ...reportOn(store, 1, 'failed'), error: { class: 'optedOut', code: '131050', message: 'no marketing' } },
		]);
		expect((await createCampaign(store, campaign({ key: 'again' }))).leftOut).toEqual({ 'opted out': 1 });
	});
});

function reportOn(store: Store, messageId: number, status: IncomingStatus['status']): IncomingStatus {
	const hasFailed = status === 'failed' || status === 'expired';
	return {
		kind: 'status',
		providerEventId: `${messageId}:${status}`,
		channel: 'whatsapp',
		sender: { providerSenderId: null, phone: null },
		providerMessageId: `wamid.${referenceOf(store.id, messageId)}`,
		reference: referenceOf(store.id, messageId),
		recipientPhone: null,
		status,
		deliveredAs: 'whatsapp',
		at: null,
		error: hasFailed ? { class: 'failed', code: status, message: `It ${status}.` } : null,
	};
}

/** The same reports in any order. */
function allOf<T>(reports: T[]): fc.Arbitrary<T[]> {
	return fc.shuffledSubarray(reports, { minLength: reports.length });
}
