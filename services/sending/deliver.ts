import { setTimeout as wait } from 'node:timers/promises';

import type { MessageContent } from '../../domain/content';
import { LONGEST_LEAD_MS, retryAfter } from '../../domain/pacing';
import { type Fields, render } from '../../domain/render';
import type { Provider } from '../../providers/provider';
import { freeSlot, renewSlot } from '../../store/deliverySlots';
import { campaignsToSend, countLeft, leaseMessages, releaseLeases } from '../../store/outbox';
import { type SendingSender, sendingSender } from '../../store/pacing';
import { sendingBlock } from '../../store/guard/sendingBlock';
import type { Store } from '../../store/store';
import { Dispatch } from './dispatch';
import type { MessageToMark } from './markAsSending';
import type { Providers } from './providerAccounts';
import { blockText } from '../shared/sendingBlock';
import { SLOT_LEASE_MS } from './slots';

export interface DeliverInput {
	/** The owner token of a slot taken with takeSlots. */
	slot: string;
	senderId: number;
	/** How long at most, ms. */
	runForMs?: number;
	/** Aborted: what is on its way ends, nothing more starts. */
	signal?: AbortSignal;
}

export interface Delivery {
	senderId: number;
	senderPhone: string;
	accepted: number;
	failed: number;
	skipped: number;
	unknown: number;
	/** Messages of this sender's running campaigns still to send. */
	left: number;
	/** Why it ended before its time, or null. */
	stopped: string | null;
	/** Why this sender was not served at all, or null. */
	notServed: string | null;
}

const RUN_FOR_MS = 20_000;
/** Longest time between two looks at the slot; a batch of leases is no longer than that either. */
const BATCH_MS = 1_000;
const LARGEST_LEASE = 1_000;
const MESSAGE_LEASE_MS = 30_000;
const MOST_IN_FLIGHT = 128;
/** Marks that came too late this often in a row: the store cannot commit in time. */
const MOST_LATE_MARKS = 10;
const TOO_SLOW = `The store takes more than ${LONGEST_LEAD_MS / 1_000} seconds to mark a message, so nothing can be sent safely. Give it a faster disk, or less other work.`;

/**
 * Sends what is due for one sender, at the sender's rate shared with all other deliveries, until nothing is left, its
 * time is over, or its slot is revoked. Frees the slot at the end, unless no provider of the sender is attached: then it
 * stays leased, so that the sender is not offered again every second.
 */
export async function deliver(store: Store, providers: Providers, input: DeliverInput): Promise<Delivery> {
	const sender = await store.read((db) => sendingSender(db, input.senderId));
	if (!sender) return { ...nothing(input.senderId, ''), notServed: 'The sender does not exist any more.' };
	const provider = providers[sender.provider];
	if (!provider) {
		const left = await store.read((db) => countLeft(db, sender.id));
		return {
			...nothing(sender.id, sender.phone),
			left,
			notServed: `No credential for ${sender.provider} is attached, which ${sender.phone} sends with. Attach it, or let another workflow serve this sender.`,
		};
	}
	const block = await store.read(sendingBlock);
	if (block) {
		const left = await store.read((db) => countLeft(db, sender.id));
		await store.transaction((db) => freeSlot(db, input.slot));
		return { ...nothing(sender.id, sender.phone), left, stopped: blockText(block) };
	}
	const delivery = new RunningDelivery(store, provider, sender, input);
	try {
		return await delivery.run();
	} finally {
		await store.transaction((db) => freeSlot(db, input.slot));
	}
}

function nothing(senderId: number, senderPhone: string): Delivery {
	return {
		senderId,
		senderPhone,
		accepted: 0,
		failed: 0,
		skipped: 0,
		unknown: 0,
		left: 0,
		stopped: null,
		notServed: null,
	};
}

class RunningDelivery {
	private readonly endsAt: number;
	private readonly dispatch: Dispatch;
	private readonly contents = new Map<number, MessageContent>();
	/** Leased by us, not marked. */
	private leased: MessageToMark[] = [];
	/** Leased by us, no more to be dealt with: withdrawn, or their campaign paused meanwhile. */
	private dropped: number[] = [];
	private skipped = 0;
	private stopped: string | null = null;

	constructor(
		private readonly store: Store,
		provider: Provider,
		private sender: SendingSender,
		private readonly input: DeliverInput,
	) {
		this.endsAt = performance.now() + (input.runForMs ?? RUN_FOR_MS);
		this.dispatch = new Dispatch(store, {
			provider,
			senderId: sender.id,
			owner: input.slot,
			slot: true,
			contentOf: (message) => this.render(message),
			retryAfterMs: (attempts, error) => retryAfter(attempts, error.retryAfterMs),
			countsSetbacks: false,
			keepFor: null,
			signal: input.signal,
		});
	}

	async run(): Promise<Delivery> {
		try {
			while (!this.isOver() && (await this.leaseBatch())) await this.sendBatch();
		} finally {
			await this.end();
		}
		const { accepted, failed, unknown, skipped, stopped } = this.dispatch.counts;
		return {
			...nothing(this.sender.id, this.sender.phone),
			accepted,
			failed,
			unknown,
			skipped: this.skipped + skipped,
			left: await this.store.read((db) => countLeft(db, this.sender.id)),
			stopped: stopped ?? this.stopped,
		};
	}

