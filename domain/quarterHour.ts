import { InvalidInputError } from './errors';

const QUARTER_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const LONGEST_RANGE_DAYS = 400;

/** The start of the quarter of an hour a time lies in, UTC ms. Every time zone's midnight is one. */
export function quarterOf(at: number): number {
	return Math.floor(at / QUARTER_MS) * QUARTER_MS;
}

export interface DayRange {
	/** YYYY-MM-DD in the time zone. */
	day: string;
	/** UTC ms; the day's end is not in it. Days of 23 and 25 hours come with the change of the clocks. */
	startAt: number;
	endAt: number;
}

/**
 * The days from `from` to `to`, both included and written YYYY-MM-DD, as a time zone (IANA name) has them.
 * @throws {InvalidInputError} for what is no day, no time zone, or too long a range.
 */
export function daysOf(from: string, to: string, timeZone: string): DayRange[] {
	const first = dateOf(from);
	const last = dateOf(to);
	if (last < first) throw new InvalidInputError(`The last day (${to}) is before the first (${from}).`);
	const count = Math.round((last - first) / DAY_MS) + 1;
	if (count > LONGEST_RANGE_DAYS)
		throw new InvalidInputError(`A report covers at most ${LONGEST_RANGE_DAYS} days; these are ${count}.`);
	const offsetAt = offsetsOf(timeZone);
	const midnights = Array.from({ length: count + 1 }, (_, index) => midnightOf(first + index * DAY_MS, offsetAt));
	return Array.from({ length: count }, (_, index) => ({
		day: new Date(first + index * DAY_MS).toISOString().slice(0, 10),
		startAt: midnights[index] ?? 0,
		endAt: midnights[index + 1] ?? 0,
	}));
}

/** A day's number as the UTC time of its midnight. */
function dateOf(day: string): number {
	const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
	if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day) {
		throw new InvalidInputError(`"${day}" is not a day. Write it as YYYY-MM-DD, e.g. 2026-11-22.`);
	}
	return time;
}

/** The first moment of a day: where midnight does not exist (clocks go forward at it), the moment after the gap. */
function midnightOf(dayUtc: number, offsetAt: (at: number) => number): number {
	const before = dayUtc - offsetAt(dayUtc - DAY_MS);
	const after = dayUtc - offsetAt(dayUtc + DAY_MS);
	const candidates = [before, after].filter((at) => at + offsetAt(at) === dayUtc);
	return candidates.length > 0 ? Math.min(...candidates) : Math.max(before, after);
}

/** How far a time zone's clocks are ahead of UTC at a time, ms. */
function offsetsOf(timeZone: string): (at: number) => number {
	let format: Intl.DateTimeFormat;
	try {
		format = new Intl.DateTimeFormat('en-US', {
			timeZone,
			calendar: 'gregory',
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
	} catch {
		throw new InvalidInputError(`"${timeZone}" is not a time zone. Use a name such as Europe/Vienna.`);
	}
	return (at) => {
		const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
		const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
		return (
			Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) -
			Math.floor(at / 1000) * 1000
		);
	};
}
