import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import type { Channel, Purpose } from '../../domain/channel';
import type { MessageContent } from '../../domain/content';
import { ConfigurationError, OptInError } from '../../domain/errors';
import { retryAfter } from '../../domain/pacing';
import { decide, type Permission, type ReplyFacts, sentenceOf } from '../../domain/permission';
import type { Provider, ProviderError } from '../../providers/provider';
import { addCounts } from '../../store/counters';
import { findIdentity, insertIdentity } from '../../store/identities';
import { changeMessages, type MessageChange } from '../../store/messageChanges';
import {
	claimMessage,
	insertSingle,
	messageById,
	messageByKey,
	type MessageView,
	singleToSend,
} from '../../store/messages';
import { sendingSender } from '../../store/pacing';
import { factsOf, findKin, type Kin, readWords, type Words } from '../../store/reachability';
import { replyTo } from '../../store/replies';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import { ensurePeople } from '../consent/ensurePeople';
import { Dispatch } from './dispatch';
import type { Providers } from './providerAccounts';
import { assertSendingAllowed } from '../shared/sendingBlock';

/** One message on its own, written down before anything is sent. */
export interface SingleMessage {
	senderId: number;
	channel: Channel;
	purpose: Purpose;
	content: MessageContent;
	/** E.164. */
	phone: string | null;
	whatsAppUserId: string | null;
	idempotencyKey: string;
	/** False in trial mode, where this person is none of the allowed numbers. */
	isReachable: boolean;
	/** What is answered; the facts of a Reply are those of this event. */
	reply: { eventId: number; facts: (words: Words, person: readonly number[]) => ReplyFacts } | null;
}

const LEASE_MS = 60_000;
/** Tries of a message that was certainly not sent; and the longest wait between two that a workflow is kept for. */
const TRIES = 3;
const LONGEST_WAIT_MS = 5_000;
/** How often a message may be marked too late to be requested before the store counts as too slow. */
const LATE_MARKS = 20;
/** How long a call waits for what the same key started elsewhere: longer than the lease of a call that was killed. */
const REPEAT_PATIENCE_MS = LEASE_MS + 15_000;
const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 1_000;

/** A message as it stands before it is sent: whose it is to send (null: nobody's of this call), and whether its key was used before. */
export interface QueuedSingle {
	id: number;
	owner: string | null;
	repeated: boolean;
}

/** Writes the message down once per idempotency key, queued for the caller alone or left out. */
export async function enqueueSingle(store: Store, message: SingleMessage): Promise<QueuedSingle> {
	return await store.transaction(async (db) => {
		const known = await messageByKey(db, message.idempotencyKey);
		if (known) return { id: known.id, owner: null, repeated: true };
		const now = store.now();
		const identityId = await identityFor(store, db, message);
		const kin = await findKin(db, [{ phone: message.phone, identityId }]);
		const person = kin.identitiesOf({ identityId, phone: message.phone });
		const words = await readWords(db, person);
		const permission = await permissionFor(db, message, { identityId, kin, words, person, now });
		const owner = permission === 'allowed' ? randomUUID() : null;
		const id = await insertSingle(db, {
			...message,
			identityId,
			content: JSON.stringify(message.content),
			reason: permission === 'allowed' ? null : permission,
			reasonText: permission === 'allowed' ? null : sentenceOf(permission),
			replyToEventId: permission === 'allowed' ? (message.reply?.eventId ?? null) : null,
			owner,
			leaseUntil: now + LEASE_MS,
			now,
		});
		if (id === undefined) return await insertedElsewhere(db, message.idempotencyKey);
		if (permission !== 'allowed') {
			const template = message.content.type === 'template' ? message.content.name : null;
			await addCounts(db, [
				{ at: now, senderId: message.senderId, channel: message.channel, what: 'skipped', error: permission, template },
			]);
		}
		return { id, owner, repeated: false };
	});
}

async function insertedElsewhere(db: Database, idempotencyKey: string): Promise<QueuedSingle> {
	const known = await messageByKey(db, idempotencyKey);
	if (!known) throw new OptInError('Another Reply to the same message is being sent at this moment. Try again.');
	return { id: known.id, owner: null, repeated: true };
}

async function identityFor(
	store: Store,
	db: Database,
	{ phone, whatsAppUserId }: SingleMessage,
): Promise<number | null> {
	if (phone !== null) return (await ensurePeople(store, db, [phone])).get(phone) ?? null;
	const known = await findIdentity(db, { whatsAppUserId });
	return (known ?? (await insertIdentity(db, { phone: null, whatsAppUserId }, store.now())))?.id ?? null;
}

