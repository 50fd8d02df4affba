import { applySignal, isStillHeard } from '../../domain/consent/fold';
import type { ConsentOutcome } from '../../domain/consent/outcome';
import type { Case } from './case';
import type { Change } from './change';
import { refold } from './personState';

export interface Decision {
	change: Change;
	outcome: ConsentOutcome;
	applied: boolean;
	/** Something that counts later, or at the same time, was known before. */
	isLate: boolean;
}

/** The newest signal of a person goes on top of what is stored; every other one is put in its place by folding the whole history. */
export async function decide(
	{ db, input, eventId, now, person, stored, signal }: Case,
	packageLimits: ReadonlyMap<number, number | null>,
): Promise<Decision> {
	const common = {
		identityId: person.identity.id,
		phone: person.identity.phone,
		stored,
		packageLimits,
		senderId: signal.senderId,
		inbox: input.inbox,
		now,
	};
	const isNewest = stored.newestSignalAt === null || stored.newestSignalAt < signal.effectiveAt;
	// These may begin a registration without a message of the person; when they last wrote is then found in the history only.
	const beginsUnasked = signal.kind === 'invited' || signal.kind === 'register' || signal.kind === 'numberTaken';
	if (isNewest && !person.hasLearntNumber && !beginsUnasked) {
		const { state: after, outcome } = applySignal(stored.state, signal);
		const eventIdOf = (by: string): number | null => (by === signal.key ? eventId : null);
		return { change: { ...common, before: stored.state, after, eventIdOf }, outcome, applied: true, isLate: false };
	}
	const folded = await refold(db, common.identityId, signal, person.merged?.eventIds ?? new Set());
	// What operators did by hand is not in the history, so only the difference a signal makes is written; of a person whose halves
	// have just met it is the difference to what is stored.
	const joined = person.merged ? folded.before.joined : stored.state.joined;
	const before = person.hasLearntNumber ? { ...stored.state, joined } : folded.before;
	const eventIdOf = (by: string): number | null => (by === signal.key ? eventId : (folded.eventIds.get(by) ?? null));
	const applied = isStillHeard(signal, folded.after);
	// Of two messages in one second either may be the first: what the other has brought about already is not said twice.
	const isTied = stored.newestSignalAt === signal.effectiveAt;
	const outcome = isTied ? applySignal(folded.before, signal).outcome : folded.outcome;
	return {
		change: { ...common, before, after: folded.after, eventIdOf },
		outcome: applied ? outcome : 'none',
		applied,
		isLate: !isNewest,
	};
}
