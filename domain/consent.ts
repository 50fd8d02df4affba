import { compareSignals, type ConsentSignal } from './consentSignal';

/** Rules 2 to 6 and 9 of consent (DESIGN.md), for one person over all senders and scopes. Pure: no clock, no store. */

/** Within this time of an opt-out only START registers (rule 2). */
export const OPT_OUT_GUARD_MS = 24 * 60 * 60_000;

export const scopeAll = 'all';
export const scopeSms = 'sms';
export const senderScope = (senderId: number): string => `sender:${senderId}`;
export const groupScope = (groupId: number): string => `group:${groupId}`;
/** Meta's own switch for marketing messages, and what its errors say about it. */
export const marketingScope = (senderId: number): string => `marketing:${senderId}`;

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
}

export const emptyConsent: ConsentState = {
	words: new Map(),
	registrations: new Map(),
	lastInboundAt: new Map(),
	joined: new Set(),
	smsConsentAt: null,
};

export type ConsentOutcome =
	| 'registered'
	| 'alreadyRegistered'
	| 'joinedGroup'
	| 'smsConsent'
	| 'optedOut'
	| 'alreadyOptedOut'
	| 'leftGroup'
	| 'resumed'
	| 'invited'
	| 'alreadyInvited'
	| 'revoked'
	| 'refused'
	| 'numberChanged'
	| 'help'
	| 'unknownSender'
	| 'none';

/** A copy that may be changed while one signal is applied. */
interface Draft {
	words: Map<string, Word>;
	registrations: Map<number, RegistrationWord>;
	lastInboundAt: Map<number, number>;
	joined: Set<number>;
	smsConsentAt: number | null;
}

/** Applies the next signal of a person's sorted history. */
export function applySignal(state: ConsentState, signal: ConsentSignal): { state: ConsentState; outcome: ConsentOutcome } {
	const draft: Draft = {
		words: new Map(state.words),
		registrations: new Map(state.registrations),
		lastInboundAt: new Map(state.lastInboundAt),
		joined: new Set(state.joined),
		smsConsentAt: state.smsConsentAt,
	};
	if (signal.opensWindow && signal.senderId !== null) {
		draft.lastInboundAt.set(signal.senderId, Math.max(signal.effectiveAt, draft.lastInboundAt.get(signal.senderId) ?? 0));
	}
	return { outcome: apply(draft, signal), state: draft };
}

