import type { Channel, Purpose } from '../domain/channel';
import type { ProviderName } from '../domain/provider';
import type { ProviderFault } from '../domain/providerFault';
import type { MessageContent } from '../domain/content';
import type { Connection } from './http';

/** The company's number as its provider addresses it. */
export interface ProviderSender {
	/** E.164 with `+`. */
	phone: string;
	/** Meta: phone_number_id; websms: channel uuid. Null for a sender of SMS only. */
	providerSenderId: string | null;
	/** What the person sees as the sender of an SMS; null: the phone number. */
	smsSenderAddress: string | null;
}

/** One person to send to: E.164 with `+`, or the WhatsApp user id of somebody whose number is not known. */
export interface Recipient {
	/** Our own id of the message. It travels with the request, so that a later status finds the message. */
	reference: string;
	phone: string | null;
	whatsAppUserId: string | null;
}

/** One request to a provider: the same content to at most `maxRecipients(channel)` people. */
export interface SendRequest {
	channel: Channel;
	sender: ProviderSender;
	purpose: Purpose;
	content: MessageContent;
	recipients: Recipient[];
	/** The message answered, as the provider named it; one recipient only. */
	replyTo?: string;
	/** The URL for delivery reports, where the provider takes one with each request (websms). */
	statusCallbackUrl?: string;
}

export interface ProviderError extends ProviderFault {
	/** The provider's own code, e.g. `131047`, or `http:timeout`. */
	code: string;
	/** For people: what happened and what to do. Carries no secret and no full phone number. */
	message: string;
	retryAfterMs?: number;
}

export type SendResult =
	| {
			reference: string;
			accepted: true;
			providerMessageId: string;
			/** Under which number (E.164 with `+`) the provider knows the recipient, where it says so. */
			toldPhone?: string | null;
			/** The recipient's WhatsApp user id, where the provider says so. */
			whatsAppUserId?: string | null;
	  }
	| { reference: string; accepted: false; error: ProviderError };

/** Sends for one account at one provider. */
export interface Provider {
	readonly name: ProviderName;
	/** Most recipients one request may hold. */
	maxRecipients(channel: Channel): number;
	/** Set in trial mode: whether this person (E.164; null: known by user id only) may be sent to at all. `send` refuses everybody else. */
	allows?(phone: string | null): boolean;
	/**
	 * Open connections for as many requests about to be sent: at least one, at most `requests`, or why the provider is not
	 * reached. Each is given to `send`, or released. A request that has its connection begins when `send` is called.
	 */
	connect(requests: number): Promise<{ connections: Connection[] } | { error: ProviderError }>;
	/** One result for each recipient, in their order. Never throws for what the wire or the provider says. */
	send(request: SendRequest, connection?: Connection): Promise<SendResult[]>;
	/** Asks the provider whether account and number work. @throws {Error} with a sentence for the credential's test. */
	check(): Promise<void>;
}

/** A request as it came in, before anything was believed. */
export interface RawRequest {
	method: string;
	/** Path and query. */
	url: string;
	/** Names in lower case. */
	headers: Record<string, string | undefined>;
	body: Buffer;
}

export interface WebhookAnswer {
	status: number;
	contentType: string;
	body: string;
}

export interface IncomingSender {
	providerSenderId: string | null;
	/** E.164 with `+`, null where the provider does not tell. */
	phone: string | null;
}

/** A person as a webhook tells them. */
export interface IncomingPerson {
	/** E.164 with `+`: the line, as it is dialled today. */
	phone: string | null;
	/** The form the provider told the number in, where that is another; null where it is the dialled one. */
	toldPhone: string | null;
	whatsAppUserId: string | null;
}

/** What a person wrote. */
export interface IncomingMessage {
	kind: 'message';
	/** Unique at this provider; the same message delivered twice has the same. */
	providerEventId: string;
	channel: Channel;
	sender: IncomingSender;
	from: IncomingPerson;
	/** UTC ms by the provider's clock; null where it sends none. */
	sentAt: number | null;
	/** text, button, interactive, image, reaction, sticker, system, unsupported, … as the provider names it. */
	messageType: string;
	/** The text, caption or label of the button pressed; null where there is none. */
	text: string | null;
	/** What the pressed button carries unseen, e.g. `STOP` under a label in the person's language; null or absent where there is none. */
	buttonPayload?: string | null;
	profileName: string | null;
	/** What the message holds beside its words, as the provider tells it: media id, location, order, context, errors, …; absent where nothing. */
	content?: Record<string, unknown>;
}

/** What became of a message of ours. */
export interface IncomingStatus {
	kind: 'status';
	providerEventId: string;
	channel: Channel;
	sender: IncomingSender;
	/** The provider's id of the message or batch, and our own reference where it came back. */
	providerMessageId: string | null;
	reference: string | null;
	/**
	 * Where one request went to several people (websms): the reference of its first recipient. The message meant is
	 * the one of that request to `recipientPhone`. `reference` is null then.
	 */
	batchReference?: string | null;
	/** E.164 with `+` where told. */
	recipientPhone: string | null;
	/** The recipient's WhatsApp user id, where told. */
	recipientUserId?: string | null;
	status: 'accepted' | 'sent' | 'delivered' | 'read' | 'failed' | 'expired';
	deliveredAs: 'sms' | 'whatsapp' | 'push';
	at: number | null;
	error: ProviderError | null;
}

/** A person's word told by the provider: Meta's switches for marketing messages and, should there be more, for others. */
export interface IncomingPreference {
	kind: 'preference';
	providerEventId: string;
	channel: Channel;
	sender: IncomingSender;
	from: IncomingPerson;
	value: 'stop' | 'resume';
	/** Whether it is about marketing only. A stop of anything else is taken as one of everything. */
	isMarketing: boolean;
	at: number | null;
}

/** A person's WhatsApp account has another number now. */
export interface IncomingNumberChange {
	kind: 'numberChange';
	providerEventId: string;
	channel: 'whatsapp';
	sender: IncomingSender;
	/** As the person was known until now. */
	from: { phone: string | null; whatsAppUserId: string | null };
	/** E.164 with `+`; null where only the WhatsApp user id has changed. */
	to: string | null;
	/** What the person's WhatsApp user id is from now on; null where nothing is said of it. */
	newUserId: string | null;
	at: number | null;
	/** What the provider says of it, for people. */
	text: string | null;
}

/** Something we have no use for; kept so that nothing is lost unseen. */
export interface IncomingUnknown {
	kind: 'unknown';
	providerEventId: string;
	description: string;
}

export type IncomingEvent =
	IncomingMessage | IncomingStatus | IncomingPreference | IncomingNumberChange | IncomingUnknown;

/**
 * What a request told. A body of 3 MB may hold a million elements: each is read as its event is asked for, so that who asks can let
 * others have their turn in between.
 */
export interface WebhookReading {
	answer: WebhookAnswer;
	/** Null: the answer is final (handshake, bad signature, no JSON). Else it is given once these are stored. */
	events: Iterable<IncomingEvent> | null;
}

/** The receiving half of a provider: pure, no I/O. `read` checks first who sent the request. */
export interface WebhookReader {
	readonly name: ProviderName;
	read(request: RawRequest): WebhookReading;
}
