import fc from 'fast-check';

import { applySignal, foldSignals, isStillHeard } from '../../../domain/consent/fold';
import { OPT_OUT_GUARD_MS } from '../../../domain/consent/saidByPerson';
import { groupScope } from '../../../domain/consent/scope';
import { type ConsentState, emptyConsent } from '../../../domain/consent/state';
import { compareSignals, type ConsentSignal, type SignalKind } from '../../../domain/consent/signal';

let keys = 0;

function signal(kind: SignalKind, effectiveAt: number, more: Partial<ConsentSignal> = {}): ConsentSignal {
	return {
		key: `test ${++keys}`,
		kind,
		channel: 'whatsapp',
		effectiveAt,
		senderId: 1,
		groupId: null,
		invitedGroupIds: [],
		isInvited: false,
		looksLikeOptOut: kind === 'stop',
		opensWindow: ['start', 'stop', 'help', 'message'].includes(kind) && more.channel !== 'sms',
		policy: 'anyMessage',
		stopScope: 'allSenders',
		scopes: [],
		...more,
	};
}

/** What a state says, without which signal said it: two signals at the same moment may say the same. */
function meaning({ words, registrations, lastInboundAt, joined, smsConsentAt, doubtedAt }: ConsentState) {
	const sorted = <K, V>(map: Iterable<[K, V]>) =>
		[...map].sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));
	return {
		words: sorted(words).map(([scope, { direction, effectiveAt, source }]) => [scope, direction, effectiveAt, source]),
		registrations: sorted(registrations),
		lastInboundAt: sorted(lastInboundAt),
		joined: [...joined].sort(),
		smsConsentAt,
		doubtedAt,
	};
}

const anySignal = fc
	.record({
		key: fc.uuid(),
		kind: fc.constantFrom<SignalKind>(
			'start',
			'stop',
			'message',
			'help',
			'ignored',
			'providerStop',
			'providerResume',
			'invited',
			'register',
			'revoke',
		),
		channel: fc.constantFrom('whatsapp' as const, 'sms' as const),
		// Few moments, days apart and equal, so that ties and the 24-hour guard are met often.
		effectiveAt: fc.integer({ min: 0, max: 12 }).map((step) => step * (OPT_OUT_GUARD_MS / 3)),
		senderId: fc.constantFrom(1, 2, null),
		groupId: fc.constantFrom(null, null, 5, 6),
		invitedGroupIds: fc.subarray([5, 6]),
		isInvited: fc.boolean(),
		looksLikeOptOut: fc.boolean(),
		isDoubtful: fc.boolean(),
		policy: fc.constantFrom('anyMessage' as const, 'keywordOrInvitation' as const, 'keywordOnly' as const),
		stopScope: fc.constantFrom('allSenders' as const, 'thisSender' as const),
	})
	.map((made): ConsentSignal => ({ ...made, opensWindow: made.channel === 'whatsapp', scopes: [] }));

const history = fc.uniqueArray(anySignal, { selector: ({ key }) => key, maxLength: 12 });

