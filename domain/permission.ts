import type { Channel, Purpose } from './channel';
import type { MessageContent } from './content';

/** Why a person is left out; the words are what users read. */
export type LeftOutReason =
	| 'not registered'
	| 'opted out'
	| 'no SMS consent'
	| 'outside the 24-hour window'
	| 'trial mode'
	| 'duplicate'
	| 'no number'
	| 'sender stopped'
	| 'place on the waiting list'
	| 'already replied'
	| 'number changed';

export type Permission = 'allowed' | LeftOutReason;

/** WhatsApp lets a company write free text for a day after the person's last message. */
export const WINDOW_MS = 24 * 60 * 60_000;
/** How long after a STOP its confirmation may go out. */
export const STOP_CONFIRMATION_MS = 15 * 60_000;

/** What is known about one person and one sender at the moment of the decision. */
export interface PermissionFacts {
	channel: Channel;
	purpose: Purpose;
	contentType: MessageContent['type'];
	/** UTC ms: now. */
	at: number;
	/** Whether there is an address at all (number or WhatsApp user id). */
	hasAddress: boolean;
	/** Of this person at this very sender; null: there never was one. */
	registration: { state: 'invited' | 'waiting' | 'active' | 'ended'; lastInboundAt: number | null } | null;
	/** A STOP holds for this person, said on any of their numbers, to this sender or to all. */
	optedOut: boolean;
	/** The person took themselves out of the group the message is for. */
	leftGroup: boolean;
	/** A STOP by SMS holds for this number: nothing by SMS. */
	smsOptedOut: boolean;
	/** The person switched this sender's marketing off in WhatsApp. */
	marketingOff: boolean;
	/** A contact with this SMS number has a recorded consent. */
	smsConsent: boolean;
	/** The SMS would stand in for WhatsApp, which the person left by their own word; or, of advertising, whose marketing they switched off. */
	leftWhatsApp: boolean;
	/** Set where the message is the one Reply to what the person wrote. */
	reply: ReplyFacts | null;
}

/** The message answered, and what the person said since. */
export interface ReplyFacts {
	/** When the person wrote, UTC ms. */
	writtenAt: number;
	isStop: boolean;
	/** Whether the person's newest STOP came after what is answered. */
	stoppedSince: boolean;
	alreadyAnswered: boolean;
}

/**
 * Rule 7, in one place: planning, Send, Reply and the last look before each request all ask here.
 * There is no switch that turns it off.
 */
export function decide(facts: PermissionFacts): Permission {
	if (!facts.hasAddress) return 'no number';
	if (facts.reply) return decideReply(facts.reply, facts.at);
	return facts.channel === 'whatsapp' ? decideWhatsApp(facts) : decideSms(facts);
}

function decideWhatsApp(facts: PermissionFacts): Permission {
	if (facts.leftGroup) return 'opted out';
	if (facts.purpose === 'advertisement' && (facts.optedOut || facts.marketingOff)) return 'opted out';
	if (facts.registration?.state === 'waiting') return 'place on the waiting list';
	if (facts.registration?.state !== 'active') return facts.optedOut ? 'opted out' : 'not registered';
	if (facts.contentType === 'text' && !isWindowOpen(facts.registration.lastInboundAt, facts.at))
		return 'outside the 24-hour window';
	return 'allowed';
}

function decideSms(facts: PermissionFacts): Permission {
	if (facts.smsOptedOut || facts.leftGroup || facts.leftWhatsApp) return 'opted out';
	if (facts.purpose === 'service') return 'allowed';
	if (facts.optedOut) return 'opted out';
	return facts.smsConsent ? 'allowed' : 'no SMS consent';
}

/** The one exception of rule 7: a person who writes may be answered once, registered or not. */
function decideReply(reply: ReplyFacts, at: number): Permission {
	if (reply.alreadyAnswered) return 'already replied';
	if (reply.isStop)
		return at - reply.writtenAt <= STOP_CONFIRMATION_MS && !reply.stoppedSince ? 'allowed' : 'opted out';
	if (reply.stoppedSince) return 'opted out';
	return isWindowOpen(reply.writtenAt, at) ? 'allowed' : 'outside the 24-hour window';
}

/** @param lastInboundAt UTC ms of the person's last message, null for none. */
function isWindowOpen(lastInboundAt: number | null, at: number): boolean {
	return lastInboundAt !== null && at - lastInboundAt < WINDOW_MS;
}

/** The sentence for a reason: what is the matter and what to do. */
export function sentenceOf(reason: LeftOutReason): string {
	return SENTENCES[reason];
}

const SENTENCES: Record<LeftOutReason, string> = {
	'not registered':
		'The person has not registered with this WhatsApp number. Invite them, so that they write to it first.',
	'opted out': 'The person said STOP. Nothing is sent until they say START.',
	'no SMS consent':
		'No consent to advertising by SMS is recorded for this number. Record it with its source and date, or send a Service message.',
	'outside the 24-hour window':
		"The person's last message is more than 24 hours old. Use an approved template instead of free text.",
	'trial mode': 'The credential is in trial mode and sends to its allowed numbers only.',
	duplicate: 'The person gets this message already, by another entry of the audience.',
	'no number': 'There is no number for this channel.',
	'sender stopped':
		"The sender is stopped because its account at the provider is at fault. See the sender's reason and save the sender anew.",
	'place on the waiting list': 'The package limit is reached: the person is on the waiting list.',
	'number changed': 'The person has another WhatsApp number now. Nothing more is sent to the one they left.',
	'already replied': 'What the person wrote has been answered already; each message permits one Reply.',
};
