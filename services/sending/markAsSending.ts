import type { MessageContent } from '../../domain/content';
import { TRY_MS, freeTimes, reserveTimes, spacingUs, type StartWindow } from '../../domain/pacing';
import { decide, type Permission, sentenceOf } from '../../domain/permission';
import { holdsSlot } from '../../store/deliverySlots';
import { lockIdentities } from '../../store/identities';
import { changeMessages } from '../../store/messageChanges';
import type { OutboxMessage } from '../../store/outbox';
import { lockPace, type SendingSender, setPace } from '../../store/pacing';
import { factsOf, findKin, readWords, type Target } from '../../store/reachability';
import { readReplyFacts } from '../../store/replies';
import { sendingBlock } from '../../store/guard/sendingBlock';
import type { Store } from '../../store/store';
import { MarkTiming } from './markTiming';
import { OnceAPerson } from './onceAPerson';
import type { PaceClock } from './paceClock';

/** How long marks that are taken back stay with who leased the messages. */
const LEASE_MS = 60_000;

export interface MarkOrder {
	senderId: number;
	/** Who leased the messages. */
	owner: string;
	/** Whether `owner` is a delivery slot that must still be held. */
	slot: boolean;
	messages: readonly MessageToMark[];
	clock: PaceClock;
	/** The time reserved before for the one message (Send); otherwise times are reserved here. */
	reservedUs?: number;
}

export interface MessageToMark extends OutboxMessage {
	contentType: MessageContent['type'];
	insteadOfSenderId: number | null;
}

export interface Marked {
	/** To be requested now: each at its time, and within `window` of `lockedUntil`, or not at all. */
	ready: ReadyMessage[];
	/**
	 * performance.now() at a moment when everybody was locked still: an opt-out that the look at consent did not see is
	 * committed later, and sees the mark.
	 */
	lockedUntil: number;
	window: StartWindow;
	/** Left out for good. */
	skipped: number;
	/** Nobody has to deal with these any more: left out, withdrawn, cancelled or paused meanwhile. */
	done: Set<number>;
	sender: SendingSender;
	/** Why nothing more may be sent: the slot was revoked, the sender is stopped, an operator has to confirm a restore. */
	stopped: 'revoked' | 'senderStopped' | 'blocked' | null;
}

export interface ReadyMessage {
	message: MessageToMark;
	timeUs: number;
	/** Where WhatsApp knows the person's line by another number than the dialled one, E.164. */
	toldPhone: string | null;
	/** The mark, by which a later change recognises that nothing came in between. */
	markedAt: number;
}

/**
 * Marks messages as sending: looks at everybody's consent once more, with their identities locked, so that an opt-out
 * either comes first and is seen here, or comes after and sees the mark.
 */
export async function markAsSending(store: Store, order: MarkOrder): Promise<Marked> {
	const timing = MarkTiming.of(store);
	const { reservedAt, ...marked } = await mark(store, order, timing.window);
	if (marked.ready.length > 0) timing.took(performance.now() - reservedAt);
	return marked;
}

