import type { ConsentSignal } from '../../domain/consent/signal';
import type { Group } from '../../store/groups';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import type { AnsweredInvitation } from './answeredInvitation';
import type { ResolvedPerson } from './resolvePerson';
import type { SignalContext, StoredPerson } from './personState';
import type { SignalInput } from './signalInput';

export interface SignalOptions {
	/** Leaves the places that become free to the caller: it fills them once for several signals, or they go along to the person's new number. */
	holdPlaces?: boolean;
}

/** Everything known about a signal when it is applied. */
export interface Case {
	store: Store;
	db: Database;
	input: SignalInput;
	options: SignalOptions;
	eventId: number;
	now: number;
	person: ResolvedPerson;
	stored: StoredPerson;
	signal: ConsentSignal;
	context: SignalContext;
	group: Group | null;
	/** The invitation answered, and all that are settled by registering. */
	invitation: AnsweredInvitation;
}

/** Groups ticked on a form count for the number that answers with the code; of those the company chose, who names one without the code has read no page that says which come with it. */
function groupsOf({ answered, byCode, isProven }: AnsweredInvitation, { shortcode }: SignalInput): readonly number[] {
	if (answered === null) return [];
	const counts = answered.origin === 'form' ? isProven : byCode || !shortcode;
	return counts ? answered.groupIds : [];
}

/** What the signal means is told by this, and kept with it. */
export function contextOf(input: SignalInput, invitation: AnsweredInvitation): SignalContext {
	return {
		invitedGroupIds: groupsOf(invitation, input),
		isInvited: invitation.answered !== null,
		looksLikeOptOut: input.looksLikeOptOut ?? false,
		...(input.isDoubtful && { isDoubtful: true }),
		opensWindow: input.opensWindow ?? false,
		policy: input.sender?.policy ?? 'anyMessage',
		stopScope: input.sender?.stopScope ?? 'allSenders',
		scopes: input.scopes ?? [],
		...(input.carried && { carried: input.carried }),
	};
}
