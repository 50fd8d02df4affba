import fc from 'fast-check';

import {
	freeTimes,
	LARGEST_SLOWDOWN,
	expectedCommitMs,
	LONGEST_WINDOW_MS,
	pauseAfter,
	recover,
	reserveTimes,
	retryAfter,
	slowDown,
	spacingUs,
	startWindow,
} from '../../domain/pacing';

describe('Pacing', () => {
	it('lets no second hold more requests than the rate, however late within its bounds each starts', () => {
		const late = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 50, maxLength: 200 });
		const batches = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 50, maxLength: 50 });
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(4_000), late, batches, (rate, commitMs, delays, sizes) => {
				const { lateMs } = startWindow(commitMs);
				let pace = { nextUs: 0, spacingUs: spacingUs(rate, 1, lateMs) };
				const starts: number[] = [];
				for (const size of sizes) {
					const { timesUs, nextUs } = reserveTimes(pace, starts.length * 10_000, size);
					pace = { ...pace, nextUs };
					starts.push(
						...timesUs.map((time, index) => time + lateMs * (delays[(starts.length + index) % delays.length] ?? 0)),
					);
				}
				for (const start of starts)
					expect(starts.filter((other) => other >= start && other < start + 1_000_000).length).toBeLessThanOrEqual(
						rate,
					);
			}),
			{ numRuns: 30 },
		);
	});

	it('says how many times are free until a moment', () => {
		fc.assert(
			fc.property(
				fc.nat(10_000),
				fc.nat(10_000),
				fc.nat(10_000),
				fc.integer({ min: 1, max: 5_000 }),
				(nextUs, nowUs, window, spacing) => {
					const pace = { nextUs, spacingUs: spacing };
					const count = freeTimes(pace, nowUs, nowUs + window);
					const { timesUs } = reserveTimes(pace, nowUs, count + 1);
					expect(timesUs.filter((time) => time < nowUs + window)).toHaveLength(count);
				},
			),
		);
	});

	it('never gives out a time that has passed, so that a pause is not made up for by a burst', () => {
		expect(reserveTimes({ nextUs: 0, spacingUs: 100 }, 5_000, 2)).toEqual({ timesUs: [5_000, 5_100], nextUs: 5_200 });
	});

	it('slows down twofold up to a limit and recovers little by little', () => {
		let slowdown = 1;
		for (let times = 0; times < 10; times++) slowdown = slowDown(slowdown);
		expect(slowdown).toBe(LARGEST_SLOWDOWN);
		expect(recover(slowdown, 1_000)).toBeGreaterThan(slowdown / 2);
		for (let times = 0; times < 100; times++) slowdown = recover(slowdown, 10);
		expect(slowdown).toBe(1);
	});

	it('gives a mark as long as its store takes, and never more than an opt-out can wait for', () => {
		fc.assert(
			fc.property(fc.nat(60_000), fc.nat(60_000), (expectedMs, tookMs) => {
				const commitMs = expectedCommitMs(expectedMs, tookMs);
				expect(commitMs).toBeGreaterThanOrEqual(tookMs);
				const { leadMs, spanMs, lateMs, totalMs } = startWindow(commitMs);
				expect(totalMs).toBe(leadMs + spanMs + lateMs);
				expect(totalMs).toBeLessThanOrEqual(LONGEST_WINDOW_MS);
				if (tookMs <= 4_000) expect(leadMs).toBeGreaterThanOrEqual(tookMs);
			}),
		);
		let commitMs = 3_000;
		for (let marks = 0; marks < 50; marks++) commitMs = expectedCommitMs(commitMs, 5);
		expect(startWindow(commitMs).totalMs).toBeLessThan(100);
	});

	it('pauses longer for each failure in a row, as long as the provider asks for, and at most a minute by itself', () => {
		expect([1, 2, 3, 7, 100].map((setbacks) => pauseAfter(setbacks))).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
		expect(pauseAfter(1, 600_000)).toBe(600_000);
	});

	it('waits longer for each further try, never less than the provider asks for, and gives up', () => {
		expect([1, 2, 3].map((attempts) => retryAfter(attempts, undefined))).toEqual([1_000, 2_000, 4_000]);
		expect(retryAfter(1, 60_000)).toBe(60_000);
		expect(retryAfter(10, undefined)).toBeNull();
	});
});
