import { sentenceOf } from '../../domain/permission';
import { effectsOf, type FaultEffects, type FaultToldBy } from '../../domain/providerFault';
import type { ProviderError, SendResult } from '../../providers/provider';
import { pauseCampaignFor } from '../../store/campaigns';
import { changeMessages, type MessageChange, type StoredMessage } from '../../store/messageChanges';
import { lineOf } from '../../domain/line';
import { saveToldPhones } from '../../store/identities';
import { stopSender } from '../../store/pacing';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import { learnPairs, type ToldPair } from '../consent/learnPairs';
import { applyProviderOptOut } from './providerOptOut';
import { keepPace } from './senderPace';

/** What became of one request to a provider, for one message. */
export interface Outcome {
	messageId: number;
	/** Of the mark it belongs to. */
	markedAt: number;
	result: SendResult;
}

export interface OutcomeCounts {
	accepted: number;
	failed: number;
	unknown: number;
	/** Left out by the provider's trial mode. */
	skipped: number;
	/** Certainly not sent and queued again. */
	retried: number;
	/** When the first of those may be tried again, ms from when it was written down; null for none. */
	nextTryInMs: number | null;
	/** Set when nothing more goes out from this sender. */
	stopped: string | null;
}

export interface OutcomeRules {
	senderId: number;
	/** When what was certainly not sent is tried again, ms from now; null: it has failed. */
	retryAfterMs: (attempts: number, error: ProviderError) => number | null;
	/** Whether a message spends a try where the sender is at fault or its provider away: only where somebody waits for its answer. */
	countsSetbacks: boolean;
	/** Who keeps the lease on what is queued again; null: anybody may take it. */
	keepFor: string | null;
}

/** How long who keeps the lease may take from a message being due to its next mark. */
const KEPT_FOR_MS = 60_000;
/** Writes down what became of requests: messages, counters, the sender's pace, paused campaigns, in one transaction; then opt-outs. */
export async function recordOutcomes(
	store: Store,
	outcomes: readonly Outcome[],
	rules: OutcomeRules,
): Promise<OutcomeCounts> {
	const byId = new Map(outcomes.map((outcome) => [outcome.messageId, outcome]));
	const { counts, optedOut, numbers } = await store.transaction(async (db) => {
		const now = store.now();
		await keepPace(
			db,
			outcomes.map(({ result }) => result),
			rules.senderId,
			now,
		);
		const recorded: Array<{ message: StoredMessage; error: ProviderError | null }> = [];
		await changeMessages(db, [...byId.keys()], now, (message) => {
			const outcome = byId.get(message.id);
			const change = outcome ? changeFor(message, outcome, rules, now) : null;
			if (outcome && change) {
				recorded.push({
					message: { ...message, ...change },
					error: outcome.result.accepted ? null : outcome.result.error,
				});
			}
			return change;
		});
		await learnTold(db, recorded, byId);
		const stopped = await pauseAndStop(db, recorded, rules);
		return {
			counts: { ...countsOf(recorded, now), stopped },
			numbers: new Map(recorded.map(({ message: { id, recipient } }) => [id, recipient])),
			optedOut: recorded.filter(({ message, error }) => effects(message, error, rules)?.person === 'optsOut'),
		};
	});
	await learnPairs(store, pairsTold(outcomes, numbers, store.now()));
	for (const { message, error } of optedOut) await recordProviderOptOut(store, message, error?.code ?? '');
	return counts;
}

/** With the number that was dialled, or where only a user id was, the one that the answer names; an answer that names another is not believed. */
function pairsTold(outcomes: readonly Outcome[], numbers: ReadonlyMap<number, string | null>, at: number): ToldPair[] {
	return outcomes.flatMap(({ messageId, result }) => {
		if (!result.accepted || !result.whatsAppUserId) return [];
		const told = result.toldPhone ? lineOf(result.toldPhone) : null;
		const phone = numbers.get(messageId) ?? told;
		return phone === null || (told !== null && told !== phone)
			? []
			: [{ phone, whatsAppUserId: result.whatsAppUserId, at }];
	});
}

/** The provider knows of an opt-out that we do not: it is one of the person's, in a transaction of its own. */
export async function recordProviderOptOut(
	store: Store,
	message: Pick<StoredMessage, 'id' | 'identityId' | 'senderId' | 'channel'>,
	code: string,
): Promise<void> {
	const { id, identityId, senderId, channel } = message;
	if (identityId === null) return;
	await store.transaction(async (db) => {
		await applyProviderOptOut(store, db, {
			identityId,
			senderId,
			channel,
			providerEventId: `message:${id}:${code}`,
			source: 'provider',
			at: store.now(),
		});
	});
}

