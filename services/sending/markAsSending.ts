import type { MessageContent } from '../../domain/content';
import { freeTimes, LATEST_START_MS, reserveTimes, spacingUs } from '../../domain/pacing';
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
import type { PaceClock } from './paceClock';

/** Reserved times reach no further than this beyond the look at consent; what is left of LATEST_START_MS is for the commit. */
const WINDOW_MS = LATEST_START_MS - 15;

export interface MarkOrder {
	senderId: number;
	/** Who leased the messages. */
	owner: string;
	/** Whether `owner` is a delivery slot that must still be held. */
	slot: boolean;
	messages: readonly MessageToMark[];
	clock: PaceClock;
	/** When the times were reserved before (Send); otherwise they are reserved here. */
	reserved?: boolean;
}

export interface MessageToMark extends OutboxMessage {
	contentType: MessageContent['type'];
	insteadOfSenderId: number | null;
}

export interface Marked {
	/** To be requested now: each from its time on, and within LATEST_START_MS of `decidedAt`, or not at all. */
	ready: ReadyMessage[];
	/** performance.now() when consent was looked at. */
	decidedAt: number;
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
	return await store.transaction(async (db) => {
		const targets = new Map(order.messages.map((message) => [message.id, targetOf(order.senderId, message)]));
		const kin = await findKin(db, [...targets.values()]);
		const people = [...new Set([...targets.values()].flatMap((target) => kin.identitiesOf(target)))];
		await lockIdentities(db, people);

		const decidedAt = performance.now();
		const now = store.now();
		const sender = await lockPace(db, order.senderId);
		if (!sender) throw new Error(`Sender ${order.senderId} is gone while messages of it are queued.`);
		const marked: Marked = { ready: [], decidedAt, skipped: 0, done: new Set(), sender, stopped: null };
		if ((await sendingBlock(db)) !== null) return { ...marked, stopped: 'blocked' };
		if (order.slot && !(await holdsSlot(db, order.owner))) return { ...marked, stopped: 'revoked' };
		if (sender.stoppedReason !== null) return { ...marked, stopped: 'senderStopped' };

		const pace = { nextUs: sender.nextSendAtUs, spacingUs: spacingUs(sender.ratePerSecond, sender.slowdown) };
		const nowUs = order.clock.nowUs();
		const room = order.reserved ? order.messages.length : freeTimes(pace, nowUs, nowUs + WINDOW_MS * 1_000);
		if (room === 0) return marked;

		const words = await readWords(db, people);
		const replies = await readReplyFacts(db, order.messages, kin, words, order.senderId);
		const decisions = new Map<number, Permission>();
		let allowed = 0;
		for (const { id } of order.messages) {
			const target = targets.get(id);
			if (allowed === room || !target) break;
			const decision = decide(factsOf(kin, words, target, now, replies.get(id) ?? null));
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
			return { state: 'sending', markedAt: now, attempts: message.attempts + 1 };
		});
		const sending = new Set(changed.filter(({ state }) => state === 'sending').map(({ id }) => id));
		const { timesUs, nextUs } = order.reserved
			? { timesUs: [], nextUs: pace.nextUs }
			: reserveTimes(pace, nowUs, sending.size);
		if (timesUs.length > 0) await setPace(db, order.senderId, { nextSendAtUs: nextUs });

		const ready = order.messages
			.filter(({ id }) => sending.has(id))
			.map((message, index) => ({
				message,
				timeUs: timesUs[index] ?? nowUs,
				toldPhone: kin.toldPhoneOf(message.recipient),
				markedAt: now,
			}));
		return {
			...marked,
			sender: { ...sender, nextSendAtUs: nextUs },
			ready,
			skipped: changed.length - sending.size,
			done: new Set([...decisions.keys()].filter((id) => !sending.has(id))),
		};
	});
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
	await store.transaction((db) =>
		changeMessages(db, [...marks.keys()], store.now(), ({ id, state, markedAt, attempts }) =>
			state === 'sending' && markedAt === marks.get(id) ? { state: 'queued', attempts: attempts - 1 } : null,
		),
	);
}
