import { type Draft, say } from './draft';
import type { ConsentOutcome } from './outcome';
import type { ConsentSignal } from './signal';
import { marketingScope, scopeAll, scopeSms } from './scope';

/**
 * Rule 9: an opt-out of what the provider speaks of: its WhatsApp sender's marketing, which leaves the registration; or SMS to this
 * number. Where it is not known of which sender it speaks, the person is let go.
 */
export function applyProviderStop(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	if (signal.channel === 'sms') {
		say(draft, scopeSms, 'out', signal);
		return 'optedOut';
	}
	if (signal.senderId !== null) {
		say(draft, marketingScope(signal.senderId), 'out', signal);
		return 'marketingOff';
	}
	say(draft, scopeAll, 'out', signal);
	for (const [senderId, { state }] of draft.registrations) {
		if (state !== 'ended')
			draft.registrations.set(senderId, { state: 'ended', since: signal.effectiveAt, endedBy: 'provider' });
	}
	return 'optedOut';
}

/** Undoes the provider's word and nothing else; registers nobody. */
export function applyProviderResume(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	if (signal.channel === 'sms' || signal.senderId === null) return 'none';
	say(draft, marketingScope(signal.senderId), 'in', signal);
	return 'resumed';
}
