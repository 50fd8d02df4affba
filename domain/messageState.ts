import type { Channel, ReportChannel } from './channel';

/**
 * queued → sending → accepted → sent → delivered → read, and the ends beside them: failed and expired (the provider could
 * not), unknown (nobody can say whether it was sent), skipped (left out, `reason` says why), cancelled (by the operator).
 */
export type MessageState =
	| 'queued'
	| 'sending'
	| 'accepted'
	| 'sent'
	| 'delivered'
	| 'read'
	| 'failed'
	| 'unknown'
	| 'skipped'
	| 'cancelled'
	| 'expired';

export const MESSAGE_STATES: readonly MessageState[] = [
	'queued',
	'sending',
	'accepted',
	'sent',
	'delivered',
	'read',
	'failed',
	'unknown',
	'skipped',
	'cancelled',
	'expired',
];

/** What a provider may report. */
export type ReportedState = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed' | 'expired';

/**
 * The higher one stays, whatever comes in whichever order. A failure outranks "sent", which it may follow late; what was
 * delivered was delivered, whatever else is said.
 */
const RANK: Record<MessageState, number> = {
	queued: 0,
	sending: 0,
	unknown: 1,
	accepted: 2,
	sent: 3,
	expired: 4,
	failed: 5,
	delivered: 6,
	read: 7,
	// Never sent: nothing can be reported about them.
	skipped: 9,
	cancelled: 9,
};

/** As much of a message as reports are about. */
export interface MessageStep {
	state: MessageState;
	channel: Channel;
	deliveredAs: ReportChannel | null;
	/** The provider took it: a failure after that is still one of the accepted. */
	taken: boolean;
	/** Code of a failure, reason of being left out. */
	error: string | null;
}

/** The message after a report about it; the same object where the report changes nothing. */
export function afterReport(
	message: MessageStep,
	report: { state: ReportedState; deliveredAs: ReportChannel; error: string | null },
): MessageStep {
	const arrived = report.state === 'delivered' || report.state === 'read';
	const becomesPush =
		arrived && report.deliveredAs === 'push' && message.deliveredAs !== 'push' && RANK[message.state] < RANK.skipped;
	const rises = RANK[report.state] > RANK[message.state];
	if (!rises && !becomesPush) return message;
	return {
		...message,
		taken: true,
		state: rises ? report.state : message.state,
		error: rises ? report.error : message.error,
		deliveredAs: becomesPush ? 'push' : (message.deliveredAs ?? (arrived ? report.deliveredAs : null)),
	};
}

/** One entry for the counters: `delta` more of `what`. */
export interface CountStep {
	what: MessageState;
	channel: ReportChannel;
	error: string;
	delta: 1 | -1;
	/** In which quarter of an hour it belongs: of the request, of the state left, of the state reached. */
	time: 'request' | 'before' | 'now';
}

/**
 * What a change adds to the counters and takes back from them, so that they end the same in whichever order reports come:
 * a message counts once for each step on its way (a step that was skipped too), or for the end it met instead.
 */
export function countsOfChange(from: MessageStep, to: MessageStep): CountStep[] {
	const before = contribution(from);
	const after = contribution(to);
	const key = ({ what, channel, error }: Counted): string => `${what} ${channel} ${error}`;
	const had = new Set(before.map(key));
	const has = new Set(after.map(key));
	return [
		...before.filter((counted) => !has.has(key(counted))).map((counted) => entry(counted, -1)),
		...after.filter((counted) => !had.has(key(counted))).map((counted) => entry(counted, 1)),
	];
}

type Counted = Pick<CountStep, 'what' | 'channel' | 'error'>;

function entry(counted: Counted, delta: 1 | -1): CountStep {
	const time = counted.what === 'accepted' ? 'request' : delta === -1 ? 'before' : 'now';
	return { ...counted, delta, time };
}

function contribution({ state, channel, deliveredAs, taken, error }: MessageStep): Counted[] {
	const steps = (...names: MessageState[]): Counted[] =>
		names.map((what) => ({ what, channel: deliveredAs ?? channel, error: '' }));
	switch (state) {
		case 'queued':
		case 'sending':
			return [];
		case 'accepted':
			return steps('accepted');
		case 'sent':
			return steps('accepted', 'sent');
		case 'delivered':
			return steps('accepted', 'sent', 'delivered');
		case 'read':
			return steps('accepted', 'sent', 'delivered', 'read');
		case 'failed':
		case 'expired':
			return [...(taken ? steps('accepted') : []), { what: state, channel, error: error ?? '' }];
		case 'unknown':
		case 'skipped':
		case 'cancelled':
			return [{ what: state, channel, error: error ?? '' }];
	}
}
