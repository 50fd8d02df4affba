import { type Draft, say } from './draft';
import type { ConsentOutcome } from './outcome';
import type { ConsentSignal } from './signal';
import { marketingScope, scopeAll, scopeSms } from './state';

/** Rule 9: an opt-out of what the provider can speak for: its WhatsApp sender, or SMS to this number. */
export function applyProviderStop(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	if (signal.channel === 'sms') {
		say(draft, scopeSms, 'out', signal);
		return 'optedOut';
	}
	say(draft, signal.senderId === null ? scopeAll : marketingScope(signal.senderId), 'out', signal);
	for (const [senderId, { state }] of draft.registrations) {
		const isMeant = signal.senderId === null || signal.senderId === senderId;
		if (isMeant && state !== 'ended')
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
