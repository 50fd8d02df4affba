import fc from 'fast-check';

import { afterReport, countsOfChange, type MessageStep, type ReportedState } from '../../domain/messageState';

const message = (over: Partial<MessageStep> = {}): MessageStep => ({
	state: 'accepted',
	channel: 'sms',
	deliveredAs: null,
	taken: true,
	error: null,
	...over,
});
const report = (state: ReportedState, deliveredAs: 'sms' | 'push' = 'sms') => ({
	state,
	deliveredAs,
	error: state === 'failed' || state === 'expired' ? state : null,
});

/** Goes through the reports and adds up what they count. */
function follow(
	start: MessageStep,
	reports: ReturnType<typeof report>[],
): { end: MessageStep; totals: Record<string, number> } {
	const totals: Record<string, number> = {};
	let at = start;
	const add = (from: MessageStep, to: MessageStep): void => {
		for (const { what, channel, error, delta } of countsOfChange(from, to))
			totals[`${what} ${channel} ${error}`] = (totals[`${what} ${channel} ${error}`] ?? 0) + delta;
	};
	add(message({ state: 'queued', taken: false }), start);
	for (const each of reports) {
		const next = afterReport(at, each);
		add(at, next);
		at = next;
	}
	return { end: at, totals: Object.fromEntries(Object.entries(totals).filter(([, total]) => total !== 0)) };
}

const states = fc.constantFrom<ReportedState>('accepted', 'sent', 'delivered', 'read', 'failed', 'expired');
const reports = fc.array(
	fc.tuple(states, fc.constantFrom('sms' as const, 'push' as const)).map(([state, as]) => report(state, as)),
	{ maxLength: 8 },
);
const starts = fc.constantFrom(
	message(),
	message({ state: 'sending', taken: false }),
	message({ state: 'unknown', taken: false, error: 'interrupted' }),
);

describe('The state of a message', () => {
	it('ends the same for every order of reports, and so do the counters', () => {
		fc.assert(
			fc.property(starts, reports, (start, list) => {
				const forward = follow(start, list);
				expect(follow(start, [...list].reverse())).toEqual(forward);
				expect(
					follow(
						start,
						[...list].sort((one, other) => (one.state < other.state ? -1 : 1)),
					),
				).toEqual(forward);
			}),
		);
	});

	it('is not changed by a report that comes again', () => {
		fc.assert(
			fc.property(starts, reports, (start, list) =>
				expect(follow(start, [...list, ...list])).toEqual(follow(start, list)),
			),
		);
	});

	it('counts a message at most once for each step and channel', () => {
		fc.assert(
			fc.property(starts, reports, (start, list) =>
				Object.values(follow(start, list).totals).forEach((total) => expect(total).toBe(1)),
			),
		);
	});

	it('counts the steps that were skipped', () => {
		expect(follow(message(), [report('read')]).totals).toEqual({
			'accepted sms ': 1,
			'sent sms ': 1,
			'delivered sms ': 1,
			'read sms ': 1,
		});
	});

	it('takes a late failure after "sent", and none after "delivered"', () => {
		expect(follow(message(), [report('sent'), report('failed')])).toMatchObject({
			end: { state: 'failed' },
			totals: { 'accepted sms ': 1, 'failed sms failed': 1 },
		});
		expect(follow(message(), [report('delivered'), report('failed')]).end.state).toBe('delivered');
	});

	it.each(['skipped', 'cancelled'] as const)('stays %s whatever is reported', (state) => {
		fc.assert(
			fc.property(reports, (list) => expect(follow(message({ state, taken: false }), list).end.state).toBe(state)),
		);
	});
});
