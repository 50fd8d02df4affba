import { setTimeout as wait } from 'node:timers/promises';

import { StoreUnavailableError } from '../../domain/errors';
import type { Store } from '../../store/store';
import { type Outcome, type OutcomeCounts, type OutcomeRules, recordOutcomes } from './requestOutcomes';

const LARGEST_BATCH = 256;
/** How long an outcome waits for others, so that one transaction takes many. */
const GATHER_MS = 20;
/** How long a store that went away is waited for: what is not written down by then becomes unknown. */
const STORE_PATIENCE_MS = 30_000;
const STORE_RETRY_MS = 500;

/** Writes outcomes down in batches, one batch after the other. */
export class OutcomeRecorder {
	readonly counts: OutcomeCounts = {
		accepted: 0,
		failed: 0,
		unknown: 0,
		skipped: 0,
		retried: 0,
		nextTryInMs: null,
		stopped: null,
	};
	private waiting: Outcome[] = [];
	private writing: Promise<void> | null = null;
	private failure: Error | null = null;

	constructor(
		private readonly store: Store,
		private readonly rules: OutcomeRules,
		private readonly gatherMs = GATHER_MS,
	) {}

	add(outcomes: readonly Outcome[]): void {
		this.waiting.push(...outcomes);
		this.writing ??= this.writeAll();
	}

	/** Resolves when all is written down. @throws {StoreUnavailableError} when it could not be. */
	async drain(): Promise<void> {
		while (this.writing) await this.writing;
		if (this.failure !== null) throw this.failure;
	}

	private async writeAll(): Promise<void> {
		while (this.waiting.length > 0) {
			if (this.waiting.length < LARGEST_BATCH && this.gatherMs > 0) await wait(this.gatherMs);
			const batch = this.waiting.splice(0, LARGEST_BATCH);
			try {
				this.sum(await this.write(batch));
			} catch (error) {
				this.failure ??= error instanceof Error ? error : new Error(String(error));
				this.counts.stopped ??= this.failure.message;
			}
		}
		this.writing = null;
	}

	private async write(batch: readonly Outcome[]): Promise<OutcomeCounts> {
		const end = performance.now() + STORE_PATIENCE_MS;
		for (;;) {
			try {
				return await recordOutcomes(this.store, batch, this.rules);
			} catch (error) {
				if (!(error instanceof StoreUnavailableError) || performance.now() > end) throw error;
				await wait(STORE_RETRY_MS);
			}
		}
	}

	private sum(more: OutcomeCounts): void {
		this.counts.accepted += more.accepted;
		this.counts.failed += more.failed;
		this.counts.unknown += more.unknown;
		this.counts.skipped += more.skipped;
		this.counts.retried += more.retried;
		this.counts.nextTryInMs = more.nextTryInMs;
		this.counts.stopped ??= more.stopped;
	}
}