/** Folds a person's history, in whatever order it is given; also tells what each signal meant at its place. */
export function foldSignals(signals: readonly ConsentSignal[]): { state: ConsentState; outcomes: Map<string, ConsentOutcome> } {
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

/** Whether the person's own word, or their provider's report of it, stands against hearing from this sender. */
export function isOptedOut(words: ReadonlyMap<string, Word>, senderId: number): boolean {
	return optOutScopes(senderId).some((scope) => words.get(scope)?.direction === 'out');
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

/** Rule 5. By WhatsApp it registers at that sender; by SMS it is consent to SMS. Either way it lifts a STOP. */
function applyStart(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	say(draft, scopeAll, 'in', signal);
	if (signal.senderId !== null) lift(draft, senderScope(signal.senderId), signal);
	if (signal.channel === 'sms') {
		say(draft, scopeSms, 'in', signal);
		draft.smsConsentAt = Math.max(signal.effectiveAt, draft.smsConsentAt ?? 0);
		join(draft, signal);
		return 'smsConsent';
	}
	if (signal.senderId === null) return 'unknownSender';
	lift(draft, marketingScope(signal.senderId), signal);
	const isNew = register(draft, signal.senderId, signal.effectiveAt);
	const hasJoined = join(draft, signal);
	if (isNew) return 'registered';
	return hasJoined ? 'joinedGroup' : 'alreadyRegistered';
}

/** Rule 2: which messages register without saying START. */
function applyMessage(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	if (signal.channel !== 'whatsapp') return 'none';
	if (signal.senderId === null) return 'unknownSender';
	if (!policyPermits(signal) || signal.looksLikeOptOut || isGuarded(draft, signal.senderId, signal.effectiveAt)) return 'none';
	if (!register(draft, signal.senderId, signal.effectiveAt)) return 'none';
	// Meta's own switch stays as the person left it: only START or the switch itself takes that back.
	say(draft, scopeAll, 'in', signal);
	lift(draft, senderScope(signal.senderId), signal);
	join(draft, signal);
	return 'registered';
}

function policyPermits({ policy, isInvited }: ConsentSignal): boolean {
	return policy === 'anyMessage' || (policy === 'keywordOrInvitation' && isInvited);
}

/** Whether the person opted out so recently that a "thanks" after the goodbye must not register them. */
function isGuarded(draft: Draft, senderId: number, at: number): boolean {
	const { state, since, endedBy } = draft.registrations.get(senderId) ?? {};
	if (state === 'ended' && endedBy !== 'operator' && at - (since ?? 0) < OPT_OUT_GUARD_MS) return true;
	return optOutScopes(senderId).some((scope) => {
		const word = draft.words.get(scope);
		return word?.direction === 'out' && at - word.effectiveAt < OPT_OUT_GUARD_MS;
	});
}

/** Rule 3. */
function applyStop(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	const only = signal.stopScope === 'thisSender' ? signal.senderId : null;
	const scope = only === null ? scopeAll : senderScope(only);
	const isRepeated = draft.words.get(scope)?.direction === 'out' && ![...draft.registrations].some(([id, { state }]) => state !== 'ended' && (only ?? id) === id);
	say(draft, scope, 'out', signal);
	if (signal.channel === 'sms') say(draft, scopeSms, 'out', signal);
	for (const senderId of draft.registrations.keys()) {
		if ((only ?? senderId) === senderId) draft.registrations.set(senderId, { state: 'ended', since: signal.effectiveAt, endedBy: 'person' });
	}
	if (only === null) draft.joined.clear();
	return isRepeated ? 'alreadyOptedOut' : 'optedOut';
}

/** Rule 4. */
function applyLeaveGroup(draft: Draft, signal: ConsentSignal, groupId: number): ConsentOutcome {
	say(draft, groupScope(groupId), 'out', signal);
	draft.joined.delete(groupId);
	return 'leftGroup';
}

/** Rule 9: an opt-out of what the provider can speak for: its WhatsApp sender, or SMS to this number. */
function applyProviderStop(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	if (signal.channel === 'sms') {
		say(draft, scopeSms, 'out', signal);
		return 'optedOut';
	}
	say(draft, signal.senderId === null ? scopeAll : marketingScope(signal.senderId), 'out', signal);
	for (const [senderId, { state }] of draft.registrations) {
		const isMeant = signal.senderId === null || signal.senderId === senderId;
		if (isMeant && state !== 'ended') draft.registrations.set(senderId, { state: 'ended', since: signal.effectiveAt, endedBy: 'provider' });
	}
	return 'optedOut';
}

/** Opt-outs that come back: of a number left, of somebody erased, of a list read in. What stood at their time ends as it did then. */
function applyCarried(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	for (const scope of signal.scopes) {
		say(draft, scope, 'out', signal);
		const [kind, id] = scope.split(':');
		if (kind === 'group') draft.joined.delete(Number(id));
		if (kind === 'all') draft.joined.clear();
		if (kind !== 'all' && kind !== 'sender' && kind !== 'marketing') continue;
		for (const [senderId, { state }] of draft.registrations) {
			const isMeant = kind === 'all' || senderId === Number(id);
			if (!isMeant || state === 'ended') continue;
			draft.registrations.set(senderId, { state: 'ended', since: signal.effectiveAt, endedBy: kind === 'marketing' ? 'provider' : 'person' });
		}
	}
	return 'optedOut';
}

/** Undoes the provider's word and nothing else; registers nobody. */
function applyProviderResume(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	if (signal.channel === 'sms' || signal.senderId === null) return 'none';
	say(draft, marketingScope(signal.senderId), 'in', signal);
	return 'resumed';
}

/** Whoever left by their own word stays known as someone who left until they say START. */
function applyInvited(draft: Draft, signal: ConsentSignal): ConsentOutcome {
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
function applyRegister(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	if (signal.senderId === null || isOptedOut(draft.words, signal.senderId)) return 'refused';
	return register(draft, signal.senderId, signal.effectiveAt) ? 'registered' : 'alreadyRegistered';
}

/** Rule 8: ends without being an opt-out. */
function applyRevoke(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	const known = signal.senderId === null ? undefined : draft.registrations.get(signal.senderId);
	if (signal.senderId === null || known === undefined || known.state === 'ended') return 'none';
	draft.registrations.set(signal.senderId, { state: 'ended', since: signal.effectiveAt, endedBy: 'operator' });
	return 'revoked';
}

/** What the person said at another number of theirs holds here, too, and ends what it speaks of. */
/** Rule 9: the registrations go along with the person; the opt-outs stay here as well, for whoever has the number next. */
function applyNumberLeft(draft: Draft): ConsentOutcome {
	draft.registrations.clear();
	draft.lastInboundAt.clear();
	draft.smsConsentAt = null;
	return 'numberChanged';
}

/** Rule 9: who comes brings registrations and opt-outs; an opt-out said at either number keeps a registration from coming. */
function applyNumberTaken(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	applyCarried(draft, signal);
	for (const { senderId, since } of signal.carried ?? []) {
		if (!isOptedOut(draft.words, senderId)) register(draft, senderId, since);
	}
	return 'numberChanged';
}

function register(draft: Draft, senderId: number, at: number): boolean {
	if (draft.registrations.get(senderId)?.state === 'registered') return false;
	draft.registrations.set(senderId, { state: 'registered', since: at, endedBy: null });
	return true;
}

/**
 * The group named, and those of the invitation, unless another group was named than it is for. Of the invitation only those the person
 * has not left, because only START x lifts STOP x.
 */
function join(draft: Draft, signal: ConsentSignal): boolean {
	const { groupId, invitedGroupIds } = signal;
	const isOfInvitation = groupId === null || invitedGroupIds.includes(groupId);
	const invited = isOfInvitation ? invitedGroupIds.filter((id) => id !== groupId && draft.words.get(groupScope(id))?.direction !== 'out') : [];
	let hasJoined = false;
	for (const id of groupId === null ? invited : [groupId, ...invited]) {
		say(draft, groupScope(id), 'in', signal);
		hasJoined ||= !draft.joined.has(id);
		draft.joined.add(id);
	}
	return hasJoined;
}

/** Takes back an opt-out where there is one; where nothing was said there is nothing to note. */
function lift(draft: Draft, scope: string, signal: ConsentSignal): void {
	if (draft.words.get(scope)?.direction === 'out') say(draft, scope, 'in', signal);
}

function say(draft: Draft, scope: string, direction: 'in' | 'out', signal: ConsentSignal): void {
	const fromProvider = signal.kind === 'providerStop' || signal.kind === 'providerResume';
	draft.words.set(scope, { direction, effectiveAt: signal.effectiveAt, source: fromProvider ? 'provider' : 'person', by: signal.key });
}

function optOutScopes(senderId: number): string[] {
	return [scopeAll, senderScope(senderId), marketingScope(senderId)];
}