async function mark(store: Store, order: MarkOrder, window: StartWindow): Promise<Marked & { reservedAt: number }> {
	return await store.transaction(async (db) => {
		const targets = new Map(order.messages.map((message) => [message.id, targetOf(order.senderId, message)]));
		const kin = await findKin(db, [...targets.values()]);
		const people = [...new Set([...targets.values()].flatMap((target) => kin.identitiesOf(target)))];
		await lockIdentities(db, people);

		const now = store.now();
		const sender = await lockPace(db, order.senderId);
		if (!sender) throw new Error(`Sender ${order.senderId} is gone while messages of it are queued.`);
		const reservedAt = performance.now();
		const nowUs = order.clock.nowUs();
		const marked: Marked & { reservedAt: number } = {
			ready: [],
			reservedAt,
			lockedUntil: reservedAt,
			window,
			skipped: 0,
			done: new Set(),
			sender,
			stopped: null,
		};
		if ((await sendingBlock(db)) !== null) return { ...marked, stopped: 'blocked' };
		if (order.slot && !(await holdsSlot(db, order.owner))) return { ...marked, stopped: 'revoked' };
		if (sender.stoppedReason !== null) return { ...marked, stopped: 'senderStopped' };

		const pace = {
			nextUs: sender.nextSendAtUs,
			spacingUs: spacingUs(sender.ratePerSecond, sender.slowdown, window.lateMs),
		};
		const firstUs = nowUs + window.leadMs * 1_000;
		const room = order.reservedUs === undefined ? roomFor(sender, pace, firstUs, window) : 1;
		if (room === 0) return marked;

		const words = await readWords(db, people);
		const replies = await readReplyFacts(db, order.messages, kin, words, order.senderId);
		const once = await OnceAPerson.among(db, order.messages, kin);
		const decisions = new Map<number, Permission>();
		let allowed = 0;
		for (const message of order.messages) {
			const { id } = message;
			const target = targets.get(id);
			if (allowed === room || !target) break;
			const permission = decide(factsOf(kin, words, target, now, replies.get(id) ?? null));
			const decision = permission === 'allowed' && !once.give(message) ? 'duplicate' : permission;
			decisions.set(id, decision);
			if (decision === 'allowed') allowed++;
		}

		const changed = await changeMessages(db, [...decisions.keys()], now, (message) => {
			if (message.state !== 'queued' || message.leaseOwner !== order.owner) return null;
			const decision = decisions.get(message.id) ?? 'allowed';
			if (decision !== 'allowed') {
				return {
					state: 'skipped',
					error: decision,
					reasonText: sentenceOf(decision),
					leaseOwner: null,
					leaseUntil: null,
				};
			}
			if (message.campaignState !== null && message.campaignState !== 'running') return null;
			// The lease says from now on until when the request may start: so long an opt-out waits for it.
			const leaseUntil = now + Math.ceil(window.totalMs);
			return { state: 'sending', markedAt: now, attempts: message.attempts + 1, leaseUntil };
		});
		const sending = new Set(changed.filter(({ state }) => state === 'sending').map(({ id }) => id));
		const { timesUs, nextUs } =
			order.reservedUs === undefined
				? reserveTimes(pace, firstUs, sending.size)
				: { timesUs: [order.reservedUs], nextUs: pace.nextUs };
		const isTry = sender.setbacks > 0 && order.reservedUs === undefined;
		const freeUs = isTry ? Math.max(nextUs, (now + TRY_MS) * 1_000) : nextUs;
		if (order.reservedUs === undefined && sending.size > 0)
			await setPace(db, order.senderId, { nextSendAtUs: freeUs, ...(isTry && { tryingUntil: now + TRY_MS }) });

		const ready = order.messages
			.filter(({ id }) => sending.has(id))
			.map((message, index) => ({
				message,
				timeUs: timesUs[index] ?? firstUs,
				toldPhone: kin.toldPhoneOf(message.recipient),
				markedAt: now,
			}));
		return {
			...marked,
			lockedUntil: performance.now(),
			sender: { ...sender, nextSendAtUs: sending.size > 0 ? freeUs : nextUs },
			ready,
			skipped: changed.length - sending.size,
			done: new Set([...decisions.keys()].filter((id) => !sending.has(id))),
		};
	});
}

/** A sender that was not reached the last time tries one message, and waits for its answer. */
function roomFor(
	sender: SendingSender,
	pace: { nextUs: number; spacingUs: number },
	firstUs: number,
	{ spanMs }: StartWindow,
): number {
	const free = freeTimes(pace, firstUs, firstUs + spanMs * 1_000);
	return sender.setbacks > 0 ? Math.min(1, free) : free;
}

function targetOf(senderId: number, message: MessageToMark): Target {
	return {
		identityId: message.identityId,
		phone: message.recipient,
		senderId,
		groupId: message.groupId,
		channel: message.channel,
		purpose: message.purpose,
		contentType: message.contentType,
		insteadOfSenderId: message.channel === 'sms' ? message.insteadOfSenderId : null,
	};
}

/** Takes marks back whose requests were not started in time: the messages were not sent and wait again, leased as before. */
export async function takeBack(store: Store, messages: readonly ReadyMessage[]): Promise<void> {
	if (messages.length === 0) return;
	const marks = new Map(messages.map(({ message, markedAt }) => [message.id, markedAt]));
	const now = store.now();
	await store.transaction((db) =>
		changeMessages(db, [...marks.keys()], now, ({ id, state, markedAt, attempts }) =>
			state === 'sending' && markedAt === marks.get(id)
				? { state: 'queued', attempts: attempts - 1, leaseUntil: now + LEASE_MS }
				: null,
		),
	);
}
