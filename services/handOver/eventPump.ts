import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import type { StoreHandle } from '../../store/pool';
import type { Store } from '../../store/store';
import { finishInterrupted, settleLeftBehind } from './finishInterrupted';
import {
	claimEvents,
	giveUpDeadly,
	handBackDied,
	handBackNotStarted,
	type HandedEvent,
	markTaken,
	MOST_HAND_OVERS,
	renewClaims,
} from './claimedEvents';
import { onWake } from '../shared/wakeUp';

/**
 * What became of an execution: `ended` as its workflow and its owner had it, be it with an error of a node or cancelled by hand;
 * `died` on the way (its process was killed, or went down), so that nobody can say what of it was done; `notStarted` at all.
 */
export type ExecutionEnd = 'ended' | 'died' | 'notStarted';

export interface EventPumpOptions {
	/** Opens the store, or gives the one that is open. May fail for as long as the store is down. */
	acquire: () => Promise<StoreHandle>;
	inbox: string;
	/** Starts an execution with these events; resolves when it is over, rejects when it could not be started. */
	emit: (events: HandedEvent[]) => Promise<ExecutionEnd>;
	/** Told of every trouble once, however often it is met. */
	onError: (error: unknown) => void;
	/** How long to wait for word of an execution; one hour by default. */
	longestExecutionMs?: number;
}

/** How often a pump looks when nobody wakes it. */
const POLL_MS = 500;
const MOST_EXECUTIONS = 4;
const EVENTS_AN_EXECUTION = 100;
const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** Executions may go on after stop(); whoever stops the pump is not kept waiting for them longer than this. */
const STOP_WAIT_MS = 5_000;
/** What killed executions left in the store is looked for this often. */
const SETTLE_EVERY_MS = 60_000;
/** In queue mode n8n never says that an execution was cancelled or timed out on its worker. */
const LONGEST_EXECUTION_MS = 3_600_000;
/** After executions that could not be started: first, and the longest after many in a row. */
const FIRST_START_WAIT_MS = 1_000;
const LONGEST_START_WAIT_MS = 600_000;

/**
 * Hands the stored events of one inbox to a workflow, several to an execution under load, and marks them taken when their execution
 * has ended. An event whose execution or whose own process dies before that is handed out again, so everything may come twice, and
 * sends nothing twice (by its idempotency key). A store that is down is tried for ever.
 */
export class EventPump {
	private readonly owner = randomUUID();
	private readonly executions = new Set<Promise<void>>();
	private running: Promise<void> | undefined;
	private isStopping = false;
	private handle: StoreHandle | undefined;
	private wake: () => void = () => undefined;
	private isWoken = false;
	private lastTrouble = '';
	private failedStarts = 0;
	private startAgainAt = 0;
	private settleAt = 0;

	constructor(private readonly options: EventPumpOptions) {}

	/** Begins at once and returns at once, whatever the store does. */
	start(): void {
		if (this.running) return;
		const quiet = onWake(this.options.inbox, () => this.wakeUp());
		this.running = this.run().finally(quiet);
	}

	/** Hands out nothing more. Resolves when running executions have ended, or after five seconds; they are marked taken all the same. */
	async stop(): Promise<void> {
		this.isStopping = true;
		this.wakeUp();
		await this.running;
		const ended = Promise.all(this.executions).finally(() => this.letGo());
		await Promise.race([ended, unreferencedWait(STOP_WAIT_MS)]);
	}

