/**
 * Requests of a sender are evenly spaced over all workers. A request starts at its reserved time or up to `lateMs` after
 * it; the spacing is wider by the same share, so that no second holds more than the rate.
 */
export interface StartWindow {
	/** Reserved times begin this much later than they are reserved: what the store takes until the mark is committed. */
	leadMs: number;
	/** Reserved times reach this much further. */
	spanMs: number;
	/** A request starts at its time or up to this much later, or not at all. */
	lateMs: number;
	/** From the mark to the last moment at which its request may start. */
	totalMs: number;
}

/** On a store that is quick; a slow one gets longer, and its sender sends slower. */
export const SHORTEST_LATE_MS = 50;
const SHORTEST_SPAN_MS = 35;
/** An opt-out waits for marks under way, and its provider for the answer: a store that takes longer than this sends nothing. */
export const LONGEST_LEAD_MS = 4_000;

/** The window of a mark, by how long this store has been taking to commit one. */
export function startWindow(commitMs: number): StartWindow {
	const leadMs = Math.min(LONGEST_LEAD_MS, Math.ceil(commitMs));
	const spanMs = Math.max(SHORTEST_SPAN_MS, leadMs);
	const lateMs = Math.max(SHORTEST_LATE_MS, Math.ceil(leadMs / 2));
	return { leadMs, spanMs, lateMs, totalMs: leadMs + spanMs + lateMs };
}

/** No mark has a longer one. */
export const LONGEST_WINDOW_MS = startWindow(LONGEST_LEAD_MS).totalMs;

/** A longer commit counts at once, a shorter one little by little: what was slow a moment ago may be so again. */
export function expectedCommitMs(expectedMs: number, tookMs: number): number {
	return tookMs >= expectedMs ? tookMs : expectedMs + (tookMs - expectedMs) * 0.2;
}

export const LARGEST_SLOWDOWN = 64;
/** What is left of a slowdown after one message has gone well. */
const RECOVERY_PER_MESSAGE = 0.98;
const RECOVERING_MESSAGES_A_BATCH = 10;

/** Microseconds between two reserved times; a sender that is throttled takes `slowdown` times as long. */
export function spacingUs(ratePerSecond: number, slowdown: number, lateMs = SHORTEST_LATE_MS): number {
	return Math.max(1, Math.ceil((1_000_000 * (1 + lateMs / 1_000) * Math.max(1, slowdown)) / ratePerSecond));
}

/** How many times are free from now until `until`, both UTC microseconds. */
export function freeTimes(pace: { nextUs: number; spacingUs: number }, nowUs: number, untilUs: number): number {
	const first = Math.max(pace.nextUs, nowUs);
	return first >= untilUs ? 0 : Math.ceil((untilUs - first) / pace.spacingUs);
}

/** Gives out the next `count` times. */
export function reserveTimes(
	pace: { nextUs: number; spacingUs: number },
	nowUs: number,
	count: number,
): { timesUs: number[]; nextUs: number } {
	const first = Math.max(pace.nextUs, nowUs);
	return {
		timesUs: Array.from({ length: count }, (_, index) => first + index * pace.spacingUs),
		nextUs: first + count * pace.spacingUs,
	};
}

/** The provider throttles: half as fast. */
export function slowDown(slowdown: number): number {
	return Math.min(LARGEST_SLOWDOWN, Math.max(1, slowdown) * 2);
}

/** Messages went well: a little faster. */
export function recover(slowdown: number, messages: number): number {
	const faster = slowdown * RECOVERY_PER_MESSAGE ** Math.min(messages, RECOVERING_MESSAGES_A_BATCH);
	return faster < 1.01 ? 1 : faster;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * How long a sender waits that was not reached, or was told to wait, ms: longer each time in a row, so that an outage is
 * met by few requests, and never so long that its end goes unnoticed.
 * @param setbacks How often in a row, this one included.
 */
export function pauseAfter(setbacks: number, askedForMs = 0): number {
	return Math.max(askedForMs, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (setbacks - 1)));
}

/** So long the answer to the one message that a sender tries after trouble holds back all others, ms: longer than any request takes. */
export const TRY_MS = 20_000;

/** The pauses between them add up to some six minutes. */
const LASTING_FOREIGN_ANSWERS = 12;

/** Whether something else than the provider has answered for so long that somebody has to look. @param inARow this one included */
export function isLasting(inARow: number): boolean {
	return inARow >= LASTING_FOREIGN_ANSWERS;
}

const RETRIES = 10;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/**
 * When a message that was certainly not sent may be tried again, ms from now; null: no more.
 * @param attempts How often it has been tried, 1 or more.
 */
export function retryAfter(attempts: number, askedForMs: number | undefined): number | null {
	if (attempts >= RETRIES) return null;
	return Math.max(askedForMs ?? 0, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1)));
}