/** Under which number the provider knows who was written to: it is sent to from now on, if it is a form of the same line. */
async function learnTold(
	db: Database,
	recorded: ReadonlyArray<{ message: StoredMessage }>,
	outcomes: ReadonlyMap<number, Outcome>,
): Promise<void> {
	const told = recorded.flatMap(({ message: { id, recipient } }) => {
		const result = outcomes.get(id)?.result;
		const phone = result?.accepted ? result.toldPhone : null;
		const isAnotherForm = phone && recipient !== null && phone !== recipient && lineOf(phone) === recipient;
		return isAnotherForm ? [{ phone: recipient, toldPhone: phone }] : [];
	});
	await saveToldPhones(db, told);
}

function changeFor(
	message: StoredMessage,
	{ result, markedAt }: Outcome,
	rules: OutcomeRules,
	now: number,
): MessageChange | null {
	const free = { leaseOwner: null, leaseUntil: null };
	const isOpen = message.state === 'sending' || message.state === 'unknown';
	if (result.accepted) {
		// A status may have been faster than the answer: then only the provider's id is news.
		return isOpen
			? { state: 'accepted', error: null, reasonText: null, providerMessageId: result.providerMessageId, ...free }
			: { providerMessageId: result.providerMessageId };
	}
	if (message.state !== 'sending' || message.markedAt !== markedAt) return null;

	const { error } = result;
	const failed: MessageChange = { state: 'failed', error: error.code, reasonText: error.message, ...free };
	const again = (waitMs: number): MessageChange =>
		message.campaignState === 'cancelled'
			? { state: 'cancelled', error: null, ...free }
			: rules.keepFor === null
				? { state: 'queued', dueAt: now + waitMs, ...free }
				: {
						state: 'queued',
						dueAt: now + waitMs,
						leaseOwner: rules.keepFor,
						leaseUntil: now + waitMs + KEPT_FOR_MS,
					};
	const told = toldByAnswer(message, rules);
	switch (effectsOf(error, told).message) {
		case 'fails':
			return failed;
		case 'leftOut':
			return { state: 'skipped', error: 'trial mode', reasonText: sentenceOf('trial mode'), ...free };
		case 'unknown':
			return { state: 'unknown', error: error.code, reasonText: error.message, ...free };
		case 'triesAgain': {
			const waitMs = rules.retryAfterMs(message.attempts, error);
			return waitMs === null ? failed : again(waitMs);
		}
		case 'keepsTry':
			// Nobody's turn was wasted: the sender waits as a whole.
			return { ...again(0), attempts: message.attempts - 1 };
		case 'waits':
			return again(0);
	}
}

function toldByAnswer(
	{ campaignId, attempts }: Pick<StoredMessage, 'campaignId' | 'attempts'>,
	{ countsSetbacks }: OutcomeRules,
): FaultToldBy {
	return { by: 'answer', isOfCampaign: campaignId !== null, attempts, isWaitedFor: countsSetbacks };
}

async function pauseAndStop(
	db: Database,
	recorded: ReadonlyArray<{ message: StoredMessage; error: ProviderError | null }>,
	rules: OutcomeRules,
): Promise<string | null> {
	for (const { message, error } of recorded) {
		if (error && message.campaignId !== null && effects(message, error, rules)?.campaign === 'pauses')
			await pauseCampaignFor(db, message.campaignId, error.message);
	}
	const fault = recorded.find(({ message, error }) => effects(message, error, rules)?.sender === 'stops')?.error;
	if (!fault) return null;
	await stopSender(db, rules.senderId, fault.message);
	return fault.message;
}

function effects(message: StoredMessage, error: ProviderError | null, rules: OutcomeRules): FaultEffects | null {
	return error && effectsOf(error, toldByAnswer(message, rules));
}

function countsOf(
	recorded: ReadonlyArray<{ message: StoredMessage; error: ProviderError | null }>,
	now: number,
): Omit<OutcomeCounts, 'stopped'> {
	const queued = recorded.filter(({ message }) => message.state === 'queued').map(({ message }) => message.dueAt - now);
	const nextTryInMs = queued.length === 0 ? null : Math.min(...queued);
	const counts = { accepted: 0, failed: 0, unknown: 0, skipped: 0, retried: 0, nextTryInMs };
	for (const { message, error } of recorded) {
		if (error === null) counts.accepted++;
		else if (message.state === 'failed') counts.failed++;
		else if (message.state === 'unknown') counts.unknown++;
		else if (message.state === 'skipped') counts.skipped++;
		else counts.retried++;
	}
	return counts;
}
