import { randomUUID } from 'node:crypto';

import type { StoreHandle } from '../../store/pool';
import { finishInterrupted } from './finishInterrupted';
import { claimEvents, type HandedEvent, markTaken, renewClaims } from './claimedEvents';
import { onWake } from '../shared/wakeUp';

export interface EventPumpOptions {
	/** Opens the store, or gives the one that is open. May fail for as long as the store is down. */
	acquire: () => Promise<StoreHandle>;
	inbox: string;
	/** Starts an execution with these events; resolves when it has ended, rejects when it could not run. */
	emit: (events: HandedEvent[]) => Promise<void>;
	/** Told of every trouble once, however often it is met. */
	onError: (error: unknown) => void;
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

/**
 * Hands the stored events of one inbox to a workflow, several to an execution under load, and marks them taken when their execution
 * has ended. An event whose process dies before that is handed out again after its lease. A store that is down is tried for ever.
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
				failures = 0;
				this.lastTrouble = '';
				await this.rest(POLL_MS);
			} catch (error) {
				this.report(error);
				if (this.executions.size === 0) this.letGo();
				await this.rest(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures++, 10)));
			}
		}
	}

	/** Fills the free executions with what waits. */
	private async handOut({ store }: StoreHandle): Promise<void> {
		while (!this.isStopping && this.executions.size < MOST_EXECUTIONS) {
			const events = await claimEvents(store, {
				inbox: this.options.inbox,
				owner: this.owner,
				limit: EVENTS_AN_EXECUTION,
				leaseMs: LEASE_MS,
			});
			if (events.length === 0) return;
			const execution = this.execute(store, events).finally(() => {
				this.executions.delete(execution);
				this.wakeUp();
			});
			this.executions.add(execution);
		}
	}

	/** Never rejects: whatever becomes of the execution, its events were handed over. */
	private async execute(store: StoreHandle['store'], events: HandedEvent[]): Promise<void> {
		const claim = { owner: this.owner, ids: events.map(({ id }) => id) };
		const renewal = setInterval(() => {
			renewClaims(store, { ...claim, leaseMs: LEASE_MS }).catch((error: unknown) => this.report(error));
		}, RENEW_MS);
		renewal.unref();
		try {
			await this.options.emit(events);
		} catch (error) {
			this.report(error);
		}
		for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
			try {
				await markTaken(store, claim);
				break;
			} catch (error) {
				this.report(error);
				if (this.isStopping) break;
				await unreferencedWait(waitMs);
			}
		}
		clearInterval(renewal);
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

async function unreferencedWait(ms: number): Promise<void> {
	await new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
}