	private isOver(): boolean {
		if (this.input.signal?.aborted) this.stopped ??= 'revoked';
		return this.stopped !== null || this.dispatch.counts.stopped !== null || performance.now() >= this.endsAt;
	}

	/** About a second's worth of messages, spread over the campaigns, so that a small one does not wait for a big one's end. */
	private async leaseBatch(): Promise<boolean> {
		const { id: senderId, ratePerSecond, slowdown } = this.sender;
		const limit = Math.min(LARGEST_LEASE, Math.max(1, Math.ceil((ratePerSecond * BATCH_MS) / 1_000 / slowdown)));
		const leased = await this.store.transaction(async (db) => {
			const now = this.store.now();
			if (!(await renewSlot(db, this.input.slot, now + SLOT_LEASE_MS))) return null;
			// Another worker, or the answer to a try, may have changed its pace.
			this.sender = (await sendingSender(db, senderId)) ?? this.sender;
			const campaigns = await campaignsToSend(db, senderId, now);
			const messages: MessageToMark[] = [];
			for (const [index, campaign] of campaigns.entries()) {
				const share = Math.ceil((limit - messages.length) / (campaigns.length - index));
				if (share <= 0) break;
				const order = {
					campaignId: campaign.id,
					senderId,
					owner: this.input.slot,
					limit: share,
					now,
					leaseUntil: now + MESSAGE_LEASE_MS,
				};
				const content = this.contentOf(campaign);
				const own = await leaseMessages(db, order);
				messages.push(
					...own.map((message) => ({
						...message,
						contentType: content.type,
						insteadOfSenderId: campaign.insteadOfSenderId,
					})),
				);
			}
			return messages;
		});
		if (leased === null) this.stopped = 'revoked';
		this.leased = leased ?? [];
		return this.leased.length > 0;
	}

	private contentOf(campaign: { id: number; content: string }): MessageContent {
		const known = this.contents.get(campaign.id) ?? (JSON.parse(campaign.content) as MessageContent);
		this.contents.set(campaign.id, known);
		return known;
	}

	private async sendBatch(): Promise<void> {
		const batchEndsAt = performance.now() + BATCH_MS;
		while (this.leased.length > 0 && !this.isOver()) {
			await this.roomInFlight();
			await this.takeBackLate();
			if (!(await this.waitForNextTime(batchEndsAt))) break;
			if (this.isOver()) break;
			await this.markAndStart();
			if (performance.now() >= batchEndsAt) break;
		}
		await this.takeBackLate();
		await this.release();
	}

	/** Waits until a fair number of requests may start: marking a few at a time costs as much as marking many. */
	private async roomInFlight(): Promise<void> {
		while (this.dispatch.requestsInFlight > MOST_IN_FLIGHT / 2) await this.dispatch.oneAnswered();
	}

	/** @returns false when the next time lies beyond this batch. */
	private async waitForNextTime(batchEndsAt: number): Promise<boolean> {
		const waitMs = this.dispatch.msUntilMark(this.sender.nextSendAtUs);
		if (waitMs <= 0) return true;
		const restMs = Math.min(batchEndsAt, this.endsAt) - performance.now();
		const pauseMs = Math.min(waitMs, Math.max(0, restMs));
		await wait(pauseMs, undefined, { signal: this.input.signal }).catch(() => undefined);
		return waitMs <= restMs;
	}

	private async markAndStart(): Promise<void> {
		const room = Math.min(MOST_IN_FLIGHT - this.dispatch.requestsInFlight, this.dispatch.timesInWindow(this.sender));
		const started = await this.dispatch.start(this.leased.slice(0, room));
		if ('notReached' in started) {
			this.stopped = started.notReached.message;
			return;
		}
		this.sender = started.sender;
		this.skipped += started.skipped;
		if (started.stopped !== null) {
			this.stopped =
				started.stopped !== 'senderStopped' ? started.stopped : (started.sender.stoppedReason ?? started.stopped);
			return;
		}
		this.dropped.push(...started.done);
		const gone = new Set([...started.done, ...started.ready.map(({ message }) => message.id)]);
		this.leased = this.leased.filter(({ id }) => !gone.has(id));
	}

	private render(message: MessageToMark): MessageContent {
		const content =
			message.content === null
				? this.contents.get(message.campaignId ?? 0)
				: (JSON.parse(message.content) as MessageContent);
		if (!content) throw new Error(`Message ${message.id} has no content.`);
		return message.fields === null ? content : render(content, JSON.parse(message.fields) as Fields);
	}

	/** What could not start in time is the next to be marked. */
	private async takeBackLate(): Promise<void> {
		this.leased = [...(await this.dispatch.takeBackLate()), ...this.leased];
		if (this.dispatch.lateMarks >= MOST_LATE_MARKS) this.stopped ??= TOO_SLOW;
	}

	private async release(): Promise<void> {
		const ids = [...this.leased.map(({ id }) => id), ...this.dropped];
		this.leased = [];
		this.dropped = [];
		if (ids.length === 0) return;
		await this.store.transaction((db) => releaseLeases(db, this.input.slot, ids));
	}

	/** What is on its way ends and is written down; what is not goes back. */
	private async end(): Promise<void> {
		await this.dispatch.settled();
		await this.takeBackLate();
		await this.release();
	}
}
