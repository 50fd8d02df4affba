import { endSilent } from '../../../services/registrations/endSilent';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { listRegistrations } from '../../../services/registrations/lists';
import { registerByHand } from '../../../services/registrations/registrations';
import { revokeHandles, revokeRegistrations } from '../../../services/registrations/revoke';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { deliver, eventsOf, message, PHONE, seen, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const DAY_MS = 24 * 60 * 60_000;
const phoneOf = (person: number): string => `+39333000${String(1_000 + person)}`;

describeStores('Revoking', (context) => {
	const makeSender = (packageLimit: number | null = null, phone = SENDER_PHONE) =>
		createOrUpdateSender(context().store, {
			phone,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			packageLimit,
		});
	const write = async (person: number, text = 'START', senderPhone = SENDER_PHONE) => {
		context().clock.advance(1_000);
		await deliver(context().store, message(text, { phone: phoneOf(person), senderPhone }));
	};
	const states = async (...people: number[]) =>
		await Promise.all(people.map(async (person) => (await seen(context().store, phoneOf(person))).registrations[0]));

	it('takes a list, gives a result for each entry in its order, and loses none for another one’s error', async () => {
		const { store } = context();
		await makeSender();
		for (let person = 0; person < 60; person++) await write(person);
		const numbers = [
			...Array.from({ length: 60 }, (_, person) => phoneOf(59 - person)),
			'nonsense',
			'+393339999999',
			phoneOf(5),
			'333 000 1006',
		];
		context().clock.advance(1_000);
		const results = await revokeRegistrations(store, { sender: '', numbers });
		expect(results.map(({ number }) => number)).toEqual(numbers);
		expect(
			results
				.slice(0, 60)
				.every((result) => result.revoked && result.state === 'ended' && result.endedBy === 'operator'),
		).toBe(true);
		expect(results.slice(60)).toMatchObject([
			{ revoked: false, error: expect.stringContaining('phone number') as string },
			{ revoked: false, error: expect.stringContaining('no registration of +39…99') as string },
			{ revoked: false, state: 'ended' },
			{ revoked: false, state: 'ended' },
		]);
		expect((await seen(store, phoneOf(1))).words).toEqual({ all: 'in' });
		expect((await verifyConsent(store)).valid).toBe(true);
	});

	it('gives the places to those who wait and are not themselves revoked, in order', async () => {
		const { store } = context();
		await makeSender(2);
		for (const person of [1, 2, 3, 4, 5]) await write(person);
		context().clock.advance(1_000);
		await revokeRegistrations(store, { sender: '', numbers: [1, 2, 3].map(phoneOf) });
		expect(await states(1, 2, 3, 4, 5)).toEqual(['ended', 'ended', 'ended', 'active', 'active']);
		const freed = (
			await store.db.selectFrom('event').select('identity_id').where('kind', '=', 'placeFreed').orderBy('id').execute()
		).map(({ identity_id }) => identity_id);
		expect(freed).toEqual([(await seen(store, phoneOf(4))).identity?.id, (await seen(store, phoneOf(5))).identity?.id]);
	});

	it('takes the handles of a list that shows no numbers, of several senders, and none that was made up', async () => {
		const { store } = context();
		await makeSender();
		await makeSender(null, '+390299999999');
		await write(1);
		await write(2);
		await write(1, 'START', '+390299999999');
		const handles = (await listRegistrations(store, { masked: true })).map(({ handle }) => handle);
		context().clock.advance(1_000);
		const forged = `${handles[0]?.slice(0, -1)}${handles[0]?.endsWith('A') ? 'B' : 'A'}`;
		const swapped = (handles[0] ?? '').replace(/^\d+\.\d+/, '1.2');
		const results = await revokeHandles(store, { handles: [forged, swapped, '1.1', ...handles, handles[0] ?? ''] });
		expect(results.map(({ revoked }) => revoked)).toEqual([false, false, false, true, true, true, true]);
		expect(await states(1, 2)).toEqual(['ended', 'ended']);
		expect((await seen(store, phoneOf(1))).registrations).toEqual(['ended', 'ended']);
	});

	it('ends those silent for months, not as an opt-out, with the reason in the ledger, and frees their places', async () => {
		const { store, clock } = context();
		await makeSender(3);
		await write(1);
		await write(2);
		await write(3);
		await write(4);
		clock.advance(100 * DAY_MS);
		await write(2, 'hello');
		clock.advance(100 * DAY_MS);
		await createOrUpdateSender(store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			packageLimit: 4,
		});
		expect(await states(1, 2, 3, 4)).toEqual(['active', 'active', 'active', 'active']);
		await write(5);
		expect(await states(5)).toEqual(['waiting']);
		const dry = await endSilent(store, { sender: '', months: 6, dryRun: true });
		expect(dry).toMatchObject({ silent: 2, ended: 0, active: 4, dryRun: true });
		expect(await states(1, 2, 3, 4, 5)).toEqual(['active', 'active', 'active', 'active', 'waiting']);
		expect(await endSilent(store, { sender: '', months: 6, dryRun: false })).toMatchObject({
			silent: 2,
			ended: 2,
			active: 3,
			dryRun: false,
		});
		expect(await states(1, 2, 3, 4, 5)).toEqual(['ended', 'active', 'ended', 'active', 'active']);
		const { registration, words, identity } = await seen(store, phoneOf(1));
		expect([registration?.ended_by, words]).toEqual(['operator', { all: 'in' }]);
		const chain = await store.db
			.selectFrom('ledger_chain')
			.select('id')
			.where('identity_id', '=', identity?.id ?? 0)
			.executeTakeFirstOrThrow();
		const record = await store.db
			.selectFrom('consent_record')
			.select('details')
			.where('chain_id', '=', chain.id)
			.orderBy('sequence', 'desc')
			.limit(1)
			.executeTakeFirstOrThrow();
		expect(JSON.parse(record.details ?? '')).toMatchObject({
			action: 'revoke',
			source: 'operator',
			evidence: { reason: expect.stringMatching(/^silent since 2026-11-22T12:00/) as string },
		});
		clock.advance(1_000);
		await write(1, 'hello');
		expect(await states(1)).toEqual(['active']);
		expect((await verifyConsent(store)).valid).toBe(true);
	});

	it('does not take for silent whom the operator registered lately', async () => {
		const { store, clock } = context();
		await makeSender();
		await createOrUpdateSender(store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			policy: 'keywordOnly',
		});
		await deliver(store, message('hello'));
		clock.advance(400 * DAY_MS);
		await registerByHand(store, { sender: '', number: PHONE, source: 'signed form' });
		clock.advance(DAY_MS);
		expect(await endSilent(store, { sender: '', months: 12, dryRun: false })).toMatchObject({ silent: 0, ended: 0 });
		for (const months of [0, 1.5, -1, NaN])
			await expect(endSilent(store, { sender: '', months, dryRun: true })).rejects.toThrow(/number of months/);
		expect((await eventsOf(store)).length).toBeGreaterThan(0);
	});
});
