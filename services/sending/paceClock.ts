import type { Store } from '../../store/store';

/**
 * The store's clock for the length of one piece of work, in microseconds: read once and carried on by the monotonic
 * clock, so that a correction of the system's time in between neither bursts nor stalls what is paced.
 */
export class PaceClock {
	private readonly startedAt = performance.now();
	private readonly startUs: number;

	constructor(store: Store) {
		this.startUs = store.now() * 1_000;
	}

	nowUs(): number {
		return this.startUs + Math.floor((performance.now() - this.startedAt) * 1_000);
	}

	/** How long until a time, ms; less than 0 when it has passed. */
	msUntil(timeUs: number): number {
		return (timeUs - this.startUs) / 1_000 - (performance.now() - this.startedAt);
	}
}
