import { metaAccount } from '../../sandbox/accounts';
import { phoneOf, registerMany } from '../../bench/people';
import { eventually, type Item, pause, World } from './world';

const people = 300;
const ratePerSecond = 40;

/** Campaigns on the real n8n: what arrives, at which pace, and what a STOP, a stop and a crash in the middle do. */
describe('A campaign on a real n8n', () => {
	let world: World;
	beforeEach(async () => {
		world = await World.start();
		// They are registered in the store only; the gateway has never heard of them.
		world.gateway.changeSettings({ enforceWindow: false });
		await world.withStore(async (store) => {
			await registerMany(store, { count: people, senderPhone: metaAccount.phone, shortcode: 'news' });
			await store.db
				.updateTable('sender')
				.set({ rate_per_second: ratePerSecond })
				.where('phone', '=', metaAccount.phone)
				.execute();
		});
	}, 240_000);
	afterEach(async () => await world?.close());

	const create = async (key = 'sale'): Promise<Item> =>
		await world.ask('campaign', {
			key,
			channels: 'whatsapp',
			groups: ['news'],
			text: 'Today everything is half price.',
		});
	const accepted = (): number => world.gateway.counters.summary().accepted;
	const finished = async (campaignId: unknown): Promise<Item> =>
		await eventually(
			async () => {
				const campaign = await world.ask('get-campaign', { campaign: campaignId });
				return campaign.state === 'finished' ? campaign : undefined;
			},
			90_000,
			() => `the campaign's end; accepted so far: ${accepted()}`,
		);

	it('reaches everybody once, at the sender’s rate, and statuses move its messages to delivered and read; a STOP withdraws what is queued', async () => {
		const leaver = phoneOf(people - 1);
		const campaign = await create();
		expect(campaign).toMatchObject({ total: people });
		expect(await create()).toMatchObject({ campaignId: campaign.campaignId, created: false });

		await eventually(() => (accepted() > 20 ? true : undefined), 30_000);
		const answer = await world.whatsApp(leaver, 'STOP');
		expect(answer.status).toBe(200);

		const result = await finished(campaign.campaignId);
		const sends = world.gateway.counters.sends();
		const toGroup = sends.filter(({ recipient }) => recipient !== leaver.slice(1));
		expect(toGroup).toHaveLength(people - 1);
		expect(world.gateway.counters.acceptedMoreThan(1)).toEqual([]);
		// After the 200 to the STOP only its confirmation goes to that person.
		const after = sends.filter(({ recipient, at }) => recipient === leaver.slice(1) && at > answer.answeredAt);
		expect(after.length).toBeLessThanOrEqual(1);
		expect(mostInAnySecond(toGroup.map(({ at }) => at))).toBeLessThanOrEqual(ratePerSecond * 1.1 + 2);
		expect(result).toMatchObject({ leftOut: { 'opted out': 1 } });

		await eventually(
			async () => {
				const { counts } = (await world.ask('get-campaign', { campaign: campaign.campaignId })) as {
					counts: Record<string, number>;
				};
				return counts.read === people - 1 ? true : undefined;
			},
			30_000,
			() => 'everybody to have read it',
		);
		const report = (await world.ask('report')) as { channels: Array<Record<string, unknown>>; optOuts: number };
		expect(report.channels.find(({ channel }) => channel === 'whatsapp')).toMatchObject({ skipped: 1 });
		expect(report.optOuts).toBe(1);
	}, 240_000);

	it('stopped in the middle and started again, it leaves no message unknown and sends none twice', async () => {
		const { campaignId } = await create();
		await eventually(() => (accepted() > 40 ? true : undefined), 30_000);
		await world.sandbox.stopN8n();
		expect(accepted()).toBeLessThan(people);
		await pause(500);
		const whileStopped = accepted();
		await pause(1_000);
		expect(accepted()).toBe(whileStopped);

		await world.sandbox.restartN8n();
		const { counts } = (await finished(campaignId)) as { counts: Record<string, number> };
		expect(counts.unknown ?? 0).toBe(0);
		expect(world.gateway.counters.acceptedMoreThan(1)).toEqual([]);
		expect(accepted()).toBe(people);
	}, 240_000);

	it('killed in the middle, it sends none twice; only what was on its way is unknown until a status settles it', async () => {
		world.gateway.changeSettings({ answerDelayMs: 300 });
		const { campaignId } = await create();
		await eventually(() => (accepted() > 40 ? true : undefined), 30_000);
		await world.sandbox.killN8n();
		await world.sandbox.restartN8n();
		// Those on their way when n8n died are left as they are: nobody knows whether they arrived.
		const states = await eventually(
			async () => {
				const { counts } = (await world.ask('get-campaign', { campaign: campaignId })) as {
					counts: Record<string, number>;
				};
				const { queued = 0, accepted: onlyAccepted = 0, sent = 0, delivered = 0 } = counts;
				return queued + onlyAccepted + sent + delivered === 0 ? counts : undefined;
			},
			120_000,
			() => `the rest; accepted so far: ${accepted()}`,
		);
		const doubtful = (states.sending ?? 0) + (states.unknown ?? 0);
		expect(doubtful).toBeLessThanOrEqual(ratePerSecond);
		// A status has settled each of them that had arrived.
		expect(states.read).toBe(people - doubtful);
		expect(accepted()).toBe(people - doubtful);
		expect(world.gateway.counters.acceptedMoreThan(1)).toEqual([]);
	}, 300_000);
});

function mostInAnySecond(times: number[]): number {
	const sorted = [...times].sort((one, other) => one - other);
	let most = 0;
	for (let first = 0, last = 0; last < sorted.length; last++) {
		while ((sorted[last] ?? 0) - (sorted[first] ?? 0) >= 1_000) first++;
		most = Math.max(most, last - first + 1);
	}
	return most;
}
