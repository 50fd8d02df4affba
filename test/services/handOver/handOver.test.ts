import { setTimeout as wait } from 'node:timers/promises';

import { StoreUnavailableError } from '../../../domain/errors';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { EventPump } from '../../../services/handOver/eventPump';
import { claimEvents, type HandedEvent, markTaken, renewClaims } from '../../../services/handOver/claimedEvents';
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
		emit: (events: HandedEvent[]) => Promise<void>,
		acquire = async () => ({ store: context().store, release: () => undefined }),
		onError: (error: unknown) => void = () => undefined,
	) => new EventPump({ acquire, inbox: INBOX, emit, onError });
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
		const pumps = [1, 2].map(() => pumpWith(async (events) => void handed.push(...ids(events))));
		for (const pump of pumps) pump.start();
		for (let index = 0; index < 20; index++) await deliver(store, message(`hello ${index}`));
		await until(async () => (await taken()) === 20);
		await Promise.all(pumps.map((pump) => pump.stop()));
		expect(handed.sort((one, other) => one - other)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
	});

	it('marks events taken when their execution has ended, also where it could not run', async () => {
		const { store } = context();
		let end: () => void = () => undefined;
		const errors: unknown[] = [];
		const pump = pumpWith(
			(events) =>
				events[0]?.id === 1
					? new Promise<void>((resolve) => (end = resolve))
					: Promise.reject(new Error('no execution')),
			undefined,
			(error) => errors.push(error),
		);
		pump.start();
		await deliver(store, message('START'));
		await until(
			async () =>
				(await store.db.selectFrom('event').select('id').where('lease_owner', 'is not', null).execute()).length === 1,
		);
		expect(await taken()).toBe(0);
		end();
		await until(async () => (await taken()) === 1);
		await deliver(store, message('hello'));
		await until(async () => (await taken()) === 2);
		await pump.stop();
		expect(errors).toEqual([new Error('no execution')]);
	});

	it('begins as soon as a store that was down comes up, without anybody touching it', async () => {
		const { store } = context();
		await deliver(store, message('STOP'));
		let tries = 0;
		const errors: unknown[] = [];
		const handed: HandedEvent[] = [];
		const pump = pumpWith(
			async (events) => void handed.push(...events),
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
			async (events) => void handed.push(...events),
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
		const pump = pumpWith(async (events) => void handed.push(...events));
		pump.start();
		await pump.stop();
		await deliver(store, message('START'));
		expect(handed).toEqual([]);
		expect(await claim('another')).toHaveLength(1);
	});
});
