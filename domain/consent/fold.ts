import { applyCarried, applyNumberLeft, applyNumberTaken } from './carriedAlong';
import { applyInvited, applyRegister, applyRevoke } from './doneByCompany';
import { type Draft, draftOf } from './draft';
import type { ConsentOutcome } from './outcome';
import { applyLeaveGroup, applyMessage, applyStart, applyStop } from './saidByPerson';
import { applyProviderResume, applyProviderStop } from './saidByProvider';
import { compareSignals, type ConsentSignal } from './signal';
import { scopeAll } from './scope';
import { type ConsentState, emptyConsent, optOutScopes } from './state';

/**
 * Rules 2 to 6, 8 and 9 of docs/consent-rules.md, for one person over all senders and scopes: one history, one state. Pure: no clock, no
 * store. What each kind of signal does is in the file of who speaks: the person, their provider, the company; or what is carried along.
 */

/** Applies the next signal of a person's sorted history. */
export function applySignal(
	state: ConsentState,
	signal: ConsentSignal,
): { state: ConsentState; outcome: ConsentOutcome } {
	const draft = draftOf(state);
	if (signal.opensWindow && signal.senderId !== null) {
		draft.lastInboundAt.set(
			signal.senderId,
			Math.max(signal.effectiveAt, draft.lastInboundAt.get(signal.senderId) ?? 0),
		);
	}
	return { outcome: apply(draft, signal), state: draft };
}

/** Folds a person's history, in whatever order it is given; also tells what each signal meant at its place. */
export function foldSignals(signals: readonly ConsentSignal[]): {
	state: ConsentState;
	outcomes: Map<string, ConsentOutcome>;
} {
	const outcomes = new Map<string, ConsentOutcome>();
	let state = emptyConsent;
	for (const signal of [...signals].sort(compareSignals)) {
		if (outcomes.has(signal.key)) continue;
		const next = applySignal(state, signal);
		outcomes.set(signal.key, next.outcome);
		state = next.state;
	}
	return { state, outcomes };
}

/**
 * Whether a signal still counts for something in the state its history ends in. One whose words have all been
 * overtaken by newer ones is kept and marked as not applied (rule 6).
 */
export function isStillHeard(signal: ConsentSignal, state: ConsentState): boolean {
	switch (signal.kind) {
		case 'start':
		case 'stop':
		case 'providerStop':
		case 'providerResume':
		case 'carriedOptOut':
			return [...state.words.values()].some(({ by }) => by === signal.key);
		case 'numberLeft':
		case 'numberTaken':
			return true;
		default: {
			const scopes = signal.senderId === null ? [scopeAll] : optOutScopes(signal.senderId);
			return scopes.every((scope) => (state.words.get(scope)?.effectiveAt ?? -Infinity) <= signal.effectiveAt);
		}
	}
}

function apply(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	switch (signal.kind) {
		case 'start':
			return applyStart(draft, signal);
		case 'stop':
			return signal.groupId === null ? applyStop(draft, signal) : applyLeaveGroup(draft, signal, signal.groupId);
		case 'message':
			return applyMessage(draft, signal);
		case 'providerStop':
			return applyProviderStop(draft, signal);
		case 'providerResume':
			return applyProviderResume(draft, signal);
		case 'invited':
			return applyInvited(draft, signal);
		case 'register':
			return applyRegister(draft, signal);
		case 'revoke':
			return applyRevoke(draft, signal);
		case 'carriedOptOut':
			return applyCarried(draft, signal);
		case 'numberLeft':
			return applyNumberLeft(draft);
		case 'numberTaken':
			return applyNumberTaken(draft, signal);
		case 'help':
			return 'help';
		case 'ignored':
			return 'none';
	}
}
