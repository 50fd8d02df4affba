import type { Generated, Kysely } from 'kysely';

import type { AudienceChannel } from '../domain/audience';
import type { Channel, Purpose, ReportChannel } from '../domain/channel';
import type { ProviderName } from '../domain/provider';
import type { RegistrationPolicy, StopScope } from '../domain/consent/signal';
import type { MessageState } from '../domain/messageState';

/**
 * The tables, as both databases hold them. Times are UTC milliseconds, booleans 0 and 1, JSON is text.
 * A comment stands where a column's meaning is not plain from its name; the words are those of docs/architecture.md.
 */
export interface Schema {
	setting: SettingTable;
	sender: SenderTable;
	identity: IdentityTable;
	former_user_id: FormerUserIdTable;
	registration: RegistrationTable;
	consent_word: ConsentWordTable;
	event: EventTable;
	contact: ContactTable;
	contact_group: GroupTable;
	membership: MembershipTable;
	invitation: InvitationTable;
	invitation_request: InvitationRequestTable;
	invitation_sent: InvitationSentTable;
	ledger_chain: LedgerChainTable;
	consent_record: ConsentRecordTable;
	campaign: CampaignTable;
	message: MessageTable;
	delivery_slot: DeliverySlotTable;
	counter: CounterTable;
	suppression: SuppressionTable;
}

/** Either the whole store or a transaction on it. */
export type Database = Kysely<Schema>;

export interface SettingTable {
	name: string;
	value: string;
}

export type { RegistrationPolicy, StopScope };

export interface SenderTable {
	id: Generated<number>;
	/** E.164, the key of a sender. */
	phone: string;
	name: string;
	provider: ProviderName;
	/** Meta: phone_number_id; websms: channel uuid. */
	provider_sender_id: string | null;
	sms_sender_address: string | null;
	sends_whatsapp: number;
	sends_sms: number;
	policy: RegistrationPolicy;
	stop_scope: StopScope;
	/** Most active registrations; null: no limit. */
	package_limit: number | null;
	rate_per_second: number;
	daily_new_recipient_cap: number | null;
	/** ISO 3166 alpha-2, the country of numbers typed without a prefix. */
	country: string;
	language: string;
	/** Pacing, shared by all workers: the first microsecond (UTC) not yet given to a message. */
	next_send_at_us: Generated<number>;
	/** Set while the provider throttles: the rate is divided by this. */
	slowdown: Generated<number>;
	/** How often in a row the provider was not reached or took nothing: the sender waits, then tries one message. */
	setbacks: Generated<number>;
	/** Until when (UTC ms) the answer to the one message tried after a setback is awaited; null: none is tried. */
	trying_until: Generated<number | null>;
	/** How often in a row something else than the provider answered, e.g. a proxy. */
	foreign_answers: Generated<number>;
	/** UTC ms: when the provider last throttled it. */
	slowed_at: Generated<number | null>;
	/** Why nothing goes out (account at fault), or null. */
	stopped_reason: string | null;
	/** The sender this number was changed into: this one sends no more, and its opt-outs hold there too. */
	replaced_by_id: number | null;
	/** Up to which identity its opt-outs were taken to the new number; null: all, or none to take. */
	carried_through: number | null;
	created_at: number;
	updated_at: number;
}

/** A person as a channel knows them. One of phone and whatsapp_user_id is always there, until the person is erased. */
export interface IdentityTable {
	id: Generated<number>;
	phone: string | null;
	whatsapp_user_id: string | null;
	/** E.164: the number by which WhatsApp knows the line, where that is not `phone`. */
	told_phone: Generated<string | null>;
	/** Since when (UTC ms) this number and this user id are known to belong together; null: not known. */
	paired_since: Generated<number | null>;
	/** Of a half that an upgrade found to be this person: only its consent records are left. */
	merged_into_id: Generated<number | null>;
	created_at: number;
	/** Since when (UTC ms) Verify finds that their records say another thing than the store: nothing is sent to them. */
	contradicted_at: Generated<number | null>;
	/** Set while what is left of an erased person is still being taken away. */
	erasing_since: Generated<number | null>;
}

/** A WhatsApp user id that a person had before. */
export interface FormerUserIdTable {
	whatsapp_user_id: string;
	identity_id: number;
}

