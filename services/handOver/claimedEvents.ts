import {
	giveBackEvents,
	giveUpEvents,
	handOversOfNext,
	leaseEvents,
	renewLeases,
	selectHandedEvents,
	takeEvents,
} from '../../store/events';
import type { EventOutput, RegistrationState } from '../../store/schema';
import type { Store } from '../../store/store';

/** What a workflow is told of an event. */
export interface HandedEventJson {
	eventId: number;
	event: EventOutput;
	/** What it changed: registered, waiting, alreadyRegistered, joinedGroup, smsConsent, optedOut, alreadyOptedOut, leftGroup, marketingOff, resumed, numberChanged, invited, help, doubtful, alreadyAsked, unknownSender, none. */
	outcome: string;
	channel: string;
	/** E.164; null where only the WhatsApp user id is known. */
	phone: string | null;
	whatsAppUserId: string | null;
	profileName: string | null;
	/** At most 4,096 characters. */
	text: string | null;
	messageType: string | null;
	senderId: number | null;
	senderPhone: string | null;
	provider: string;
	groupId: number | null;
	/** The shortcode written; where no group has it, `groupId` is null and `unknownGroup` true. */
	group: string | null;
	groupName: string | null;
	unknownGroup: boolean;
	contactId: number | null;
	/** The person's registration with this sender, as it was after the event. */
	registration: RegistrationState | null;
	/** False: it came late, a newer word had come before. */
	applied: boolean;
	/** ISO 8601: when it was said, by the provider's clock. */
	at: string;
	receivedAt: string;
	/** What the message holds beside its words, as the provider tells it: media id, location, order, context, errors, … */
	content?: Record<string, unknown>;
	/** Of events `invited`, and of messages that answer an invitation. */
	invitationId?: number;
	code?: string;
	link?: string;
	language?: string | null;
	/** Of the outcome `numberChanged`: the person's number from now on, E.164, and whether the contact has it as its WhatsApp number now. */
	newPhone?: string;
	contactUpdated?: boolean;
	/** Of events `invited`: shortcodes of all groups of the invitation. */
	groups?: string[];
	/** Of events `status`. */
	status?: string;
	messageReference?: string | null;
	providerMessageId?: string | null;
	deliveredAs?: string;
	error?: { code: string; message: string } | null;
	/** Nobody wrote: a place became free, and the person, who waited longest, has it now. */
	placeFreed?: boolean;
}

export interface HandedEvent {
	id: number;
	output: EventOutput;
	/** Which time this is. */
	handOver: number;
	json: HandedEventJson;
}

/** An event whose execution died is handed over so often in all: one that ends n8n itself must not do so for ever. */
export const MOST_HAND_OVERS = 10;
/** What died in the company of others comes again in smaller company, then alone: one of them may have been why. */
const COMPANY_AFTER_FIRST = 10;
/** After the second death there may be no hurry: doubled each time. The first one was noticed late enough. */
const FIRST_AGAIN_MS = 30_000;
const LONGEST_AGAIN_MS = 600_000;

/** What details of an event are for the workflow; the rest is ours. */
const TOLD = [
	'content',
	'newPhone',
	'contactUpdated',
	'invitationId',
	'code',
	'link',
	'language',
	'placeFreed',
	'groups',
	'status',
	'messageReference',
	'providerMessageId',
	'deliveredAs',
	'error',
] as const;

interface Details extends Partial<
	Pick<
		HandedEventJson,
		(typeof TOLD)[number] | 'profileName' | 'messageType' | 'unknownGroup' | 'contactId' | 'registration'
	>
> {
	shortcode?: string;
	/** Of a status. */
	phone?: string | null;
}

/**
 * Leases the oldest events of an inbox that nobody holds, for `leaseMs`; whoever comes later does not get them until then. All of them
 * were handed over equally often.
 * @param owner tells holders apart: a random text for each.
 */
