import { scopeAll, senderScope } from './scope';

/** What one person has said, over all senders and scopes, and what came of it. */

export interface Word {
	direction: 'in' | 'out';
	effectiveAt: number;
	source: 'person' | 'provider' | 'operator';
	/** The key of the signal that said it. */
	by: string;
}

/** `registered` is what the person is entitled to; whether a place is free (active) or not (waiting) is the store's to say. */
export interface RegistrationWord {
	state: 'invited' | 'registered' | 'ended';
	since: number;
	endedBy: 'person' | 'provider' | 'operator' | null;
}

export interface ConsentState {
	/** The newest word in each scope. */
	words: ReadonlyMap<string, Word>;
	/** By sender. */
	registrations: ReadonlyMap<number, RegistrationWord>;
	/** When the person last wrote to each sender by WhatsApp. */
	lastInboundAt: ReadonlyMap<number, number>;
	/** Groups the person put themselves into; those the operator put them into are not the person's word. */
	joined: ReadonlySet<number>;
	/** The latest START by SMS: consent to advertising by SMS. */
	smsConsentAt: number | null;
	/** When the person last wrote what may be an opt-out. */
	doubtedAt: number | null;
}

export const emptyConsent: ConsentState = {
	words: new Map(),
	registrations: new Map(),
	lastInboundAt: new Map(),
	joined: new Set(),
	smsConsentAt: null,
	doubtedAt: null,
};

/** Whether a STOP to this sender, or to all, holds. Meta's marketing switch is none: it ends marketing and nothing else. */
export function isOptedOut(words: ReadonlyMap<string, Word>, senderId: number): boolean {
	return optOutScopes(senderId).some((scope) => words.get(scope)?.direction === 'out');
}

export function optOutScopes(senderId: number): string[] {
	return [scopeAll, senderScope(senderId)];
}
