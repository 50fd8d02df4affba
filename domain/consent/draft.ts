import type { Scope } from './scope';
import type { ConsentSignal } from './signal';
import type { ConsentState, RegistrationWord, Word } from './state';

/** A copy that may be changed while one signal is applied. */
export interface Draft {
	words: Map<string, Word>;
	registrations: Map<number, RegistrationWord>;
	lastInboundAt: Map<number, number>;
	joined: Set<number>;
	smsConsentAt: number | null;
	doubtedAt: number | null;
}

export const draftOf = (state: ConsentState): Draft => ({
	words: new Map(state.words),
	registrations: new Map(state.registrations),
	lastInboundAt: new Map(state.lastInboundAt),
	joined: new Set(state.joined),
	smsConsentAt: state.smsConsentAt,
	doubtedAt: state.doubtedAt,
});

export function say(draft: Draft, scope: Scope, direction: 'in' | 'out', signal: ConsentSignal): void {
	const fromProvider = signal.kind === 'providerStop' || signal.kind === 'providerResume';
	draft.words.set(scope, {
		direction,
		effectiveAt: signal.effectiveAt,
		source: fromProvider ? 'provider' : 'person',
		by: signal.key,
	});
}

/** @returns whether that is new. */
export function register(draft: Draft, senderId: number, at: number): boolean {
	if (draft.registrations.get(senderId)?.state === 'registered') return false;
	draft.registrations.set(senderId, { state: 'registered', since: at, endedBy: null });
	return true;
}
