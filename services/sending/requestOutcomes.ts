import { isLasting, pauseAfter, recover, slowDown, spacingUs } from '../../domain/pacing';
import { sentenceOf } from '../../domain/permission';
import { NO_ANSWER, NOT_REACHED } from '../../providers/exchange';
import type { ProviderError, SendResult } from '../../providers/provider';
import { pauseCampaignFor } from '../../store/campaigns';
import { changeMessages, type MessageChange, type StoredMessage } from '../../store/messageChanges';
import { lineOf } from '../../domain/line';
import { saveToldPhones } from '../../store/identities';
import { lockPace, type SendingSender, setPace, stopSender } from '../../store/pacing';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import { applyProviderOptOut } from './providerOptOut';

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
/** A sender whose next time lies further ahead than this and its pace waits already. */
const ONE_SETBACK_MS = 500;
const SPACINGS_BEYOND_PACE = 1.5;

/** Writes down what became of requests: messages, counters, the sender's pace, paused campaigns, in one transaction; then opt-outs. */
export async function recordOutcomes(
	store: Store,
	outcomes: readonly Outcome[],
	rules: OutcomeRules,
): Promise<OutcomeCounts> {
	const byId = new Map(outcomes.map((outcome) => [outcome.messageId, outcome]));
	const { counts, optedOut } = await store.transaction(async (db) => {
		const now = store.now();
		await keepPace(db, outcomes, rules.senderId, now);
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
		const stopped = await pauseAndStop(db, recorded, rules.senderId);
		return {
			counts: { ...countsOf(recorded, now), stopped },
			optedOut: recorded.filter(({ error }) => error?.class === 'optedOut'),
		};
	});
	for (const { message, error } of optedOut) await recordProviderOptOut(store, message, error?.code ?? '');
	return counts;
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
	switch (error.class) {
		case 'failed':
			return error.code === 'trial_mode'
				? { state: 'skipped', error: 'trial mode', reasonText: sentenceOf('trial mode'), ...free }
				: failed;
		case 'optedOut':
			return failed;
		case 'unknown':
			return { state: 'unknown', error: error.code, reasonText: error.message, ...free };
		case 'retry':
		case 'retryLater': {
			// Nobody's turn was wasted: the sender waits as a whole, and this message keeps its tries.
			if (isSetback(error) && !rules.countsSetbacks) return { ...again(0), attempts: message.attempts - 1 };
			const waitMs = rules.retryAfterMs(message.attempts, error);
			return waitMs === null ? failed : again(waitMs);
		}
		case 'pauseCampaign':
		case 'stopSender':
			if (error.failsWhenRepeated && message.attempts > 1) return failed;
			// Nothing was sent, and the fault is not this message's: it waits for the operator.
			return message.campaignId === null ? failed : again(0);
	}
}

/** The provider was not reached, or takes nothing from the sender for the moment: no fault of the message. */
function isSetback(error: ProviderError): boolean {
	return error.class === 'retryLater' || error.code === NOT_REACHED;
}

async function keepPace(db: Database, outcomes: readonly Outcome[], senderId: number, now: number): Promise<void> {
	const sender = await lockPace(db, senderId);
	if (!sender) return;
	const errors = outcomes.flatMap(({ result }) => (result.accepted ? [] : [result.error]));
	const setbacks = errors.filter(isSetback);
	const accepted = outcomes.length - errors.length;
	if (setbacks.length === 0) {
		const isOver = accepted > 0 && (sender.slowdown > 1 || sender.setbacks > 0);
		const ownAnswers = { foreignAnswers: 0, ...endOfTry(sender, now) };
		if (isOver)
			await setPace(db, senderId, { slowdown: recover(sender.slowdown, accepted), setbacks: 0, ...ownAnswers });
		else if (sender.foreignAnswers > 0 || sender.tryingUntil !== null) await setPace(db, senderId, ownAnswers);
		return;
	}
	const foreign = setbacks.find((error) => error.stopsWhenItLasts);
	const isOnlyForeign = accepted === 0 && errors.every((error) => error.stopsWhenItLasts);
	const foreignAnswers = await setBack(db, sender, now, {
		askedForMs: Math.max(0, ...setbacks.map(({ retryAfterMs }) => retryAfterMs ?? 0)),
		isThrottled: setbacks.some((error) => error.class === 'retryLater' && !error.stopsWhenItLasts),
		inARow: accepted === 0,
		answeredBy: isOnlyForeign ? 'another' : errors.some(isAnswered) || accepted > 0 ? 'provider' : 'nobody',
	});
	if (foreign && isLasting(foreignAnswers)) await stopSender(db, senderId, foreign.message);
}

