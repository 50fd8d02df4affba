import type { Channel } from '../channel';

export type SignalKind =
	/** Said by the person (domain/keyword.ts). */
	| 'start'
	| 'stop'
	| 'help'
	| 'message'
	| 'ignored'
	/** Told by the provider. */
	| 'providerStop'
	| 'providerResume'
	/** Done by the company. */
	| 'invited'
	| 'register'
	| 'revoke'
	/** An opt-out that follows the person to another number. */
	| 'carriedOptOut'
	/** WhatsApp's account went from this number to another, and came to this one from another. */
	| 'numberLeft'
	| 'numberTaken';

export type RegistrationPolicy = 'anyMessage' | 'keywordOrInvitation' | 'keywordOnly';
export type StopScope = 'allSenders' | 'thisSender';

/**
 * One thing that bears on a person's consent, with everything its meaning depends on as it was when it arrived:
 * a policy changed later, or a group made later, does not change what a person once said.
 */
export interface ConsentSignal {
	/** Unique among the person's signals and the same however often it arrives. */
	key: string;
	kind: SignalKind;
	channel: Channel;
	/** UTC ms: the provider's time, never later than ours. */
	effectiveAt: number;
	/** Null: a sender we do not know. */
	senderId: number | null;
	/** The group named after START or STOP, where it exists. */
	groupId: number | null;
	/** The groups of the invitation this answers. */
	invitedGroupIds: readonly number[];
	/** Whether it answers an invitation that was open. */
	isInvited: boolean;
	/** A text that looks like one registers nobody. */
	looksLikeOptOut: boolean;
	/** It may be an opt-out, so the person is asked; absent in events kept by version 0.2. */
	isDoubtful?: boolean;
	/** Whether it is a message of the person that opens WhatsApp's 24-hour window. */
	opensWindow: boolean;
	policy: RegistrationPolicy;
	stopScope: StopScope;
	/** Of a carried opt-out, and of a number taken: the opt-outs that hold here, too. */
	scopes: string[];
	/** Of a number taken: the registrations that come along, since when. */
	carried?: CarriedRegistration[];
}

export interface CarriedRegistration {
	senderId: number;
	/** UTC ms. */
	since: number;
}

/** At equal times what the company does comes after what the person says, and an opt-out last of all, so that it wins (rule 6); whatever was said at a number when it was left was said by who left it. */
const RANK: Partial<Record<SignalKind, number>> = {
	invited: 2,
	register: 2,
	revoke: 3,
	providerStop: 4,
	carriedOptOut: 5,
	numberTaken: 5,
	stop: 6,
	numberLeft: 7,
};

/** What may be an opt-out comes after what is none, so that it asks who wrote both in one second instead of undoing what the other began. */
function rankOf({ kind, isDoubtful }: ConsentSignal): number {
	return RANK[kind] ?? (isDoubtful ? 1 : 0);
}

/** The order in which a person's signals count, the same for every order of arrival. */
export function compareSignals(one: ConsentSignal, other: ConsentSignal): number {
	return (
		one.effectiveAt - other.effectiveAt ||
		rankOf(one) - rankOf(other) ||
		(one.key < other.key ? -1 : one.key > other.key ? 1 : 0)
	);
}
