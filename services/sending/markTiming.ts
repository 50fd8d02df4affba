import { expectedCommitMs, type StartWindow, startWindow } from '../../domain/pacing';
import type { Store } from '../../store/store';

/** Before anything is known of a store. */
const FIRST_COMMIT_MS = 15;

/** How long this process takes to mark messages in a store: what one sender learns of it, the others know. */
export class MarkTiming {
	private static readonly known = new WeakMap<Store, MarkTiming>();
	private commitMs = FIRST_COMMIT_MS;

	static of(store: Store): MarkTiming {
		const timing = MarkTiming.known.get(store) ?? new MarkTiming();
		MarkTiming.known.set(store, timing);
		return timing;
	}

	get window(): StartWindow {
		return startWindow(this.commitMs);
	}

	/** A mark took so long from the look at consent until it was committed. */
	took(ms: number): void {
		this.commitMs = expectedCommitMs(this.commitMs, ms);
	}

	/** A request came so much too late for its window. */
	wasLateBy(ms: number): void {
		this.commitMs = expectedCommitMs(this.commitMs, this.window.leadMs + ms);
	}
}
