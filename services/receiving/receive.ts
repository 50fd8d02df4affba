import { StoreUnavailableError } from '../../domain/errors';
import { parseMessage } from '../../domain/keyword';
import { hearingOf } from '../../domain/messageTypes';
import type {
	IncomingEvent,
	IncomingMessage,
	IncomingNumberChange,
	IncomingPerson,
	IncomingPreference,
	IncomingSender,
	IncomingStatus,
	WebhookAnswer,
	WebhookReading,
} from '../../providers/provider';
import type { Channel } from '../../domain/channel';
import type { ProviderName } from '../../domain/provider';
import { insertEvents, type NewEvent } from '../../store/events';
import { chunksOf } from '../../store/database/rows';
import type { Database } from '../../store/schema';
import { findOnlySmsSender, findSenderOfProvider, insertSender, type Sender } from '../../store/senders';
import type { Store } from '../../store/store';
import { keptText } from '../../domain/keptText';
import { canExist } from '../../domain/phone';
import { applyConsentSignal, type SignalInput, type SignalResult } from '../consent/engine';
import { fillWaiting } from '../consent/fillWaiting';
import { learnPairs, type ToldPair } from '../consent/learnPairs';
import { waitForInFlight } from '../shared/inFlight';
import { applyNumberChange } from './personNumberChange';
import { defaultSender } from '../senders/senders';
import { settleStatuses } from '../sending/settleStatuses';
import { noticeNumberChange, toldNumbers } from '../senders/companyNumberChange';
import { wakeInboxes } from '../shared/wakeUp';
import { Turns } from '../shared/yieldTimer';
import { readInTurns } from './readInTurns';

export interface ReceiveOptions {
	/** The trigger whose workflow is told; null: nobody. */
	inbox: string | null;
	/** Whether statuses are handed to the workflow, too. */
	storeStatuses: boolean;
	/** Told why the answer is 503. */
	onUnavailable?: (error: StoreUnavailableError) => void;
}

/** How long the acknowledgement of an opt-out waits for messages on their way to that person. */
const IN_FLIGHT_TIMEOUT_MS = 2_000;
/** How long the answer waits for opt-outs to be taken to a number that has just changed; the rest is done by the next delivery or trigger. */
const CARRY_MS = 1_000;
const PROFILE_NAME_CHARACTERS = 200;
const EVENTS_A_TRANSACTION = 500;
const TRIES_OF_STORE = 3;

const unavailable: WebhookAnswer = {
	status: 503,
	contentType: 'text/plain; charset=utf-8',
	body: 'The store does not answer. Please come again.',
};

/**
 * Takes what one request of a provider told: reads it, stores and applies everything in it, and only then gives the answer. Each person's event
 * is one transaction; a request that comes again changes nothing twice. The store not to be reached: 503, so that the provider comes again.
 * @throws what went wrong unexpectedly, after everything else in the request was applied; the provider then comes again, too.
 */
