import type { ConsentOutcome } from '../../domain/consent/outcome';
import type { ConsentSignal } from '../../domain/consent/signal';
import type { EventOutput, RegistrationState } from '../../store/schema';
import type { Change, RegistrationChange } from './change';
import type { SignalInput } from './signalInput';

/** What a signal came to: the rules' outcome, or a place on the waiting list instead of a registration. */
export type AppliedOutcome = ConsentOutcome | 'waiting';

export const isOptOutKind = (kind: string): boolean => kind === 'stop' || kind === 'providerStop';

export function outcomeOf(
	decided: ConsentOutcome,
	change: Change,
	registrations: RegistrationChange,
	registration: RegistrationState | null,
	{ senderId }: ConsentSignal,
): AppliedOutcome {
	if (decided !== 'registered' && decided !== 'alreadyRegistered') return decided;
	if (registration === 'waiting') return 'waiting';
	// What came late can only have registered somebody who was registered already.
	if (decided === 'registered' && senderId !== null && !registrations.activated.includes(senderId)) {
		return [...change.after.joined].some((groupId) => !change.before.joined.has(groupId))
			? 'joinedGroup'
			: 'alreadyRegistered';
	}
	return decided;
}

/** Which output of the trigger an event goes to; null: no workflow is told. */
export function outputOf({ kind }: SignalInput, outcome: AppliedOutcome, applied: boolean): EventOutput | null {
	if (kind === 'invited') return outcome === 'alreadyRegistered' ? null : 'invited';
	if (kind === 'register' || kind === 'revoke' || kind === 'carriedOptOut' || kind === 'numberTaken') return null;
	if (!applied) return 'message';
	if (isOptOutKind(kind)) return 'optOut';
	return kind === 'start' || outcome === 'registered' || outcome === 'waiting' ? 'optIn' : 'message';
}