/** Whether the provider itself said it. */
function isAnswered(error: ProviderError): boolean {
	return !error.stopsWhenItLasts && error.code !== NOT_REACHED && error.code !== NO_ANSWER;
}

/** What was held back for the answer to a try goes on. */
function endOfTry(sender: SendingSender, now: number): { tryingUntil?: null; nextSendAtUs?: number } {
	return sender.tryingUntil === null ? {} : { tryingUntil: null, nextSendAtUs: now * 1_000 };
}

interface Setback {
	askedForMs: number;
	isThrottled: boolean;
	/** Nothing went well beside it. */
	inARow: boolean;
	/** Who said it: only what something else than the provider answers stops a sender when it lasts. */
	answeredBy: 'provider' | 'another' | 'nobody';
}

/**
 * Requests that were on their way together meet the same trouble: that is one setback, not many.
 * @returns How often in a row something else than the provider has answered.
 */
async function setBack(db: Database, sender: SendingSender, now: number, setback: Setback): Promise<number> {
	const { askedForMs, isThrottled, inARow, answeredBy } = setback;
	const spacing = spacingUs(sender.ratePerSecond, sender.slowdown);
	const isPausing =
		sender.setbacks > 0 &&
		sender.tryingUntil === null &&
		sender.nextSendAtUs > (now + ONE_SETBACK_MS) * 1_000 + spacing * SPACINGS_BEYOND_PACE;
	const setbacks = isPausing ? sender.setbacks : inARow ? sender.setbacks + 1 : 1;
	const pauseMs = isPausing ? askedForMs : pauseAfter(setbacks, askedForMs);
	const foreignAnswers =
		answeredBy === 'provider' ? 0 : sender.foreignAnswers + (answeredBy === 'another' && !isPausing ? 1 : 0);
	const from = sender.tryingUntil === null ? sender.nextSendAtUs : 0;
	await setPace(db, sender.id, {
		nextSendAtUs: Math.max(from, (now + pauseMs) * 1_000),
		setbacks,
		foreignAnswers,
		tryingUntil: null,
		...(isThrottled && !isPausing ? { slowdown: slowDown(sender.slowdown) } : {}),
	});
	return foreignAnswers;
}

/** No connection could be opened, so nothing was marked: the sender waits, and then tries one. */
export async function recordNotReached(store: Store, senderId: number): Promise<void> {
	await store.transaction(async (db) => {
		const sender = await lockPace(db, senderId);
		if (!sender) return;
		await setBack(db, sender, store.now(), { askedForMs: 0, isThrottled: false, inARow: true, answeredBy: 'nobody' });
	});
}

async function pauseAndStop(
	db: Database,
	recorded: ReadonlyArray<{ message: StoredMessage; error: ProviderError | null }>,
	senderId: number,
): Promise<string | null> {
	for (const { message, error } of recorded) {
		if (error?.class === 'pauseCampaign' && message.campaignId !== null && message.state !== 'failed')
			await pauseCampaignFor(db, message.campaignId, error.message);
	}
	const fault = recorded.find(({ error }) => error?.class === 'stopSender')?.error;
	if (!fault) return null;
	await stopSender(db, senderId, fault.message);
	return fault.message;
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