async function permissionFor(
	db: Database,
	message: SingleMessage,
	{
		identityId,
		kin,
		words,
		person,
		now,
	}: { identityId: number | null; kin: Kin; words: Words; person: number[]; now: number },
): Promise<Permission> {
	const sender = await sendingSender(db, message.senderId);
	if (!sender || sender.stoppedReason !== null) return 'sender stopped';
	const target = {
		identityId,
		phone: message.phone,
		senderId: message.senderId,
		groupId: 0,
		channel: message.channel,
		purpose: message.purpose,
		contentType: message.content.type,
		insteadOfSenderId: null,
	};
	const reply = message.reply && {
		...message.reply.facts(words, person),
		alreadyAnswered: (await replyTo(db, message.reply.eventId)) !== undefined,
	};
	const permission = decide(factsOf(kin, words, target, now, reply));
	return permission === 'allowed' && !message.isReachable ? 'trial mode' : permission;
}

/** Sends what enqueueSingle wrote down, or waits for the call that does. @returns how the message stands then. */
export async function finishSingle(
	store: Store,
	providers: Providers,
	{ id, owner, repeated }: QueuedSingle,
	quoted: string | undefined,
): Promise<{ message: MessageView; repeated: boolean }> {
	if (owner !== null) {
		await dispatch(store, providers, id, owner, quoted);
		return { message: await read(store, id), repeated };
	}
	const end = performance.now() + REPEAT_PATIENCE_MS;
	for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(LONGEST_LOOK_MS, lookMs * 1.5)) {
		const message = await read(store, id);
		if ((message.state !== 'queued' && message.state !== 'sending') || performance.now() > end)
			return { message, repeated };
		// Queued by a call that was killed before it sent anything: this one goes on.
		const claim = randomUUID();
		const claimed =
			message.state === 'queued' &&
			(await store.transaction((db) => claimMessage(db, id, claim, store.now(), store.now() + LEASE_MS)));
		if (claimed) await dispatch(store, providers, id, claim, quoted);
		else await wait(lookMs);
	}
}

async function dispatch(
	store: Store,
	providers: Providers,
	id: number,
	owner: string,
	quoted: string | undefined,
): Promise<void> {
	const single = await store.read((db) => singleToSend(db, id));
	if (!single) return;
	const provider = providers[single.provider];
	if (!provider) throw noProvider(single.provider);
	const content = JSON.parse(single.content ?? '') as MessageContent;
	const message = { ...single, contentType: content.type, insteadOfSenderId: null };
	const dispatch = new Dispatch(store, {
		provider,
		senderId: single.senderId,
		owner,
		slot: false,
		contentOf: () => content,
		retryAfterMs: waitBeforeNext,
		countsSetbacks: true,
		keepFor: owner,
		gatherMs: 0,
		replyTo: quoted,
	});

	for (let tries = 1; ;) {
		const started = await dispatch.startInLine(message);
		if ('notReached' in started) {
			const waitMs = waitBeforeNext(tries++, started.notReached);
			if (waitMs === null) return await giveUpNotReached(store, id, owner, started.notReached);
			await wait(waitMs);
			continue;
		}
		if (started.stopped === 'blocked') await assertSendingAllowed(store);
		if (started.stopped === 'senderStopped') return await skipStopped(store, id, owner);
		if (started.ready.length === 0) return;
		await dispatch.settled();
		if ((await dispatch.takeBackLate()).length > 0) {
			if (dispatch.lateMarks < LATE_MARKS) continue;
			throw new OptInError(
				'The store is too slow to mark a message as sending in time. Nothing was sent. Try again with less load.',
			);
		}
		const { nextTryInMs } = dispatch.counts;
		if (nextTryInMs === null) return;
		tries++;
		await wait(nextTryInMs);
	}
}

/** How long to wait before what was certainly not sent is tried again, while a workflow waits for it; null: it is not. */
function waitBeforeNext(tries: number, { retryAfterMs }: ProviderError): number | null {
	const waitMs = tries < TRIES ? retryAfter(tries, retryAfterMs) : null;
	return waitMs !== null && waitMs <= LONGEST_WAIT_MS ? waitMs : null;
}

async function giveUpNotReached(store: Store, id: number, owner: string, error: ProviderError): Promise<void> {
	await endQueued(store, id, owner, { state: 'failed', error: error.code, reasonText: error.message });
}

async function skipStopped(store: Store, id: number, owner: string): Promise<void> {
	await endQueued(store, id, owner, {
		state: 'skipped',
		error: 'sender stopped',
		reasonText: sentenceOf('sender stopped'),
	});
}

async function endQueued(store: Store, id: number, owner: string, end: MessageChange): Promise<void> {
	await store.transaction((db) =>
		changeMessages(db, [id], store.now(), ({ state, leaseOwner }) =>
			state === 'queued' && leaseOwner === owner ? { ...end, leaseOwner: null, leaseUntil: null } : null,
		),
	);
}

async function read(store: Store, id: number): Promise<MessageView> {
	const message = await store.read((db) => messageById(db, id));
	if (!message) throw new OptInError('The message does not exist any more.');
	return message;
}

export function noProvider(name: Provider['name']): ConfigurationError {
	return new ConfigurationError(
		`No credential for ${name} is attached to this node, and the sender sends with it. Attach it.`,
	);
}
