import { claimEvents } from '../../../services/handOver/claimedEvents';
import { sendMessage } from '../../../services/sending/sendAndReply';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { getUsage, listRegistrations, revokeRegistration } from '../../../services/registrations/registrations';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { FakeProvider } from '../../support/delivery';
import { deliver, eventsOf, INBOX, message, seen, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const phoneOf = (person: number): string => `+39333000000${person}`;

describeStores('The package limit', (context) => {
	const setLimit = (packageLimit: number | null) =>
		createOrUpdateSender(context().store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			packageLimit,
		});
	const say = async (person: number, text: string) => {
		context().clock.advance(1_000);
		await deliver(context().store, message(text, { phone: phoneOf(person) }));
	};
	const states = async (...people: number[]) => {
		const found = [];
		for (const person of people) found.push((await seen(context().store, phoneOf(person))).registrations[0]);
		return found;
	};

	it('puts whoever comes past it on a waiting list, tells them apart, and makes their contact', async () => {
		const { store } = context();
		await setLimit(1);
		await say(1, 'START');
		await say(2, 'START');
		expect(await states(1, 2)).toEqual(['active', 'waiting']);
		expect((await eventsOf(store)).map(({ outcome, output }) => [outcome, output])).toEqual([
			['registered', 'optIn'],
			['waiting', 'optIn'],
		]);
		expect((await seen(store, phoneOf(2))).contacts).toHaveLength(1);
		expect(await getUsage(store, { sender: '' })).toMatchObject({ active: 1, waiting: 1, packageLimit: 1, free: 0 });
	});

	it.each(['STOP', 'revoked by the operator'])(
		'gives a place that becomes free (%s) to whoever waits longest, with an event of its own',
		async (how) => {
			const { store } = context();
			await setLimit(1);
			for (const person of [1, 2, 3]) await say(person, 'START');
			if (how === 'STOP') await say(1, 'STOP');
			else await revokeRegistration(store, { sender: '', number: phoneOf(1) });
			expect(await states(1, 2, 3)).toEqual(['ended', 'active', 'waiting']);
			const freed = await store.db.selectFrom('event').selectAll().where('kind', '=', 'placeFreed').execute();
			expect(freed).toMatchObject([
				{
					inbox: INBOX,
					output: 'optIn',
					outcome: 'registered',
					identity_id: (await seen(store, phoneOf(2))).identity?.id,
				},
			]);
			expect((await verifyConsent(store)).valid).toBe(true);
		},
	);

	it('hands over that a place became free, so that the person is told, who may be written to now', async () => {
		const { store } = context();
		await setLimit(1);
		for (const person of [1, 2]) await say(person, 'START');
		await say(1, 'STOP');
		const handed = await claimEvents(store, { inbox: INBOX, owner: 'test', limit: 10, leaseMs: 1_000 });
		expect(
			handed.filter(({ json }) => json.placeFreed).map(({ output, json }) => [output, json.phone, json.applied]),
		).toEqual([['optIn', phoneOf(2), true]]);
		const sent = await sendMessage(
			store,
			{ meta: new FakeProvider(store) },
			{
				channel: 'whatsapp',
				sender: SENDER_PHONE,
				to: phoneOf(2),
				purpose: 'service',
				content: { type: 'text', body: 'There is a place' },
				idempotencyKey: 'freed',
			},
		);
		expect(sent.state).toBe('accepted');
	});

	it('keeps the place in the queue of a person who writes START again, and passes over one who left it', async () => {
		await setLimit(1);
		for (const person of [1, 2, 3, 4]) await say(person, 'START');
		await say(2, 'START');
		await say(2, 'hello');
		await say(3, 'STOP');
		await say(1, 'STOP');
		expect(await states(1, 2, 3, 4)).toEqual(['ended', 'active', 'ended', 'waiting']);
	});

	it('fills the places that a larger package brings', async () => {
		await setLimit(0);
		for (const person of [1, 2, 3]) await say(person, 'START');
		expect(await states(1, 2, 3)).toEqual(['waiting', 'waiting', 'waiting']);
		await setLimit(2);
		expect(await states(1, 2, 3)).toEqual(['active', 'active', 'waiting']);
		await setLimit(null);
		expect(await states(1, 2, 3)).toEqual(['active', 'active', 'active']);
	});

	it('is never exceeded, and leaves no place free, when many come and go at the same moment', async () => {
		const { store } = context();
		await setLimit(3);
		const people = [1, 2, 3, 4, 5, 6, 7, 8];
		await Promise.all(people.map((person) => deliver(store, message('START', { phone: phoneOf(person) }))));
		expect((await states(...people)).filter((state) => state === 'active')).toHaveLength(3);
		context().clock.advance(1_000);
		const active = await listRegistrations(store, { state: 'active' });
		await Promise.all([
			...active.slice(0, 2).map(({ phone }) => deliver(store, message('STOP', { phone }))),
			...people.map((person) => deliver(store, message('hello', { phone: phoneOf(person) }))),
		]);
		const after = await states(...people);
		expect(after.filter((state) => state === 'active')).toHaveLength(3);
		expect(after.filter((state) => state === 'waiting')).toHaveLength(3);
		expect((await verifyConsent(store)).broken).toEqual([]);
	});
});
