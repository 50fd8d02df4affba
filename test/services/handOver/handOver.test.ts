import { setTimeout as wait } from 'node:timers/promises';

import { StoreUnavailableError } from '../../../domain/errors';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { EventPump, type ExecutionEnd } from '../../../services/handOver/eventPump';
import {
	claimEvents,
	giveUpDeadly,
	handBackDied,
	type HandedEvent,
	markTaken,
	MOST_HAND_OVERS,
	renewClaims,
} from '../../../services/handOver/claimedEvents';
import { settleLeftBehind } from '../../../services/handOver/finishInterrupted';
import { reply } from '../../../services/sending/sendAndReply';
import { enqueueSingle, type SingleMessage } from '../../../services/sending/singleMessage';
import { FakeProvider, messages, seedSender } from '../../support/delivery';
import { deliver, INBOX, message, PHONE, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const LEASE_MS = 15_000;

describeStores('Handing events over', (context) => {
	const claim = (owner: string, limit = 100) =>
		claimEvents(context().store, { inbox: INBOX, owner, limit, leaseMs: LEASE_MS });
	const ids = (events: HandedEvent[]) => events.map(({ id }) => id);

	/** Waits for something that another part of the program does, without a guess at how long it takes. */
	const until = async (isSo: () => boolean | Promise<boolean>) => {
		while (!(await isSo())) await wait(5);
	};
	const pumpWith = (
		emit: (events: HandedEvent[]) => Promise<ExecutionEnd>,
		acquire = async () => ({ store: context().store, release: () => undefined }),
		onError: (error: unknown) => void = () => undefined,
	) => new EventPump({ acquire, inbox: INBOX, emit, onError });
	const keep =
		(handed: HandedEvent[]) =>
		async (events: HandedEvent[]): Promise<ExecutionEnd> => {
			handed.push(...events);
			return 'ended';
		};
	const keepIds =
		(handed: number[]) =>
		async (events: HandedEvent[]): Promise<ExecutionEnd> => {
			handed.push(...ids(events));
			return 'ended';
		};
	const taken = async () =>
		(await context().store.db.selectFrom('event').select('id').where('taken_at', 'is not', null).execute()).length;

	it('tells the workflow everything about an event', async () => {
		const { store, clock } = context();
		const { id } = await createOrUpdateGroup(store, { shortcode: 'news', name: 'Our news' });
		const at = clock.now() - 5_000;
		await deliver(store, message('START news', { profileName: 'Anna', whatsAppUserId: 'IT.123', at, id: 'wamid.1' }));
		const [event] = await claim('one');
		expect(event).toEqual({
			id: 1,
			output: 'optIn',
			handOver: 1,
			json: {
				eventId: 1,
				event: 'optIn',
				outcome: 'registered',
				channel: 'whatsapp',
				phone: PHONE,
				whatsAppUserId: 'IT.123',
				profileName: 'Anna',
				text: 'START news',
				messageType: 'text',
				senderId: 1,
				senderPhone: SENDER_PHONE,
				provider: 'meta',
				groupId: id,
				group: 'news',
				groupName: 'Our news',
				unknownGroup: false,
				contactId: 1,
				registration: 'active',
				applied: true,
				at: new Date(at).toISOString(),
				receivedAt: new Date(clock.now()).toISOString(),
			},
		});
	});

	it('hands an event not taken out again after its lease, and never one that was taken', async () => {
		const { store, clock } = context();
		await deliver(store, message('START'), message('hello'));
		const first = await claim('one');
		expect(first).toHaveLength(2);
		expect(await claim('two')).toEqual([]);
		await markTaken(store, { owner: 'one', ids: ids(first).slice(0, 1) });
		clock.advance(LEASE_MS + 1);
		expect(ids(await claim('two'))).toEqual(ids(first).slice(1));
		await markTaken(store, { owner: 'one', ids: ids(first) });
		clock.advance(LEASE_MS + 1);
		expect(ids(await claim('three'))).toEqual(ids(first).slice(1));
	});

	it('keeps an event from others for as long as its holder renews it', async () => {
		const { store, clock } = context();
		await deliver(store, message('START'));
		const held = ids(await claim('one'));
		for (let time = 0; time < 3; time++) {
			clock.advance(LEASE_MS - 1);
			await renewClaims(store, { owner: 'one', ids: held, leaseMs: LEASE_MS });
		}
		expect(await claim('two')).toEqual([]);
	});

	it('never gives the same event to two who ask at once, and leaves none out', async () => {
		const { store } = context();
		await deliver(store, ...Array.from({ length: 40 }, (_, index) => message(`hello ${index}`)));
		const claimed = (await Promise.all(Array.from({ length: 8 }, (_, owner) => claim(String(owner), 7)))).flat();
		const rest = await claim('last');
		const all = ids([...claimed, ...rest]);
		expect(new Set(all).size).toBe(all.length);
		expect(all).toHaveLength(40);
	});

	it('gives an inbox nothing of another', async () => {
		await deliver(context().store, message('START'));
		expect(
			await claimEvents(context().store, { inbox: 'another/node', owner: 'one', limit: 10, leaseMs: LEASE_MS }),
		).toEqual([]);
	});

	it('by two pumps hands out every event once', async () => {
		const { store } = context();
		const handed: number[] = [];
		const pumps = [1, 2].map(() => pumpWith(keepIds(handed)));
		for (const pump of pumps) pump.start();
		for (let index = 0; index < 20; index++) await deliver(store, message(`hello ${index}`));
		await until(async () => (await taken()) === 20);
		await Promise.all(pumps.map((pump) => pump.stop()));
		expect(handed.sort((one, other) => one - other)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
	});

	it('marks events taken when their execution has ended well, not before', async () => {
		const { store } = context();
		let end: (how: ExecutionEnd) => void = () => undefined;
		const pump = pumpWith(() => new Promise((resolve) => (end = resolve)));
		pump.start();
		await deliver(store, message('START'));
		await until(
			async () =>
				(await store.db.selectFrom('event').select('id').where('lease_owner', 'is not', null).execute()).length === 1,
		);
		expect(await taken()).toBe(0);
		end('ended');
		await until(async () => (await taken()) === 1);
		await pump.stop();
	});

	it('hands over again what an execution had that died, for the second time at once and in smaller company', async () => {
		const { store } = context();
		await deliver(store, ...Array.from({ length: 25 }, (_, index) => message(`hello ${index}`)));
		const handed: HandedEvent[][] = [];
		const pump = pumpWith(async (events) => {
			handed.push(events);
			return handed.length === 1 ? 'died' : 'ended';
		});
		pump.start();
		await until(async () => (await taken()) === 25);
		await pump.stop();
		expect(handed.map((events) => events.length)).toEqual([25, 10, 10, 5]);
		expect(handed.map((events) => events[0]?.handOver)).toEqual([1, 2, 2, 2]);
	});

	it('hands over again what could not be started, as if it had not been tried, and says why', async () => {
		const { store } = context();
		await deliver(store, message('START'));
		const handed: HandedEvent[] = [];
		const errors: unknown[] = [];
		const pump = pumpWith(
			async (events) => {
				handed.push(...events);
				if (handed.length < 3) throw new Error('Redis is away');
				return 'ended';
			},
			undefined,
			(error) => errors.push(error),
		);
		pump.start();
		await until(async () => (await taken()) === 1);
		await pump.stop();
		expect(handed.map(({ handOver }) => handOver)).toEqual([1, 1, 1]);
		expect(errors).toContainEqual(new Error('Redis is away'));
	});

	it('gives an event that ends each of its executions, or n8n itself, less and less often, and at last no more', async () => {
		const { store, clock } = context();
		await deliver(store, message('START'));
		const waits: number[] = [];
		for (let handOver = 1; handOver <= MOST_HAND_OVERS; handOver++) {
			let waitedMs = 0;
			let held = await claim('one');
			for (; held.length === 0; held = await claim('one')) {
				waitedMs += 10_000;
				clock.advance(10_000);
			}
			expect(held).toMatchObject([{ id: 1, handOver }]);
			waits.push(waitedMs);
			// Every other death takes the pump with it.
			if (handOver % 2 === 0) await handBackDied(store, { owner: 'one', ids: [1], handOver });
			else clock.advance(LEASE_MS + 1);
		}
		expect(waits).toEqual([0, 0, 40_000, 0, 130_000, 0, 490_000, 0, 610_000, 0]);
		await deliver(store, message('hello'));
		clock.advance(3_600_000);
		expect(ids(await claim('three'))).toEqual([2]);
		expect(await taken()).toBe(0);
		expect(await giveUpDeadly(store, INBOX)).toEqual([1]);
		expect(await taken()).toBe(1);
	});

	it('does not wait for ever for word of an execution', async () => {
		const { store } = context();
		await deliver(store, message('START'));
		const errors: unknown[] = [];
		const pump = new EventPump({
			acquire: async () => ({ store, release: () => undefined }),
			inbox: INBOX,
			emit: () => new Promise(() => undefined),
			onError: (error) => errors.push(error),
			longestExecutionMs: 20,
		});
		pump.start();
		await until(async () => (await taken()) === 1);
		await pump.stop();
		expect(errors).toMatchObject([{ message: expect.stringContaining('n8n has said nothing') as string }]);
	});

	describe('with a Reply in the execution', () => {
		const answer = (provider: FakeProvider, eventId: number) =>
			reply(context().store, { meta: provider }, { eventId, body: 'Welcome!', idempotencyKey: `${eventId}/reply` });

		const queued = (senderId: number): SingleMessage => ({
			senderId,
			channel: 'whatsapp',
			purpose: 'service',
			content: { type: 'text', body: 'Welcome!' },
			phone: PHONE,
			whatsAppUserId: null,
			idempotencyKey: '1',
			isReachable: true,
			reply: null,
		});

		it('sends it once, whether the execution died before it, in it or after it', async () => {
			const { store } = context();
			await seedSender(store, { phone: SENDER_PHONE });
			const provider = new FakeProvider(store);
			const deaths: Array<(eventId: number) => Promise<unknown>> = [
				async () => undefined,
				async (eventId) => await answer(provider, eventId),
			];
			for (const [index, before] of deaths.entries()) {
				await deliver(store, message('START', { phone: `+39333123456${index}` }));
				let times = 0;
				const pump = pumpWith(async ([event]) => {
					if (event && ++times === 1) {
						await before(event.id);
						return 'died';
					}
					if (event) await answer(provider, event.id);
					return 'ended';
				});
				pump.start();
				await until(async () => (await taken()) === index + 1);
				await pump.stop();
				expect(times).toBe(2);
				expect(provider.requests).toHaveLength(index + 1);
			}
			expect(await messages(store)).toMatchObject([{ state: 'accepted' }, { state: 'accepted' }]);
		});

		it('says unknown of what was on its way when the execution died, and does not send it again', async () => {
			const { store, clock } = context();
			const senderId = await seedSender(store, { phone: SENDER_PHONE });
			await deliver(store, message('START'));
			const [event] = await claim('one');
			await enqueueSingle(store, { ...queued(senderId), idempotencyKey: `${event?.id}/reply` });
			await store.db.updateTable('message').set({ state: 'sending', marked_at: clock.now() }).execute();
			clock.advance(90_001);
			await settleLeftBehind(store);
			expect(await messages(store)).toMatchObject([{ state: 'unknown' }]);
			const provider = new FakeProvider(store);
			expect(await answer(provider, event?.id ?? 0)).toMatchObject({ state: 'unknown', repeated: true });
			expect(provider.requests).toEqual([]);
		});

		it('gives up after a day what was queued and nobody asked for again', async () => {
			const { store, clock } = context();
			const senderId = await seedSender(store, { phone: SENDER_PHONE });
			await deliver(store, message('START'));
			await enqueueSingle(store, queued(senderId));
			clock.advance(23 * 3_600_000);
			await settleLeftBehind(store);
			expect(await messages(store)).toMatchObject([{ state: 'queued' }]);
			clock.advance(2 * 3_600_000);
			await settleLeftBehind(store);
			expect(await messages(store)).toMatchObject([{ state: 'failed', reason: 'interrupted' }]);
		});
	});

	it('begins as soon as a store that was down comes up, without anybody touching it', async () => {
		const { store } = context();
		await deliver(store, message('STOP'));
		let tries = 0;
		const errors: unknown[] = [];
		const handed: HandedEvent[] = [];
		const pump = pumpWith(
			keep(handed),
			async () => {
				if (++tries < 3) throw new StoreUnavailableError('The store does not answer.');
				return { store, release: () => undefined };
			},
			(error) => errors.push(error),
		);
		pump.start();
		await until(() => handed.length > 0);
		await pump.stop();
		expect(handed).toMatchObject([{ output: 'optOut', json: { outcome: 'optedOut' } }]);
		expect(errors).toHaveLength(1);
	});

	it('goes on after the store was away for a while', async () => {
		const { store } = context();
		let isDown = true;
		const shaky = {
			...store,
			now: store.now,
			read: (work: never) => (isDown ? Promise.reject(new StoreUnavailableError('down')) : store.read(work)),
			transaction: store.transaction.bind(store),
		};
		const handed: HandedEvent[] = [];
		let released = 0;
		const pump = pumpWith(
			keep(handed),
			async () => ({ store: shaky as typeof store, release: () => void released++ }),
			() => (isDown = false),
		);
		pump.start();
		await deliver(store, message('START'));
		await until(() => handed.length === 1);
		await pump.stop();
		expect(released).toBeGreaterThan(1);
	});

	it('stops at once while nothing runs, and hands out nothing more', async () => {
		const { store } = context();
		const handed: HandedEvent[] = [];
		const pump = pumpWith(keep(handed));
		pump.start();
		await pump.stop();
		await deliver(store, message('START'));
		expect(handed).toEqual([]);
		expect(await claim('another')).toHaveLength(1);
	});
});