export type RegistrationState = 'invited' | 'waiting' | 'active' | 'ended';
export type EndedBy = 'person' | 'provider' | 'operator';

export interface RegistrationTable {
	sender_id: number;
	identity_id: number;
	state: RegistrationState;
	/** Since when in this state; orders the waiting list together with identity_id. */
	since: number;
	ended_by: EndedBy | null;
	/** The person's last message to this sender: opens the 24-hour window. */
	last_inbound_at: number | null;
	/** Where an event of this registration's own (a freed place) is handed over. */
	inbox: string | null;
}

/** The newest word of a person in a scope: 'all', 'sender:7', 'group:3', 'sms', 'marketing:7' (Meta's switch). */
export interface ConsentWordTable {
	identity_id: number;
	scope: string;
	direction: 'in' | 'out';
	effective_at: number;
	source: 'person' | 'provider' | 'operator';
	event_id: number | null;
}

export type EventOutput = 'optIn' | 'optOut' | 'message' | 'status' | 'invited';

export interface EventTable {
	id: Generated<number>;
	/** The trigger it is handed to (`<workflow id>/<node id>`); null: nobody waits for it. */
	inbox: string | null;
	provider: ProviderName | 'form' | 'operator' | 'store';
	/** With provider: unique. */
	provider_event_id: string;
	/** What was said, as domain/consent/signal.ts names signals: start, stop, message, help, …; status; invited. */
	kind: string;
	channel: Channel;
	sender_id: number | null;
	identity_id: number | null;
	/** The group named, where it exists. */
	group_id: number | null;
	effective_at: number;
	received_at: number;
	text: string | null;
	/** JSON: profile name, message type, invitation code, … */
	details: string;
	/** 0: kept, but a newer word had come before. */
	applied: number;
	/** What it changed: registered, waiting, optedOut, leftGroup, joinedGroup, none, … */
	outcome: string;
	output: EventOutput | null;
	taken_at: number | null;
	lease_owner: string | null;
	/** With an owner: held until then. Without one: not handed over before. */
	lease_until: number | null;
	/** How often it was handed over to an execution that began. */
	hand_overs: Generated<number>;
}

export interface ContactTable {
	id: Generated<number>;
	name: string | null;
	sms_number: string | null;
	whatsapp_number: string | null;
	/** Instead of a number, as long as none of the person is known. */
	whatsapp_user_id: Generated<string | null>;
	/** JSON object of custom fields. */
	fields: string;
	language: string | null;
	sms_consent_source: string | null;
	sms_consent_at: number | null;
	created_at: number;
	updated_at: number;
}

export interface GroupTable {
	id: Generated<number>;
	name: string;
	/** Normal form of domain/shortcode.ts. */
	shortcode: string;
	created_at: number;
}

export interface MembershipTable {
	group_id: number;
	contact_id: number;
	/** Who put the contact there: memberships made by the operator outlive STOP and START. */
	source: 'operator' | 'person';
	created_at: number;
}

export interface InvitationTable {
	id: Generated<number>;
	/** Typed into the click-to-chat text, so that the person is found even without a phone number. */
	code: string;
	sender_id: number;
	identity_id: number;
	/** The one named in the click-to-chat text. */
	group_id: number | null;
	/** JSON list: groups joined beside it by whoever answers with the code. */
	further_group_ids: Generated<string>;
	/** Who asked for it: the person themselves on a form, or the company. */
	origin: Generated<InvitationOrigin>;
	state: 'pending' | 'used' | 'expired';
	/** JSON: consent text and version, address, user agent, language. */
	evidence: string;
	/** JSON of domain/personFields.ts: what the person typed about themselves, until their contact has it. */
	person_fields: string | null;
	reminders: number;
	created_at: number;
	/** 0: kept without anything being sent, so that nobody at the keyboard learns who may not be written to. */
	told: Generated<number>;
	/** When the person was last invited or reminded. */
	last_sent_at: Generated<number>;
	expires_at: number;
	used_at: number | null;
	/** The identity that wrote the code: not always the one invited. */
	answered_by: number | null;
}

export type InvitationOrigin = 'form' | 'operator';

/** One invitation asked for, kept for a day: limits are counted by these. */
export interface InvitationRequestTable {
	id: Generated<number>;
	origin: InvitationOrigin;
	/** Keyed hashes: to count, nobody needs the number or the address itself. */
	number_key: string;
	address_key: string | null;
	at: number;
}

