import type { ReportChannel } from '../../domain/channel';
import { daysOf, type DayRange } from '../../domain/quarterHour';
import { quarterTotals } from '../../store/counters';
import type { Store } from '../../store/store';

/** Messages by how far they came. Accepted counts all that a provider took; read counts those read, each also as delivered and sent. */
export interface MessageTotals {
	accepted: number;
	sent: number;
	delivered: number;
	read: number;
	failed: number;
	unknown: number;
	skipped: number;
	expired: number;
	cancelled: number;
}

export interface DayTotals extends MessageTotals {
	/** YYYY-MM-DD. */
	day: string;
	registrations: number;
	optOuts: number;
	invitations: number;
}

export interface ReportSummary {
	from: string;
	to: string;
	timeZone: string;
	channels: Array<MessageTotals & { channel: ReportChannel }>;
	registrations: number;
	optOuts: number;
	invitations: number;
	/** Every day of the range, the quiet ones too. */
	days: DayTotals[];
}

const CHANNELS: readonly ReportChannel[] = ['sms', 'whatsapp', 'push'];
const STATES = [
	'accepted',
	'sent',
	'delivered',
	'read',
	'failed',
	'unknown',
	'skipped',
	'expired',
	'cancelled',
] as const;

/**
 * Sums up a range of days, both included and written YYYY-MM-DD, as the time zone has them.
 * @throws {InvalidInputError} for days or a time zone that are none.
 */
export async function summarise(
	store: Store,
	{ from, to, timeZone }: { from: string; to: string; timeZone: string },
): Promise<ReportSummary> {
	const ranges = daysOf(from, to, timeZone);
	const totals = await store.read((db) => quarterTotals(db, ranges[0]?.startAt ?? 0, ranges.at(-1)?.endAt ?? 0));
	const channels = new Map(CHANNELS.map((channel) => [channel, { channel, ...none() }]));
	const days = ranges.map(({ day }) => ({ day, ...none(), registrations: 0, optOuts: 0, invitations: 0 }));
	for (const { quarterAt, channel, what, total } of totals) {
		const day = days[dayIndexOf(ranges, quarterAt)];
		if (!day) continue;
		const state = STATES.find((each) => each === what);
		if (state) {
			day[state] += total;
			const ofChannel = channels.get(channel);
			if (ofChannel) ofChannel[state] += total;
		}
		if (what === 'registration') day.registrations += total;
		if (what === 'optOut') day.optOuts += total;
		if (what === 'invitation') day.invitations += total;
	}
	const sum = (what: 'registrations' | 'optOuts' | 'invitations'): number =>
		days.reduce((all, day) => all + day[what], 0);
	return {
		from,
		to,
		timeZone,
		channels: [...channels.values()],
		registrations: sum('registrations'),
		optOuts: sum('optOuts'),
		invitations: sum('invitations'),
		days,
	};
}

function none(): MessageTotals {
	return { accepted: 0, sent: 0, delivered: 0, read: 0, failed: 0, unknown: 0, skipped: 0, expired: 0, cancelled: 0 };
}

/** The day a quarter lies in, by halving: the days are in order and leave no gap. */
function dayIndexOf(ranges: readonly DayRange[], at: number): number {
	let low = 0;
	let high = ranges.length - 1;
	while (low < high) {
		const middle = Math.ceil((low + high) / 2);
		if ((ranges[middle]?.startAt ?? 0) <= at) low = middle;
		else high = middle - 1;
	}
	return low;
}
