import { type Draft, register, say } from './draft';
import type { ConsentOutcome } from './outcome';
import { isScope, readScope } from './scope';
import type { ConsentSignal } from './signal';
import { isOptedOut } from './state';

/** Opt-outs that come back: of a number left, of somebody erased, of a list read in. What stood at their time ends as it did then. */
export function applyCarried(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	for (const scope of signal.scopes.filter(isScope)) {
		say(draft, scope, 'out', signal);
		const read = readScope(scope);
		if (read?.kind === 'group') draft.joined.delete(read.id);
		if (read?.kind === 'all') draft.joined.clear();
		if (read?.kind !== 'all' && read?.kind !== 'sender') continue;
		for (const [senderId, { state }] of draft.registrations) {
			const isMeant = read.kind === 'all' || senderId === read.id;
			if (!isMeant || state === 'ended') continue;
			draft.registrations.set(senderId, { state: 'ended', since: signal.effectiveAt, endedBy: 'person' });
		}
	}
	return 'optedOut';
}

/** Rule 9: the registrations go along with the person; the opt-outs stay here as well, for whoever has the number next. */
export function applyNumberLeft(draft: Draft): ConsentOutcome {
	draft.registrations.clear();
	draft.lastInboundAt.clear();
	draft.smsConsentAt = null;
	return 'numberChanged';
}

/** Rule 9: who comes brings registrations and opt-outs; an opt-out said at either number keeps a registration from coming. */
export function applyNumberTaken(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	applyCarried(draft, signal);
	for (const { senderId, since } of signal.carried ?? []) {
		if (!isOptedOut(draft.words, senderId)) register(draft, senderId, since);
	}
	return 'numberChanged';
}
