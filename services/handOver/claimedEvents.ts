import { hasWaitingEvents, leaseEvents, renewLeases, selectHandedEvents, takeEvents } from '../../store/events';
import type { EventOutput, RegistrationState } from '../../store/schema';
import type { Store } from '../../store/store';

/** What a workflow is told of an event. */
export interface HandedEventJson {
	eventId: number;
	event: EventOutput;
	/** What it changed: registered, waiting, alreadyRegistered, joinedGroup, smsConsent, optedOut, alreadyOptedOut, leftGroup, resumed, numberChanged, invited, help, doubtful, alreadyAsked, unknownSender, none. */
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
}

export interface HandedEvent {
	id: number;
	output: EventOutput;
	json: HandedEventJson;
}

/** What details of an event are for the workflow; the rest is ours. */
const TOLD = [
	'content',
	'newPhone',
	'contactUpdated',
	'invitationId',
	'code',
	'link',
	'language',
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
 * Leases the oldest events of an inbox that nobody holds, for `leaseMs`; whoever comes later does not get them until then.
 * @param owner tells holders apart: a random text for each.
 */
export async function claimEvents(
	store: Store,
	{ inbox, owner, limit, leaseMs }: { inbox: string; owner: string; limit: number; leaseMs: number },
): Promise<HandedEvent[]> {
	const now = store.now();
	// Asked every half second: the write lock is taken only when there is something.
	if (!(await store.read((db) => hasWaitingEvents(db, inbox, now)))) return [];
	const rows = await store.transaction(async (db) => {
		const ids = await leaseEvents(db, { inbox, owner, limit, now, leaseUntil: now + leaseMs });
		return ids.length === 0 ? [] : await selectHandedEvents(db, ids);
	});
	return rows.map(toHandedEvent);
}

/** Keeps holding events whose execution still runs. */
export async function renewClaims(
	store: Store,
	{ owner, ids, leaseMs }: { owner: string; ids: readonly number[]; leaseMs: number },
): Promise<void> {
	await store.transaction((db) => renewLeases(db, owner, ids, store.now() + leaseMs));
}

/** Says that their execution has ended: they are never handed out again. Those that another holds by now are left to them. */
export async function markTaken(
	store: Store,
	{ owner, ids }: { owner: string; ids: readonly number[] },
): Promise<void> {
	await store.transaction((db) => takeEvents(db, owner, ids, store.now()));
}

type EventRow = Awaited<ReturnType<typeof selectHandedEvents>>[number];

function toHandedEvent(row: EventRow): HandedEvent {
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
	return { id: row.id, output, json: { ...json, ...told } };
}
