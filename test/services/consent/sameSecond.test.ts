import { deliver, eventsOf, message, seen } from '../../support/inbound';
import { describeStores } from '../../support/stores';

/** Meta tells whole seconds, and its ids are in no order: two messages of one second come in either. */
describeStores('Two messages in one second', (context) => {
	const outcomesOf = async (texts: string[], ids: string[]) => {
		const { store, clock } = context();
		const sentAt = Math.floor(clock.now() / 1_000) * 1_000;
		clock.advance(5_000);
		for (const [index, text] of texts.entries())
			await deliver(store, message(text, { id: ids[index] as string, at: sentAt }));
		return (await eventsOf(store)).map(({ outcome }) => outcome);
	};

	describe.each([
		['one id before the other', ['wamid.A', 'wamid.B']],
		['one id after the other', ['wamid.B', 'wamid.A']],
	])('%s', (_name, ids) => {
		it.each<[string[], string[], string[]]>([
			[['Hello', 'yes'], ['registered', 'none'], ['active']],
			[['START', 'START'], ['registered', expect.stringMatching(/alreadyRegistered|none/)], ['active']],
			[['Hello', 'START'], ['registered', 'alreadyRegistered'], ['active']],
			[['STOP', 'STOP'], ['optedOut', expect.stringMatching(/alreadyOptedOut|none/)], []],
			[['Not interested', 'What happens if I unsubscribe?'], ['doubtful', 'alreadyAsked'], []],
			[['Hello', 'What happens if I unsubscribe?'], ['registered', 'doubtful'], ['active']],
			[['START', 'STOP'], ['registered', 'optedOut'], ['ended']],
		])('%j', async (texts, outcomes, registrations) => {
			expect(await outcomesOf(texts, ids)).toEqual(outcomes);
			expect((await seen(context().store)).registrations).toEqual(registrations);
		});
	});
});
