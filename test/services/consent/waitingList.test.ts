import fc from 'fast-check';

import { verifyConsent } from '../../../services/rights/verifyLedger';
import { fillAllWaiting } from '../../../services/consent/fillWaiting';
import { registerByHand } from '../../../services/registrations/registrations';
import { revokeRegistrations } from '../../../services/registrations/revoke';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { deliver, message, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const PEOPLE = 8;
const phoneOf = (person: number): string => `+39333${String(1_000_000 + person)}`;

interface Place {
	state: string;
	since: number;
	phone: string;
}

describeStores('The waiting list', (context) => {
	const setLimit = (packageLimit: number | null) =>
		createOrUpdateSender(context().store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			packageLimit,
		});
	const places = async (): Promise<Map<string, Place>> => {
		const rows = await context()
			.store.db.selectFrom('registration as r')
			.innerJoin('identity as i', 'i.id', 'r.identity_id')
			.select(['r.state', 'r.since', 'i.phone'])
			.execute();
		return new Map(rows.map((row) => [row.phone ?? '', { ...row, phone: row.phone ?? '' }]));
	};

	type Step =
		| { kind: 'start' | 'stop' | 'hello' | 'byHand' | 'revoke'; person: number }
		| { kind: 'revokeMany'; people: number[] }
		| { kind: 'limit'; limit: number };
	const person = fc.integer({ min: 0, max: PEOPLE - 1 });
	const step: fc.Arbitrary<Step> = fc.oneof(
		{
			weight: 6,
			arbitrary: fc.record({ kind: fc.constantFrom('start', 'stop', 'hello', 'byHand', 'revoke'), person }),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				kind: fc.constant('revokeMany' as const),
				people: fc.uniqueArray(person, { minLength: 1, maxLength: 4 }),
			}),
		},
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('limit' as const), limit: fc.integer({ min: 0, max: 5 }) }) },
	);

	const run = async (each: Step): Promise<void> => {
		const { store } = context();
		if (each.kind === 'limit') await setLimit(each.limit);
		else if (each.kind === 'revokeMany')
			await revokeRegistrations(store, { sender: '', numbers: each.people.map(phoneOf) });
		else if (each.kind === 'revoke') await revokeRegistrations(store, { sender: '', numbers: [phoneOf(each.person)] });
		// Refused after the person's own STOP, as it should be.
		else if (each.kind === 'byHand')
			await registerByHand(store, { sender: '', number: phoneOf(each.person), source: 'paper' }).catch(() => undefined);
		else
			await deliver(
				store,
				message({ start: 'START', stop: 'STOP', hello: 'hello' }[each.kind], { phone: phoneOf(each.person) }),
			);
	};

	it('never lets more in than the package holds, leaves no place free while somebody waits, and keeps the order of arrival, whatever comes at once', async () => {
		const { store, clock } = context();
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
				async (batches) => {
					for (const table of [
						'consent_record',
						'ledger_chain',
						'consent_word',
						'registration',
						'event',
						'contact',
						'identity',
						'sender',
					] as const)
						await store.db.deleteFrom(table).execute();
					await setLimit(2);
					let limit = 2;
					for (const batch of batches) {
						clock.advance(1_000);
						const limitBefore = limit;
						const before = await places();
						const activeBefore = [...before.values()].filter(({ state }) => state === 'active').length;
						await Promise.all(batch.map(run));
						const limits = batch.flatMap((each) => (each.kind === 'limit' ? [each.limit] : []));
						if (limits.length > 0)
							limit =
								(await store.db.selectFrom('sender').select('package_limit').executeTakeFirstOrThrow()).package_limit ??
								Infinity;
						const after = await places();
						const active = [...after.values()].filter(({ state }) => state === 'active');
						const waiting = [...after.values()].filter(({ state }) => state === 'waiting');
						expect(active.length).toBeLessThanOrEqual(Math.max(limitBefore, activeBefore, ...limits));
						if (waiting.length > 0) expect(active.length).toBeGreaterThanOrEqual(limit);
						// Who waited all the time was passed over by nobody who came later.
						for (const patient of waiting) {
							const place = before.get(patient.phone);
							if (place?.state !== 'waiting' || place.since !== patient.since || named(batch, patient.phone)) continue;
							for (const lucky of active) {
								const came = before.get(lucky.phone);
								if (came?.state === 'active' || named(batch, lucky.phone)) continue;
								expect(came?.since ?? Infinity).toBeLessThanOrEqual(patient.since);
							}
							const intruders = active.filter(
								({ phone }) => before.get(phone)?.state !== 'active' && before.get(phone)?.state !== 'waiting',
							);
							expect(intruders).toEqual([]);
						}
					}
					expect((await verifyConsent(store)).broken).toEqual([]);
				},
			),
			{ numRuns: 25 },
		);
	}, 120_000);

	const named = (batch: readonly Step[], phone: string): boolean =>
		batch.some(
			(each) =>
				('person' in each && phoneOf(each.person) === phone) ||
				(each.kind === 'revokeMany' && each.people.some((one) => phoneOf(one) === phone)),
		);

	/** People who wait, straight into the tables: what is tested is how they get in. */
	const seedWaiting = async (count: number): Promise<void> => {
		const { store } = context();
		for (let first = 0; first < count; first += 500) {
			const index = Array.from({ length: Math.min(500, count - first) }, (_, each) => first + each);
			const ids = await store.db
				.insertInto('identity')
				.values(index.map((each) => ({ phone: phoneOf(each), whatsapp_user_id: null, created_at: 1 })))
				.returning('id')
				.execute();
			await store.db
				.insertInto('registration')
				.values(
					ids.map(({ id }, each) => ({
						sender_id: 1,
						identity_id: id,
						state: 'waiting' as const,
						since: first + each,
						ended_by: null,
						last_inbound_at: 1,
						inbox: null,
					})),
				)
				.execute();
		}
	};
	const count = async (state: 'active' | 'waiting') =>
		(await context().store.db.selectFrom('registration').select('identity_id').where('state', '=', state).execute())
			.length;

	it('is filled to the end in many short transactions when the package grows, and newcomers stand behind', async () => {
		const { store, clock } = context();
		await setLimit(0);
		await seedWaiting(1_200);
		const growing = setLimit(1_000);
		clock.advance(1_000);
		const newcomer = deliver(store, message('START', { phone: '+393471234567' }));
		await Promise.all([growing, newcomer]);
		expect([await count('active'), await count('waiting')]).toEqual([1_000, 201]);
		const latest = await store.db
			.selectFrom('registration as r')
			.innerJoin('identity as i', 'i.id', 'r.identity_id')
			.select(['r.state'])
			.where('i.phone', '=', '+393471234567')
			.executeTakeFirst();
		expect(latest?.state).toBe('waiting');
		const order = await store.db
			.selectFrom('event')
			.select('identity_id as id')
			.where('kind', '=', 'placeFreed')
			.orderBy('id')
			.execute();
		expect(order.map(({ id }) => id)).toEqual([...order.map(({ id }) => id ?? 0)].sort((one, other) => one - other));
	}, 60_000);

	it('is gone through to the end after a crash, and after the limit was taken away', async () => {
		const { store } = context();
		await setLimit(0);
		await seedWaiting(130);
		await store.db.updateTable('sender').set({ package_limit: 120 }).execute();
		await fillAllWaiting(store);
		expect([await count('active'), await count('waiting')]).toEqual([120, 10]);
		await setLimit(null);
		expect(await count('waiting')).toBe(0);
	}, 60_000);

	it('goes on with what a crash left undone when the next person writes', async () => {
		const { store, clock } = context();
		await setLimit(0);
		await seedWaiting(130);
		await store.db.updateTable('sender').set({ package_limit: 131 }).execute();
		clock.advance(1_000);
		await deliver(store, message('START', { phone: '+393471234567' }));
		expect([await count('active'), await count('waiting')]).toEqual([131, 0]);
	}, 60_000);
});