export async function claimEvents(
	store: Store,
	{ inbox, owner, limit, leaseMs }: { inbox: string; owner: string; limit: number; leaseMs: number },
): Promise<HandedEvent[]> {
	const now = store.now();
	// Asked every half second: the write lock is taken only when there is something.
	const handOvers = await store.read((db) => handOversOfNext(db, { inbox, now, handOversBelow: MOST_HAND_OVERS }));
	if (handOvers === undefined) return [];
	const rows = await store.transaction(async (db) => {
		const ids = await leaseEvents(db, {
			inbox,
			owner,
			limit: Math.min(limit, companyOf(handOvers)),
			handOvers,
			now,
			leaseUntil: now + leaseMs,
		});
		return ids.length === 0 ? [] : await selectHandedEvents(db, ids);
	});
	return rows.map((row) => toHandedEvent(row, handOvers + 1));
}

function companyOf(handOvers: number): number {
	if (handOvers === 0) return Number.MAX_SAFE_INTEGER;
	return handOvers === 1 ? COMPANY_AFTER_FIRST : 1;
}

/** Keeps holding events whose execution still runs. */
export async function renewClaims(
	store: Store,
	{ owner, ids, leaseMs }: { owner: string; ids: readonly number[]; leaseMs: number },
): Promise<void> {
	await store.transaction((db) => renewLeases(db, owner, ids, store.now() + leaseMs));
}

/** Says that their execution has ended well: they are never handed out again. Those that another holds by now are left to them. */
export async function markTaken(
	store: Store,
	{ owner, ids }: { owner: string; ids: readonly number[] },
): Promise<void> {
	await store.transaction((db) => takeEvents(db, owner, ids, store.now()));
}

/** Says that their execution died: they come again, later and later. */
export async function handBackDied(
	store: Store,
	{ owner, ids, handOver }: { owner: string; ids: readonly number[]; handOver: number },
): Promise<void> {
	const waitMs = handOver < 2 ? 0 : Math.min(LONGEST_AGAIN_MS, FIRST_AGAIN_MS * 2 ** (handOver - 2));
	const notBefore = waitMs === 0 ? null : store.now() + waitMs;
	await store.transaction((db) => giveBackEvents(db, { owner, ids, handOvers: handOver, notBefore }));
}

/** Says that no execution began: it is as if they had not been handed over. */
export async function handBackNotStarted(
	store: Store,
	{ owner, ids, handOver }: { owner: string; ids: readonly number[]; handOver: number },
): Promise<void> {
	await store.transaction((db) => giveBackEvents(db, { owner, ids, handOvers: handOver - 1, notBefore: null }));
}

/** Ends the waiting of events whose executions died each time, and of those that ended this very process each time. @returns their ids. */
export async function giveUpDeadly(store: Store, inbox: string): Promise<number[]> {
	return await store.transaction((db) => giveUpEvents(db, { inbox, now: store.now(), handOvers: MOST_HAND_OVERS }));
}

type EventRow = Awaited<ReturnType<typeof selectHandedEvents>>[number];

function toHandedEvent(row: EventRow, handOver: number): HandedEvent {
	const details = JSON.parse(row.details) as Details;
	const output = row.output ?? 'message';
	const json: HandedEventJson = {
		eventId: row.id,
		event: output,
		outcome: row.outcome,
		channel: row.channel,
		phone: row.phone ?? details.phone ?? null,
		whatsAppUserId: row.whatsAppUserId,
		profileName: details.profileName ?? null,
		text: row.text,
		messageType: details.messageType ?? null,
		senderId: row.senderId,
		senderPhone: row.senderPhone,
		provider:
			row.provider === 'form' || row.provider === 'store' || row.provider === 'operator'
				? (row.senderProvider ?? row.provider)
				: row.provider,
		groupId: row.groupId,
		group: row.shortcode ?? details.shortcode ?? null,
		groupName: row.groupName,
		unknownGroup: details.unknownGroup ?? false,
		contactId: details.contactId ?? null,
		registration: details.registration ?? null,
		applied: row.applied === 1,
		at: new Date(row.effectiveAt).toISOString(),
		receivedAt: new Date(row.receivedAt).toISOString(),
	};
	const told = Object.fromEntries(
		TOLD.filter((name) => details[name] !== undefined).map((name) => [name, details[name]]),
	);
	return { id: row.id, output, handOver, json: { ...json, ...told } };
}
