import {
	countriesAllowed,
	FORM_LIMITS,
	type InvitationLimits,
	NO_LIMITS,
	OPERATOR_LIMITS,
} from '../../../domain/invitationLimits';
import { invite, type InviteInput } from '../../../services/invitations/invite';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { consentTables, deliver, message, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const phoneOf = (index: number): string => `+39333${String(1_000_000 + index)}`;

describeStores('Limits of invitations', (context) => {
	beforeEach(async () => {
		await createOrUpdateSender(context().store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			providerSenderId: '1066',
			sendsWhatsApp: true,
			sendsSms: false,
			country: 'IT',
		});
	});
	let index = 0;
	const ask = async (
		limits: Partial<InvitationLimits>,
		{ address, ...input }: Partial<InviteInput> & { address?: string } = {},
	) =>
		await invite(context().store, {
			sender: '',
			number: phoneOf(++index),
			origin: 'form',
			limits: { ...NO_LIMITS, ...limits },
			evidence: { ...(address !== undefined && { address }) },
			...input,
		});
	const outcomes = async (count: number, ...asked: Parameters<typeof ask>): Promise<string[]> => {
		const all: string[] = [];
		for (let step = 0; step < count; step++) all.push((await ask(...asked)).outcome);
		return all;
	};

	it('let a number be invited so often an hour, and say when there is room again', async () => {
		const { clock } = context();
		const number = phoneOf(0);
		expect(await outcomes(1, { numberPerHour: 2 }, { number })).toEqual(['invited']);
		clock.advance(20 * MINUTE_MS);
		expect(await outcomes(1, { numberPerHour: 2 }, { number: '0039 333 100 0000' })).toEqual(['invited']);
		clock.advance(10 * MINUTE_MS);
		const refused = await ask({ numberPerHour: 2 }, { number });
		expect(refused).toMatchObject({
			outcome: 'numberLimit',
			invitationId: null,
			link: null,
			eventId: null,
			reason: expect.stringContaining('number') as string,
		});
		expect(refused.retryAt).toBe(new Date(clock.time + 30 * MINUTE_MS).toISOString());
		expect(await outcomes(1, { numberPerHour: 2 })).toEqual(['invited']);
		clock.advance(30 * MINUTE_MS);
		expect(await outcomes(2, { numberPerHour: 2 }, { number })).toEqual(['invited', 'numberLimit']);
	});

	it.each([
		['numberPerDay', 'numberLimit', { number: phoneOf(0) }],
		['addressPerDay', 'addressLimit', { address: '192.0.2.1' }],
		['networkPerDay', 'addressLimit', { address: '2001:db8::1' }],
		['overallPerDay', 'overallLimit', {}],
	] as const)('count a day as well: %s', async (limit, refusal, input) => {
		const { clock } = context();
		const limits = { [limit]: 2 };
		expect(await outcomes(1, limits, input)).toEqual(['invited']);
		clock.advance(2 * HOUR_MS);
		expect(await outcomes(2, limits, input)).toEqual(['invited', refusal]);
		clock.advance(21 * HOUR_MS);
		expect(await outcomes(1, limits, input)).toEqual([refusal]);
		clock.advance(HOUR_MS);
		expect(await outcomes(2, limits, input)).toEqual(['invited', refusal]);
	});

	it('count an address of IPv4 by itself, one of IPv6 by its first 64 bits, and nobody whose address is not known', async () => {
		const limits = { addressPerHour: 1 };
		expect(await outcomes(1, limits, { address: '192.0.2.1' })).toEqual(['invited']);
		expect(await outcomes(1, limits, { address: '::ffff:192.0.2.1' })).toEqual(['addressLimit']);
		expect(await outcomes(1, limits, { address: '192.0.2.2' })).toEqual(['invited']);
		expect(await outcomes(1, limits, { address: '2001:db8:1:2::1' })).toEqual(['invited']);
		expect(await outcomes(1, limits, { address: '2001:DB8:1:2:ffff:ffff:ffff:ffff' })).toEqual(['addressLimit']);
		expect(await outcomes(1, limits, { address: '2001:db8:1:3::1' })).toEqual(['invited']);
		expect(await outcomes(2, limits)).toEqual(['invited', 'invited']);
	});

	it('count together all visitors whose address a proxy hides', async () => {
		const limits = { addressPerHour: 2 };
		expect(await outcomes(1, limits, { address: 'unknown' })).toEqual(['invited']);
		expect(await outcomes(1, limits, { address: '' })).toEqual(['invited']);
		expect(await outcomes(1, limits, { address: '_hidden' })).toEqual(['addressLimit']);
		expect(await outcomes(1, limits, { address: '192.0.2.1' })).toEqual(['invited']);
	});

	it.each(['networkPerHour', 'networkPerDay'] as const)(
		'hold a whole /48 of IPv6, beside each /64 of it: %s',
		async (limit) => {
			const limits = { addressPerHour: 2, [limit]: 3 };
			expect(await outcomes(3, limits, { address: '[2001:db8:1:1::1]:4711' })).toEqual([
				'invited',
				'invited',
				'addressLimit',
			]);
			expect(await outcomes(1, limits, { address: '2001:db8:1:2::1' })).toEqual(['invited']);
			expect(await outcomes(1, limits, { address: '2001:db8:1:3::1' })).toEqual(['addressLimit']);
			expect(await outcomes(1, limits, { address: '2001:db8:2:3::1' })).toEqual(['invited']);
			expect(await outcomes(2, limits, { address: '192.0.2.1' })).toEqual(['invited', 'invited']);
		},
	);

	it('let the last place go to one of many who ask at once', async () => {
		const limits = { overallPerHour: 3 };
		const asked = await Promise.all(Array.from({ length: 12 }, () => ask(limits)));
		expect(asked.filter(({ outcome }) => outcome === 'invited')).toHaveLength(3);
		expect(asked.filter(({ outcome }) => outcome === 'overallLimit')).toHaveLength(9);
	});

	it('count a number wherever it was asked for, and the rest for form and company apart', async () => {
		const number = phoneOf(0);
		expect(await outcomes(3, {}, { origin: 'operator' })).toEqual(['invited', 'invited', 'invited']);
		expect(await outcomes(2, { overallPerHour: 2 })).toEqual(['invited', 'invited']);
		expect(await outcomes(1, { numberPerHour: 1 }, { number, origin: 'operator' })).toEqual(['invited']);
		expect(await outcomes(1, { numberPerHour: 1 }, { number })).toEqual(['numberLimit']);
	});

	it.each([
		['+436641234567', '', 'invited'],
		['+447400123456', '', 'invited'],
		['+12025550123', '', 'countryNotAllowed'],
		['+6281234567890', '', 'countryNotAllowed'],
		['+6281234567890', '*', 'invited'],
		['+393331234567', 'at, de', 'countryNotAllowed'],
		['+436641234567', 'at, de', 'invited'],
	])('invite %s where the countries allowed are "%s": %s', async (number, countries, outcome) => {
		expect(await ask({ countries: countriesAllowed(countries, 'IT') }, { number })).toMatchObject({
			outcome,
			retryAt: null,
		});
	});

	it('leave nothing behind of what they refuse', async () => {
		const { store } = context();
		await outcomes(1, { overallPerHour: 1 });
		const before = [
			await consentTables(store),
			await store.db.selectFrom('identity').selectAll().execute(),
			await store.db.selectFrom('invitation_request').selectAll().execute(),
		];
		await outcomes(3, { overallPerHour: 1 });
		await ask({ countries: ['AT'] });
		expect([
			await consentTables(store),
			await store.db.selectFrom('identity').selectAll().execute(),
			await store.db.selectFrom('invitation_request').selectAll().execute(),
		]).toEqual(before);
	});

	it('keep neither number nor address, and no row longer than a day', async () => {
		const { store, clock } = context();
		await outcomes(30, {}, { address: '192.0.2.1' });
		const rows = await store.db.selectFrom('invitation_request').selectAll().execute();
		expect(rows).toHaveLength(30);
		expect(JSON.stringify(rows)).not.toMatch(/39333|192\.0/);
		clock.advance(24 * HOUR_MS);
		await outcomes(2, {});
		expect(await store.db.selectFrom('invitation_request').selectAll().execute()).toHaveLength(2);
	});

	it('are the same for who is registered already: a stranger learns nothing from them', async () => {
		const { store } = context();
		const number = phoneOf(500);
		await deliver(store, message('START', { phone: number }));
		expect(await outcomes(3, { numberPerHour: 2 }, { number })).toEqual([
			'alreadyRegistered',
			'alreadyRegistered',
			'numberLimit',
		]);
	});

	it('tell the company that somebody is registered, before any limit', async () => {
		const { store } = context();
		const number = phoneOf(501);
		await deliver(store, message('START', { phone: number }));
		expect(await outcomes(5, OPERATOR_LIMITS, { number, origin: 'operator' })).toEqual(
			Array.from({ length: 5 }, () => 'alreadyRegistered'),
		);
	});

	it('of a form are all in force unless somebody takes them away', () => {
		for (const limit of [
			'numberPerHour',
			'numberPerDay',
			'addressPerHour',
			'addressPerDay',
			'networkPerHour',
			'networkPerDay',
			'overallPerHour',
			'overallPerDay',
		] as const)
			expect(FORM_LIMITS[limit]).toBeGreaterThan(0);
	});
});