describe('Rules of consent', () => {
	it('end in the same state for every order of arrival, with duplicates', () => {
		fc.assert(
			fc.property(
				history.chain((signals) =>
					fc.tuple(
						fc.constant(signals),
						fc.shuffledSubarray([...signals, ...signals], { minLength: signals.length * 2 }),
					),
				),
				([signals, arrived]) => {
					expect(meaning(foldSignals(arrived).state)).toEqual(
						meaning(foldSignals([...signals].sort(compareSignals)).state),
					);
				},
			),
			{ numRuns: 500 },
		);
	});

	it('give the newest signal on top of a state the same meaning as folding the whole history', () => {
		fc.assert(
			fc.property(history, (signals) => {
				const sorted = [...signals].sort(compareSignals);
				const state = sorted.reduce((before, each) => applySignal(before, each).state, emptyConsent);
				expect(meaning(state)).toEqual(meaning(foldSignals(signals).state));
			}),
		);
	});

	it('leave nobody registered whose last word was STOP', () => {
		fc.assert(
			fc.property(history, (signals) => {
				const last = signals.reduce((latest, { effectiveAt }) => Math.max(latest, effectiveAt), 0);
				const { state } = foldSignals([...signals, signal('stop', last)]);
				expect([...state.registrations.values()].every((each) => each.state === 'ended')).toBe(true);
				expect(state.words.get('all')?.direction).toBe('out');
				expect(state.joined.size).toBe(0);
			}),
		);
	});

	it('register nobody within 24 hours of a STOP except by START', () => {
		fc.assert(
			fc.property(history, fc.integer({ min: 0, max: OPT_OUT_GUARD_MS - 1 }), (signals, laterMs) => {
				const last = signals.reduce((latest, { effectiveAt }) => Math.max(latest, effectiveAt), 0);
				const stopped = [...signals, signal('stop', last)];
				const withMessage = foldSignals([...stopped, signal('message', last + laterMs)]).state;
				expect([...withMessage.registrations.values()].some(({ state }) => state === 'registered')).toBe(false);
				const withStart = foldSignals([...stopped, signal('start', last + laterMs + 1)]).state;
				expect(withStart.registrations.get(1)?.state).toBe('registered');
			}),
		);
	});

	it('let the opt-out win at equal times, whichever arrives first', () => {
		const both = [signal('start', 100), signal('stop', 100)];
		for (const order of [both, [...both].reverse()])
			expect(foldSignals(order).state.registrations.get(1)).toMatchObject({ state: 'ended', endedBy: 'person' });
	});

	it('register by any message from 24 hours after a STOP on', () => {
		const late = foldSignals([
			signal('start', 0),
			signal('stop', 100),
			signal('message', 100 + OPT_OUT_GUARD_MS),
		]).state;
		expect(late.registrations.get(1)?.state).toBe('registered');
		expect(late.words.get('all')?.direction).toBe('in');
	});

	it.each([
		['anyMessage', false, 'registered'],
		['anyMessage', true, 'registered'],
		['keywordOrInvitation', false, undefined],
		['keywordOrInvitation', true, 'registered'],
		['keywordOnly', false, undefined],
		['keywordOnly', true, undefined],
	] as const)(
		'under the policy %s a plain message (invited: %s) leaves the person %s',
		(policy, isInvited, expected) => {
			const { state } = foldSignals([signal('message', 1, { policy, isInvited })]);
			expect(state.registrations.get(1)?.state).toBe(expected);
			expect(foldSignals([signal('start', 1, { policy })]).state.registrations.get(1)?.state).toBe('registered');
		},
	);

	it.each(['help', 'ignored'] as const)('never register by %s, nor by a text that looks like an opt-out', (kind) => {
		expect(foldSignals([signal(kind, 1)]).state.registrations.size).toBe(0);
		expect(foldSignals([signal('message', 1, { looksLikeOptOut: true })]).state.registrations.size).toBe(0);
		for (const channel of ['whatsapp', 'sms'] as const) {
			const doubt = signal('message', 1, { channel, looksLikeOptOut: true, isDoubtful: true });
			expect(foldSignals([doubt]).outcomes.get(doubt.key)).toBe('doubtful');
		}
	});

	it('end everything at all senders by STOP, but only at one where the sender is set so', () => {
		const registered = [signal('start', 0), signal('start', 0, { senderId: 2 })];
		const states = (stop: ConsentSignal) =>
			[...foldSignals([...registered, stop]).state.registrations.values()].map(({ state }) => state);
		expect(states(signal('stop', 1))).toEqual(['ended', 'ended']);
		expect(states(signal('stop', 1, { stopScope: 'thisSender' })).sort()).toEqual(['ended', 'registered']);
	});

	it('leave one group by STOP x and keep the registration', () => {
		const { state } = foldSignals([
			signal('start', 0, { groupId: 5 }),
			signal('start', 0, { groupId: 6 }),
			signal('stop', 1, { groupId: 5 }),
		]);
		expect(state.registrations.get(1)?.state).toBe('registered');
		expect([...state.joined]).toEqual([6]);
		expect(state.words.get(groupScope(5))?.direction).toBe('out');
	});

	it('do not bring groups back by a START after STOP', () => {
		const { state } = foldSignals([signal('start', 0, { groupId: 5 }), signal('stop', 1), signal('start', 2)]);
		expect(state.joined.size).toBe(0);
	});

	it('lift STOP x by START x only, not by an invitation to that group', () => {
		const left = [signal('start', 0, { groupId: 5 }), signal('stop', 1, { groupId: 5 })];
		expect(foldSignals([...left, signal('start', 2, { invitedGroupIds: [5] })]).state.joined.size).toBe(0);
		expect([...foldSignals([...left, signal('start', 2, { groupId: 5 })]).state.joined]).toEqual([5]);
	});

	it.each([
		['START with the code and the first group', 5, [5, 6], [5, 6]],
		['START with the code alone', null, [5, 6], [5, 6]],
		['START with a group that the invitation is not for', 7, [5, 6], [7]],
		['START with a group, answering no invitation', 5, [], [5]],
	])('join by %s', (_, groupId, invitedGroupIds, joined) => {
		expect([...foldSignals([signal('start', 0, { groupId, invitedGroupIds })]).state.joined].sort()).toEqual(joined);
	});

	it('bring back by an invitation for several groups only the one that is named, where others were left', () => {
		const left = [signal('stop', 0, { groupId: 5 }), signal('stop', 0, { groupId: 6 })];
		const { state } = foldSignals([...left, signal('start', 1, { groupId: 5, invitedGroupIds: [5, 6, 7] })]);
		expect([...state.joined].sort()).toEqual([5, 7]);
		expect(state.words.get(groupScope(6))?.direction).toBe('out');
	});

	it('block all SMS by a STOP by SMS, which START by WhatsApp does not lift', () => {
		const stopped = [signal('start', 0), signal('stop', 1, { channel: 'sms' })];
		const byWhatsApp = foldSignals([...stopped, signal('start', 2)]).state;
		expect([byWhatsApp.words.get('all')?.direction, byWhatsApp.words.get('sms')?.direction]).toEqual(['in', 'out']);
		const bySms = foldSignals([...stopped, signal('start', 2, { channel: 'sms' })]).state;
		expect([bySms.words.get('all')?.direction, bySms.words.get('sms')?.direction]).toEqual(['in', 'in']);
		expect(bySms.registrations.get(1)?.state).toBe('ended');
		expect(bySms.smsConsentAt).toBe(2);
	});

	it("take Meta's marketing switch as one: the registration stays, Register is not refused, and resume undoes just that", () => {
		const stopped = foldSignals([signal('start', 0), signal('providerStop', 1)]).state;
		expect(stopped.registrations.get(1)).toMatchObject({ state: 'registered', since: 0 });
		const byHand = foldSignals([signal('providerStop', 1), signal('register', 2)]).state;
		expect(byHand.registrations.get(1)).toMatchObject({ state: 'registered', since: 2 });
		expect(byHand.words.get('marketing:1')?.direction).toBe('out');
		expect(stopped.words.get('marketing:1')).toMatchObject({ direction: 'out', source: 'provider' });
		const resumed = foldSignals([signal('start', 0), signal('providerStop', 1), signal('providerResume', 2)]).state;
		expect(resumed.words.get('marketing:1')?.direction).toBe('in');
		expect(foldSignals([signal('providerStop', 1), signal('providerResume', 2)]).state.registrations.size).toBe(0);
		const own = foldSignals([signal('start', 0), signal('stop', 1), signal('providerResume', 2)]).state;
		expect(own.words.get('all')?.direction).toBe('out');
	});

	it("refuse to register by hand against the person's own word, and let a message back in after a revocation", () => {
		expect(
			foldSignals([signal('stop', 0), signal('register', OPT_OUT_GUARD_MS * 3)]).state.registrations.get(1),
		).toBeUndefined();
		const { state } = foldSignals([signal('start', 0), signal('revoke', 1), signal('message', 2)]);
		expect(state.registrations.get(1)?.state).toBe('registered');
	});

	it('tell whether a signal still counts after newer ones', () => {
		const [start, stop] = [signal('start', 1), signal('stop', 2)];
		const { state } = foldSignals([start, stop]);
		expect([isStillHeard(start, state), isStillHeard(stop, state)]).toEqual([false, true]);
	});
});
