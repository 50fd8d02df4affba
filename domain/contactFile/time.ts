/** Days first, as Europe writes them: 03.05.2026, 3/5/2026, 3-5-2026 14:30. */
const EUROPEAN = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ ,T]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?$/;
/** 2026-05-03, 2026/05/03, with a time, a zone, both or neither. */
const ISO =
	/^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

const EARLIEST = Date.UTC(1990, 0, 1);
const DAY_MS = 86_400_000;

/**
 * Reads a date as it stands in a file of contacts; without a zone it is UTC.
 * @returns UTC ms, never after `now`; undefined for what is no date, lies before 1990 or more than a day (time zones) ahead.
 */
export function readPastTime(text: string, now: number): number | undefined {
	const time = readIso(text.trim()) ?? readEuropean(text.trim());
	if (time === undefined || time < EARLIEST || time > now + DAY_MS) return undefined;
	return Math.min(time, now);
}

function readIso(text: string): number | undefined {
	const match = ISO.exec(text);
	if (!match) return undefined;
	const [, year, month, day, hour, minute, second, fraction, zone] = match;
	const time = timeOf([year, month, day, hour, minute, second]);
	if (time === undefined) return undefined;
	return time + Math.floor(Number(`0.${fraction ?? 0}`) * 1_000) - offsetMs(zone);
}

function readEuropean(text: string): number | undefined {
	const match = EUROPEAN.exec(text);
	if (!match) return undefined;
	const [, day, month, year, hour, minute, second] = match;
	return timeOf([year, month, day, hour, minute, second]);
}

/** Undefined for a day that no calendar has: Date would take 31 February for 3 March. */
function timeOf(parts: ReadonlyArray<string | undefined>): number | undefined {
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
	if (hour > 23 || minute > 59 || second > 59) return undefined;
	const date = new Date(Date.UTC(year, month - 1, day));
	if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
	return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000;
}

function offsetMs(zone: string | undefined): number {
	if (zone === undefined || /^z$/i.test(zone)) return 0;
	const digits = zone.replace(/\D/g, '');
	const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
	return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