	private async run(): Promise<void> {
		let failures = 0;
		while (!this.isStopping) {
			try {
				if (!this.handle) {
					this.handle = await this.options.acquire();
					await finishInterrupted(this.handle.store);
				}
				await this.handOut(this.handle);
				await this.settle(this.handle);
				failures = 0;
				this.lastTrouble = '';
				await this.rest(POLL_MS);
			} catch (error) {
				this.report(error);
				this.letGo();
				await this.rest(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures++, 10)));
			}
		}
	}

	/** Fills the free executions with what waits. */
	private async handOut({ store }: StoreHandle): Promise<void> {
		while (!this.isStopping && this.executions.size < this.mostExecutions()) {
			const events = await claimEvents(store, {
				inbox: this.options.inbox,
				owner: this.owner,
				limit: EVENTS_AN_EXECUTION,
				leaseMs: LEASE_MS,
			});
			if (events.length === 0) return;
			const execution = this.execute(events).finally(() => {
				this.executions.delete(execution);
				this.wakeUp();
			});
			this.executions.add(execution);
		}
	}

	/** While executions cannot be started, one at a time is tried, less and less often. */
	private mostExecutions(): number {
		if (this.failedStarts === 0) return MOST_EXECUTIONS;
		return performance.now() < this.startAgainAt ? 0 : 1;
	}

	/** Never rejects: what became of the execution decides whether its events are handed over again. */
	private async execute(events: HandedEvent[]): Promise<void> {
		const claim = { owner: this.owner, ids: events.map(({ id }) => id), handOver: events[0]?.handOver ?? 1 };
		const renewal = setInterval(() => {
			this.onStore((store) => renewClaims(store, { ...claim, leaseMs: LEASE_MS })).catch((error: unknown) =>
				this.report(error),
			);
		}, RENEW_MS);
		renewal.unref();
		const end = await this.endOf(events);
		if (end === 'notStarted') this.waitBeforeNextStart();
		else this.failedStarts = 0;
		for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
			try {
				await this.onStore((store) => RECORD[end](store, claim));
				break;
			} catch (error) {
				this.report(error);
				if (this.isStopping) break;
				await unreferencedWait(waitMs);
			}
		}
		clearInterval(renewal);
	}

	/** Asks for the store anew: the one from before the execution may be broken by now. */
	private async onStore(work: (store: Store) => Promise<void>): Promise<void> {
		const handle = await this.options.acquire();
		try {
			await work(handle.store);
		} finally {
			handle.release();
		}
	}

	private async endOf(events: HandedEvent[]): Promise<ExecutionEnd> {
		const patience = new AbortController();
		const unheard = unreferencedWait(this.options.longestExecutionMs ?? LONGEST_EXECUTION_MS, patience.signal);
		try {
			const end = await Promise.race([this.options.emit(events), unheard]);
			if (end === 'died')
				this.report(new Error(`The execution with ${namesOf(events)} died; they are handed over again.`));
			if (end !== undefined) return end;
			this.report(
				new Error(`n8n has said nothing of the execution with ${namesOf(events)} for long; they count as taken.`),
			);
			return 'ended';
		} catch (error) {
			this.report(error);
			return 'notStarted';
		} finally {
			patience.abort();
		}
	}

	private waitBeforeNextStart(): void {
		const waitMs = Math.min(LONGEST_START_WAIT_MS, FIRST_START_WAIT_MS * 2 ** Math.min(this.failedStarts++, 20));
		this.startAgainAt = performance.now() + waitMs;
	}

	/** Finishes or gives up what executions left behind that were killed. */
	private async settle({ store }: StoreHandle): Promise<void> {
		if (performance.now() < this.settleAt) return;
		await settleLeftBehind(store);
		const givenUp = await giveUpDeadly(store, this.options.inbox);
		this.settleAt = performance.now() + SETTLE_EVERY_MS;
		if (givenUp.length === 0) return;
		this.report(
			new Error(
				`Given up after ${MOST_HAND_OVERS} executions that died: events ${givenUp.join(', ')}. See why n8n or its worker ended, and look after these people by hand.`,
			),
		);
	}

	private async rest(ms: number): Promise<void> {
		if (!this.isWoken && !this.isStopping) {
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, ms);
				this.wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		}
		this.isWoken = false;
		this.wake = () => undefined;
	}

	private wakeUp(): void {
		this.isWoken = true;
		this.wake();
	}

	private letGo(): void {
		this.handle?.release();
		this.handle = undefined;
	}

	private report(error: unknown): void {
		const trouble = error instanceof Error ? error.message : String(error);
		if (trouble === this.lastTrouble) return;
		this.lastTrouble = trouble;
		this.options.onError(error);
	}
}

const RECORD = { ended: markTaken, died: handBackDied, notStarted: handBackNotStarted };

function namesOf(events: readonly HandedEvent[]): string {
	return events.length === 1 ? `event ${events[0]?.id}` : `events ${events[0]?.id} to ${events.at(-1)?.id}`;
}

async function unreferencedWait(ms: number, signal?: AbortSignal): Promise<void> {
	await wait(ms, undefined, { ref: false, signal }).catch(() => undefined);
}