/** One invitation sent, kept for as long as a limit looks at it. */
export interface InvitationSentTable {
	id: Generated<number>;
	/** Keyed hash, so that it outlives the person's erasure as their opt-out does. */
	number_key: string;
	at: number;
	/** 1: the one that may follow a STOP; kept until the next one to this number. */
	after_opt_out: number;
}

/** One hash chain a person, and one of the store itself. identity_id is null once the person was erased. */
export interface LedgerChainTable {
	id: Generated<number>;
	kind: Generated<'person' | 'store'>;
	identity_id: number | null;
	length: number;
	head: string;
	/** domain/ledger.ts sealOf; null: of a chain from before there were seals; BROKEN: found wrong when a record was added. */
	seal: Generated<string | null>;
}

export interface ConsentRecordTable {
	id: Generated<number>;
	chain_id: number;
	/** 1, 2, 3 … within the chain. */
	sequence: number;
	at: number;
	/** Null once erased, together with salt. Canonical JSON of domain/ledger.ts. */
	details: string | null;
	salt: string | null;
	commitment: string;
	hash: string;
}

export type CampaignState = 'planning' | 'running' | 'paused' | 'finished' | 'cancelled';

export interface CampaignTable {
	id: Generated<number>;
	/** The caller's own key: the same key twice is one campaign. */
	key: string;
	name: string;
	purpose: Purpose;
	channels: AudienceChannel;
	whatsapp_sender_id: number | null;
	sms_sender_id: number | null;
	/** JSON: domain/audience.ts. */
	audience: string;
	/** JSON: MessageContent. */
	content: string;
	state: CampaignState;
	/** Contact id up to which messages are planned. */
	planned_through: number;
	pause_reason: string | null;
	starts_at: number;
	created_at: number;
	finished_at: number | null;
}

export interface MessageTable {
	id: Generated<number>;
	/** Null: sent on its own by Send or Reply. */
	campaign_id: number | null;
	/** The audience group it was planned for, 0 for none. */
	group_id: number;
	sender_id: number;
	channel: Channel;
	purpose: Purpose;
	identity_id: number | null;
	contact_id: number | null;
	/** E.164; null where only the WhatsApp user id is known, or (skipped) where there is no number. */
	recipient: string | null;
	/** JSON of MessageContent, already rendered; null: the campaign's content with `fields`. */
	content: string | null;
	/** JSON object: the person's fields, frozen when the message was planned. */
	fields: string | null;
	state: MessageState;
	/** Reason code of skipped, failed, cancelled: domain/permission.ts and the providers' errors.ts. */
	reason: string | null;
	reason_text: string | null;
	idempotency_key: string | null;
	/** One Reply to each inbound message. */
	reply_to_event_id: number | null;
	provider_message_id: string | null;
	delivered_as: ReportChannel | null;
	attempts: Generated<number>;
	/** Not before this time. */
	due_at: number;
	lease_owner: string | null;
	lease_until: number | null;
	/** When it was last marked as sending. */
	marked_at: number | null;
	created_at: number;
	state_at: number;
}

export interface DeliverySlotTable {
	sender_id: number;
	/** 0, 1, … below the slots of a sender. */
	number: number;
	/** A secret of the execution that holds it; null: free. */
	owner: string | null;
	/** The trigger that gave it out: closing the trigger revokes by this. */
	trigger: string | null;
	lease_until: number;
}

/** How often something happened in a quarter of an hour. Empty text and 0 stand for "none", because keys hold no nulls. */
export interface CounterTable {
	/** UTC ms, a multiple of 15 minutes. */
	quarter_at: number;
	sender_id: number;
	channel: ReportChannel;
	campaign_id: number;
	group_id: number;
	template: string;
	error: string;
	/** A state a message reached, or registration, optOut, invitation. */
	what: string;
	total: number;
}

/**
 * The opt-outs of people of whom nothing else is kept, by a keyed hash of their number or WhatsApp user id. Scopes are those of
 * consent_word, and 'erased': what was said up to then is not taken in again.
 */
export interface SuppressionTable {
	hash: string;
	scope: string;
	effective_at: number;
	source: 'person' | 'provider' | 'operator';
}
