import { setTimeout as wait } from 'node:timers/promises';

import type { MessageContent } from '../../domain/content';
import { OptInError } from '../../domain/errors';
import { reserveTimes, spacingUs } from '../../domain/pacing';
import type { Connection } from '../../providers/http';
import type { Provider, ProviderError } from '../../providers/provider';
import { lockPace, setPace } from '../../store/pacing';
import type { Store } from '../../store/store';
import { markAsSending, type Marked, type MessageToMark, type ReadyMessage, takeBack } from './markAsSending';
import { MarkTiming } from './markTiming';
import { OutcomeRecorder } from './outcomeRecorder';
import { PaceClock } from './paceClock';
import { groupByRequest, planRequests, type PlannedRequest, request } from './providerRequests';
import type { OutcomeCounts, OutcomeRules } from './requestOutcomes';
import { recordNotReached } from './senderPace';

export interface DispatchOrder extends OutcomeRules {
	provider: Provider;
	/** Who leased the messages. */
	owner: string;
	/** Whether `owner` is a delivery slot that must still be held. */
	slot: boolean;
	contentOf: (message: MessageToMark) => MessageContent;
	/** How long outcomes wait for others, to be written down together. */
	gatherMs?: number;
	/** What the one message answers, as the provider named it. */
	replyTo?: string;
	/** Aborted: what is on its way ends, nothing more starts. */
	signal?: AbortSignal;
}

/**
 * The one way of leased messages to their provider, a campaign's and single ones: take connections, reserve times, mark,
 * request, record. A request has its connection before its message is marked, so nothing but its time lies between the
 * mark and its first byte.
 */
export class Dispatch {
	readonly clock: PaceClock;
	private readonly recorder: OutcomeRecorder;
	private readonly timing: MarkTiming;
	private readonly inFlight = new Set<Promise<void>>();
	private late: ReadyMessage[] = [];
	private lateInARow = 0;

	constructor(
		private readonly store: Store,
		private readonly order: DispatchOrder,
	) {
		this.clock = new PaceClock(store);
		this.timing = MarkTiming.of(store);
		this.recorder = new OutcomeRecorder(store, order, order.gatherMs);
	}

	get counts(): Readonly<OutcomeCounts> {
		return this.recorder.counts;
	}

	get requestsInFlight(): number {
		return this.inFlight.size;
	}

	/** How often in a row marks came too late to be requested. */
	get lateMarks(): number {
		return this.lateInARow;
	}

	/** How long until it is worth marking messages whose times begin at `timeUs`, ms. */
	msUntilMark(timeUs: number): number {
		return this.clock.msUntil(timeUs) - this.timing.window.leadMs;
	}

	/** How many times a mark may reserve. */
	timesInWindow({ ratePerSecond, slowdown }: { ratePerSecond: number; slowdown: number }): number {
		const { spanMs, lateMs } = this.timing.window;
		return Math.ceil((spanMs * 1_000) / spacingUs(ratePerSecond, slowdown, lateMs));
	}

	/** Starts the requests of as many of these messages as there are connections and times for. */
	async start(messages: readonly MessageToMark[]): Promise<Marked | { notReached: ProviderError }> {
		return await this.withConnections(messages, (carried) => this.mark(carried));
	}

	/** As start, of one message that waits in line for a time of its own, whatever campaigns the sender has. */
	async startInLine(message: MessageToMark): Promise<Marked | { notReached: ProviderError }> {
		return await this.withConnections([message], async (carried) => {
			const reservedUs = await this.reserve();
			await wait(Math.max(0, this.msUntilMark(reservedUs)));
			return await this.mark(carried, reservedUs);
		});
	}

	/** Resolves when one of the requests on their way has an answer. */
	async oneAnswered(): Promise<void> {
		await Promise.race(this.inFlight);
	}

	/** Resolves when everything has an answer, and that is written down. */
	async settled(): Promise<void> {
		await Promise.all(this.inFlight);
		await this.recorder.drain();
	}

	/** Gives back what was marked and not requested in time. @returns those messages, leased as before. */
	async takeBackLate(): Promise<MessageToMark[]> {
		if (this.late.length === 0) return [];
		const late = this.late;
		this.late = [];
		this.lateInARow++;
		await takeBack(this.store, late);
		return late.map(({ message }) => message);
	}

	private async withConnections(
		messages: readonly MessageToMark[],
		mark: (carried: readonly MessageToMark[]) => Promise<Marked>,
	): Promise<Marked | { notReached: ProviderError }> {
		const { provider, contentOf, senderId } = this.order;
		const requests = groupByRequest(
			messages.map((message) => ({ message })),
			provider,
			contentOf,
		);
		const connected = await provider.connect(requests.length);
		if ('error' in connected) {
			await recordNotReached(this.store, senderId);
			return { notReached: connected.error };
		}
		const free = [...connected.connections];
		try {
			const carried = requests.slice(0, free.length).flatMap((group) => group.map(({ message }) => message));
			const marked = await mark(carried);
			for (const planned of planRequests(marked.ready, provider, contentOf)) {
				const connection = free.shift();
				if (connection) this.request(planned, connection, marked);
				else this.late.push(...planned.messages);
			}
			return marked;
		} finally {
			for (const connection of free) connection.release();
		}
	}

	private async reserve(): Promise<number> {
		const { senderId } = this.order;
		return await this.store.transaction(async (db) => {
			const sender = await lockPace(db, senderId);
			if (!sender) throw new OptInError('The sender does not exist any more.');
			const { leadMs, lateMs } = this.timing.window;
			const pace = { nextUs: sender.nextSendAtUs, spacingUs: spacingUs(sender.ratePerSecond, sender.slowdown, lateMs) };
			const { timesUs, nextUs } = reserveTimes(pace, this.clock.nowUs() + leadMs * 1_000, 1);
			await setPace(db, senderId, { nextSendAtUs: nextUs });
			return timesUs[0] ?? nextUs;
		});
	}

	private async mark(messages: readonly MessageToMark[], reservedUs?: number): Promise<Marked> {
		const { senderId, owner, slot } = this.order;
		return await markAsSending(this.store, { senderId, owner, slot, messages, clock: this.clock, reservedUs });
	}

	private request(planned: PlannedRequest, connection: Connection, { sender, lockedUntil, window }: Marked): void {
		const { provider, replyTo, signal } = this.order;
		const context = { storeId: this.store.id, sender, provider, clock: this.clock, lockedUntil, window, signal };
		const work = request({ ...planned, replyTo }, connection, context).then((requested) => {
			if ('outcomes' in requested) {
				this.lateInARow = 0;
				this.recorder.add(requested.outcomes);
				return;
			}
			this.timing.wasLateBy(Math.max(0, requested.lateByMs));
			this.late.push(...planned.messages);
		});
		const tracked = work.finally(() => this.inFlight.delete(tracked));
		this.inFlight.add(tracked);
	}
}