export async function receive(
	store: Store,
	provider: ProviderName,
	{ answer, events: told }: WebhookReading,
	{ inbox, storeStatuses, onUnavailable = () => undefined }: ReceiveOptions,
): Promise<WebhookAnswer> {
	if (told === null) return answer;
	const events = await readInTurns(told);
	const failures: unknown[] = [];
	const results: SignalResult[] = [];
	// A store that stays away is away for the rest of the request as well, which comes again as a whole.
	const isAway = (): boolean =>
		failures.slice(-TRIES_OF_STORE).filter((error) => error instanceof StoreUnavailableError).length === TRIES_OF_STORE;
	const attempt = async (work: () => Promise<unknown>): Promise<void> => {
		if (isAway()) return;
		try {
			await work();
		} catch (error) {
			failures.push(error);
		}
	};
	for (const change of toldNumbers(provider, events))
		await attempt(() => noticeNumberChange(store, provider, change, CARRY_MS));
	const statuses = events.filter((event) => event.kind === 'status');
	// First of all, so that what is said under the one name is heard under the other.
	await attempt(() => learnPairs(store, pairsOf(statuses, store.now())));
	const turns = new Turns();
	for (const event of inOrder(events)) {
		if (turns.isOver()) await turns.next();
		await attempt(async () => {
			results.push(await applyEvent(store, provider, event, inbox));
		});
	}
	await attempt(() => keepRest(store, provider, events, { inbox, storeStatuses }));
	if (statuses.length > 0) await attempt(() => settleStatuses(store, statuses));

	for (const senderId of new Set(results.flatMap(({ toFill }) => toFill)))
		await attempt(() => fillWaiting(store, senderId));
	const letGo = results.flatMap(({ isOptOut, identityId, followed }) =>
		isOptOut && identityId !== null ? [identityId, ...followed] : [],
	);
	if (letGo.length > 0) await attempt(() => waitForInFlight(store, letGo, IN_FLIGHT_TIMEOUT_MS));
	wakeInboxes([
		...results.flatMap((result) => result.inboxes),
		...(storeStatuses && inbox !== null && statuses.length > 0 ? [inbox] : []),
	]);

	const away = failures.find((error) => error instanceof StoreUnavailableError);
	if (away) {
		onUnavailable(away);
		return unavailable;
	}
	if (failures.length > 0) throw failures[0];
	return answer;
}

function pairsOf(statuses: readonly IncomingStatus[], now: number): ToldPair[] {
	return statuses.flatMap(({ recipientPhone: phone, recipientUserId: whatsAppUserId = null, at }) =>
		phone !== null && whatsAppUserId !== null ? [{ phone, whatsAppUserId, at: Math.min(at ?? now, now) }] : [],
	);
}

type PersonsEvent = IncomingMessage | IncomingPreference | IncomingNumberChange;

/** Oldest first, so that a batch is told in the order in which it was said. */
function inOrder(events: readonly IncomingEvent[]): PersonsEvent[] {
	const timeOf = (event: PersonsEvent): number => (event.kind === 'message' ? event.sentAt : event.at) ?? Infinity;
	return events
		.filter((event) => event.kind === 'message' || event.kind === 'preference' || event.kind === 'numberChange')
		.sort((one, other) => timeOf(one) - timeOf(other) || 0);
}

/**
 * Once more where it failed: two requests that make the same person at the same moment meet in a unique key,
 * and the second try finds what the first has made.
 */
async function applyEvent(
	store: Store,
	provider: ProviderName,
	event: PersonsEvent,
	inbox: string | null,
): Promise<SignalResult> {
	try {
		return await applyOnce(store, provider, event, inbox);
	} catch (error) {
		if (error instanceof StoreUnavailableError) throw error;
		return await applyOnce(store, provider, event, inbox);
	}
}

async function applyOnce(
	store: Store,
	provider: ProviderName,
	event: PersonsEvent,
	inbox: string | null,
): Promise<SignalResult> {
	return await store.transaction(async (db) => {
		const sender = await ensureSender(db, provider, event.channel, event.sender, store.now());
		if (event.kind === 'numberChange') return await applyNumberChange(store, db, { ...event, provider, sender, inbox });
		return await applyConsentSignal(store, db, {
			...(event.kind === 'message' ? messageSignal(event) : preferenceSignal(event)),
			provider,
			sender,
			inbox,
		});
	});
}

type WithoutPlace = Omit<SignalInput, 'provider' | 'sender' | 'inbox'>;

function messageSignal(message: IncomingMessage): WithoutPlace {
	const words = parseMessage(message.text, message.buttonPayload ?? null, message.messageType);
	return {
		providerEventId: message.providerEventId,
		kind: words.kind,
		channel: message.channel,
		...saidBy(message.from, message.channel),
		sentAt: message.sentAt,
		shortcode: words.shortcode,
		invitationCode: words.invitationCode,
		looksLikeOptOut: words.looksLikeOptOut,
		isDoubtful: words.isDoubtful,
		withoutGroup: words.withoutGroup,
		opensWindow: message.channel === 'whatsapp' && hearingOf(message.messageType).opensWindow,
		text: message.text,
		profileName: keptText(message.profileName, PROFILE_NAME_CHARACTERS),
		details: { messageType: message.messageType, ...(message.content && { content: message.content }) },
	};
}

