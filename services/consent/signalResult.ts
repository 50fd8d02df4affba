import type { RegistrationState } from '../../store/schema';
import type { AppliedOutcome } from './signalOutcome';

/** What a signal came to, and what its caller has to see to. */
export interface SignalResult {
	eventId: number;
	/** It was here before; nothing was changed. */
	isDuplicate: boolean;
	identityId: number | null;
	outcome: AppliedOutcome;
	/** False: a newer word had come before. */
	applied: boolean;
	/** The person no longer wants to hear something: what is on its way to them is waited for. */
	isOptOut: boolean;
	/** At the sender written to. */
	registration: RegistrationState | null;
	contactId: number | null;
	/** Inboxes in which something waits now. */
	inboxes: string[];
	/** Further identities of the person, whose number changed, that this opts out as well. */
	followed: number[];
	/** Senders with places that the caller has to fill, as asked for by `holdPlaces`. */
	freed: number[];
	/** Senders where more people wait for free places than one transaction fills: for fillWaiting. */
	toFill: number[];
}

/** Of a signal that changes nothing here: nobody is told, no place becomes free. */
export function withoutEffect(
	known: Pick<SignalResult, 'eventId' | 'isDuplicate' | 'identityId' | 'outcome' | 'applied' | 'isOptOut'>,
): SignalResult {
	return { ...known, registration: null, contactId: null, inboxes: [], followed: [], freed: [], toFill: [] };
}

/** The signal's own outcome, with all there is to see to after it and after those that followed from it. */
export function withFurther(result: SignalResult, further: readonly SignalResult[]): SignalResult {
	const all = [result, ...further];
	return {
		...result,
		inboxes: all.flatMap(({ inboxes }) => inboxes),
		followed: all.flatMap(({ followed }) => followed),
		freed: all.flatMap(({ freed }) => freed),
		toFill: all.flatMap(({ toFill }) => toFill),
	};
}
