import { type Draft, register } from './draft';
import type { ConsentOutcome } from './outcome';
import type { ConsentSignal } from './signal';
import { isOptedOut } from './state';

/** Whoever left by their own word stays known as someone who left until they say START. */
export function applyInvited(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	if (signal.senderId === null) return 'none';
	const known = draft.registrations.get(signal.senderId);
	if (known?.state === 'registered') return 'alreadyRegistered';
	if (known?.state === 'invited') return 'alreadyInvited';
	if (known === undefined || known.endedBy === 'operator') {
		draft.registrations.set(signal.senderId, { state: 'invited', since: signal.effectiveAt, endedBy: null });
	}
	return 'invited';
}

/** Rule 8: by hand, never against the person's own word. */
export function applyRegister(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	if (signal.senderId === null || isOptedOut(draft.words, signal.senderId)) return 'refused';
	return register(draft, signal.senderId, signal.effectiveAt) ? 'registered' : 'alreadyRegistered';
}

/** Rule 8: ends without being an opt-out. */
export function applyRevoke(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	const known = signal.senderId === null ? undefined : draft.registrations.get(signal.senderId);
	if (signal.senderId === null || known === undefined || known.state === 'ended') return 'none';
	draft.registrations.set(signal.senderId, { state: 'ended', since: signal.effectiveAt, endedBy: 'operator' });
	return 'revoked';
}