/** The form of a number matters where WhatsApp told it; an SMS comes from the number as it is dialled. */
function saidBy({ phone, toldPhone, whatsAppUserId }: IncomingPerson, channel: Channel) {
	const person = { phone, whatsAppUserId };
	return phone === null || channel !== 'whatsapp' ? { person } : { person, toldPhone };
}

function preferenceSignal({
	providerEventId,
	channel,
	from,
	value,
	isMarketing,
	at,
}: IncomingPreference): WithoutPlace {
	return {
		providerEventId,
		kind: value === 'resume' ? 'providerResume' : isMarketing ? 'providerStop' : 'stop',
		channel,
		...saidBy(from, channel),
		sentAt: at,
	};
}

/** The sender written to. One not known so far is made from what the webhook says of it; null where that is too little, or no number. */
async function ensureSender(
	db: Database,
	provider: ProviderName,
	channel: Channel,
	told: IncomingSender,
	now: number,
): Promise<Sender | null> {
	const known = await findSenderOfProvider(db, { provider, ...told });
	if (known) return known;
	if (told.phone === null || !canExist(told.phone))
		return channel === 'sms' ? ((await findOnlySmsSender(db, provider)) ?? null) : null;
	const made = await insertSender(
		db,
		{
			...defaultSender(told.phone, provider),
			providerSenderId: told.providerSenderId,
			sendsWhatsApp: channel === 'whatsapp',
			sendsSms: channel === 'sms',
		},
		now,
	);
	return made ?? (await findSenderOfProvider(db, { provider, ...told })) ?? null;
}

/** Statuses for the workflow where it asked for them, and what we have no use for, so that nothing is lost unseen. */
async function keepRest(
	store: Store,
	provider: ProviderName,
	events: readonly IncomingEvent[],
	{ inbox, storeStatuses }: ReceiveOptions,
): Promise<void> {
	const now = store.now();
	const common = {
		provider,
		groupId: null,
		identityId: null,
		receivedAt: now,
		applied: true,
		outcome: 'none',
	} as const;
	const unknown = events
		.filter((event) => event.kind === 'unknown')
		.map((event): NewEvent => ({
			...common,
			inbox: null,
			providerEventId: event.providerEventId,
			kind: 'unknown',
			channel: 'whatsapp',
			senderId: null,
			effectiveAt: now,
			text: null,
			details: { description: keptText(event.description, 500) },
			output: null,
		}));
	const statuses = storeStatuses && inbox !== null ? events.filter((event) => event.kind === 'status') : [];
	for (const chunk of chunksOf(unknown, EVENTS_A_TRANSACTION)) await store.transaction((db) => insertEvents(db, chunk));
	const senderIds = new Map<string, number | null>();
	for (const chunk of chunksOf(statuses, EVENTS_A_TRANSACTION))
		await store.transaction(async (db) => {
			const told: NewEvent[] = [];
			for (const status of chunk) {
				const key = JSON.stringify(status.sender);
				const known = senderIds.get(key);
				const senderId =
					known === undefined ? ((await findSenderOfProvider(db, { provider, ...status.sender }))?.id ?? null) : known;
				senderIds.set(key, senderId);
				told.push({ ...common, ...statusEvent(status, now), inbox, senderId });
			}
			await insertEvents(db, told);
		});
}

function statusEvent(status: IncomingStatus, now: number) {
	return {
		providerEventId: status.providerEventId,
		kind: 'status',
		channel: status.channel,
		effectiveAt: Math.min(status.at ?? now, now),
		text: null,
		details: {
			status: status.status,
			phone: status.recipientPhone,
			messageReference: status.reference,
			providerMessageId: status.providerMessageId,
			deliveredAs: status.deliveredAs,
			error: status.error && { code: status.error.code, message: status.error.message },
		},
		output: 'status' as const,
	};
}
