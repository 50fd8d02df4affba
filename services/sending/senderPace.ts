import { isLasting, pauseAfter, recover, slowDown, spacingUs } from '../../domain/pacing';
import { effectOnSender } from '../../domain/providerFault';
import type { ProviderError, SendResult } from '../../providers/provider';
import { lockPace, type SendingSender, setPace, stopSender } from '../../store/pacing';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';

/** A sender whose next time lies further ahead than this and its pace waits already. */
const ONE_SETBACK_MS = 500;
const SPACINGS_BEYOND_PACE = 1.5;
/** A status that comes later than this after its request says nothing of today. */
const STATUS_IS_NEWS_MS = 10 * 60_000;

/** Lets a sender go faster, slower, pause or stop by what became of requests. */
export async function keepPace(
	db: Database,
	results: readonly SendResult[],
	senderId: number,
	now: number,
): Promise<void> {
	const sender = await lockPace(db, senderId);
	if (!sender) return;
	const errors = results.flatMap((result) => (result.accepted ? [] : [result.error]));
	const setbacks = errors.filter(isSetback);
	const accepted = results.length - errors.length;
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
		isThrottled: setbacks.some((error) => effectOnSender(error) === 'slowsDown'),
		inARow: accepted === 0,
		answeredBy: isOnlyForeign ? 'another' : errors.some(isAnswered) || accepted > 0 ? 'provider' : 'nobody',
	});
	if (foreign && isLasting(foreignAnswers)) await stopSender(db, senderId, foreign.message);
}

/** Whether the provider itself said it. */
function isAnswered(error: ProviderError): boolean {
	return effectOnSender(error) !== 'pauses';
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
		...(isThrottled ? { slowedAt: now } : {}),
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

/** The provider was not reached, or takes nothing from the sender for the moment: no fault of the message. */
function isSetback(error: ProviderError): boolean {
	const effect = effectOnSender(error);
	return effect === 'pauses' || effect === 'slowsDown';
}

/**
 * A status tells of throttling: the sender slows down as for an answer, once for all that was requested before.
 * @param markedAt When the message that it speaks of was requested, UTC ms.
 * @returns whether it does.
 */
export async function slowForStatus(
	db: Database,
	sender: SendingSender,
	markedAt: number | null,
	now: number,
): Promise<boolean> {
	if (markedAt === null || now - markedAt > STATUS_IS_NEWS_MS || markedAt <= (sender.slowedAt ?? -Infinity))
		return false;
	// One message is being tried: its answer says how it goes on.
	if (sender.tryingUntil !== null) await setPace(db, sender.id, { slowdown: slowDown(sender.slowdown), slowedAt: now });
	else await setBack(db, sender, now, { askedForMs: 0, isThrottled: true, inARow: false, answeredBy: 'provider' });
	return true;
}
