import { setTimeout as wait } from 'node:timers/promises';

import type { CampaignView } from '../../services/sending/campaigns';
import { releaseSlot, revokeSlots, type SlotItem, takeSlots } from '../../services/sending/slots';
import type { StoreHandle } from '../../store/pool';
import type { Store } from '../../store/store';

/** How often the store is asked for something to deliver. */
const LOOK_EVERY_MS = 1_000;

/** A slot nobody renews is free again after this long. */
const SLOT_LEASE_MS = 30_000;

export interface SlotWatchOptions {
	acquire: () => Promise<StoreHandle>;
	/** By this name closing the trigger revokes the slots it gave out. */
	trigger: string;
	slotsPerSender: number;
	/** A test run: stops looking once it has given something out. */
	once: boolean;
	/** Resolves when the execution that uses the slot has ended. */
	onSlot: (slot: SlotItem) => Promise<void>;
	onFinished: (campaigns: CampaignView[]) => void;
	onError: (error: unknown) => void;
}

/** Looks every second for something to deliver and gives out slots, through failures of the store too. */
export class SlotWatch {
	private readonly closing = new AbortController();
	private watching: Promise<void> | undefined;
	private lastError = '';

	constructor(private readonly options: SlotWatchOptions) {}

	start(): void {
		this.watching ??= this.watch();
	}

	/** No slot is given out after this, and those given out end. */
	async stop(): Promise<void> {
		this.closing.abort();
		await this.watching;
		await this.onStore((store) => revokeSlots(store, { trigger: this.options.trigger }));
	}

	private async watch(): Promise<void> {
		while (!this.closing.signal.aborted) {
			await this.onStore((store) => this.look(store));
			await wait(LOOK_EVERY_MS, undefined, { signal: this.closing.signal }).catch(() => undefined);
		}
	}

	private async look(store: Store): Promise<void> {
		const { trigger, slotsPerSender, once, onSlot, onFinished } = this.options;
		const { slots, finishedCampaigns } = await takeSlots(store, { trigger, slotsPerSender, leaseMs: SLOT_LEASE_MS });
		if (once && slots.length + finishedCampaigns.length > 0) this.closing.abort();
		if (finishedCampaigns.length > 0) onFinished(finishedCampaigns);
		for (const slot of slots) {
			// Deliver gives its slot back; an execution that ended without it must not keep the slot for its whole lease.
			void onSlot(slot)
				.catch((error: unknown) => this.report(error))
				.then(() => this.onStore((open) => releaseSlot(open, slot.slot)));
		}
	}

	private async onStore(work: (store: Store) => Promise<unknown>): Promise<void> {
		try {
			const handle = await this.options.acquire();
			try {
				await work(handle.store);
				this.lastError = '';
			} finally {
				handle.release();
			}
		} catch (error) {
			this.report(error);
		}
	}

	/** The same trouble is told once, not every second. */
	private report(error: unknown): void {
		const text = error instanceof Error ? error.message : String(error);
		if (text === this.lastError) return;
		this.lastError = text;
		this.options.onError(error);
	}
}
