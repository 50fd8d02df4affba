/**
 * Requests of a sender are evenly spaced over all workers. A request starts at its reserved time or up to
 * LATEST_START_MS after it; the spacing is wider by the same share, so that no second holds more than the rate.
 */
export const LATEST_START_MS = 50;
const SPACING_MARGIN = 1 + LATEST_START_MS / 1_000;

export const LARGEST_SLOWDOWN = 64;
/** What is left of a slowdown after one message has gone well. */
const RECOVERY_PER_MESSAGE = 0.98;
const RECOVERING_MESSAGES_A_BATCH = 10;

/** Microseconds between two reserved times; a sender that is throttled takes `slowdown` times as long. */
export function spacingUs(ratePerSecond: number, slowdown: number): number {
	return Math.max(1, Math.ceil((1_000_000 * SPACING_MARGIN * Math.max(1, slowdown)) / ratePerSecond));
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
