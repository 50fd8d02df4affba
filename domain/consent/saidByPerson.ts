import { type Draft, register, say } from './draft';
import type { ConsentOutcome } from './outcome';
import type { ConsentSignal } from './signal';
import { groupScope, marketingScope, type Scope, scopeAll, scopeSms, senderScope } from './scope';
import { optOutScopes } from './state';

/** Within this time of an opt-out only START registers (rule 2). */
export const OPT_OUT_GUARD_MS = 24 * 60 * 60_000;
/** So long a person who was asked whether to stop is not asked again, and what they answer registers nobody. */
export const DOUBT_MS = 24 * 60 * 60_000;

/** Rule 5. By WhatsApp it registers at that sender; by SMS it is consent to SMS. Either way it lifts a STOP. */
export function applyStart(draft: Draft, signal: ConsentSignal): ConsentOutcome {
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
export function applyMessage(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	if (signal.isDoubtful && signal.senderId !== null) return applyDoubt(draft, signal, signal.senderId);
	if (signal.channel !== 'whatsapp') return 'none';
	if (signal.senderId === null) return 'unknownSender';
	if (!policyPermits(signal) || signal.looksLikeOptOut || isGuarded(draft, signal.senderId, signal.effectiveAt))
		return 'none';
	if (!register(draft, signal.senderId, signal.effectiveAt)) return 'none';
	// Meta's own switch stays as the person left it: only START or the switch itself takes that back.
	say(draft, scopeAll, 'in', signal);
	lift(draft, senderScope(signal.senderId), signal);
	join(draft, signal);
	return 'registered';
}

/** Rule 2: what may be an opt-out changes nothing; the person is asked once, unless they have left already. */
function applyDoubt(draft: Draft, signal: ConsentSignal, senderId: number): ConsentOutcome {
	const wasAsked = isAsked(draft, signal.effectiveAt);
	draft.doubtedAt = Math.max(signal.effectiveAt, draft.doubtedAt ?? 0);
	const hasLeft = [scopeAll, senderScope(senderId)].some((scope) => draft.words.get(scope)?.direction === 'out');
	if (hasLeft) return 'alreadyOptedOut';
	return wasAsked ? 'alreadyAsked' : 'doubtful';
}

/** Whether a question to this person stands open: they have said neither START nor STOP since. */
function isAsked({ doubtedAt, words }: Draft, at: number): boolean {
	return (
		doubtedAt !== null && at - doubtedAt < DOUBT_MS && doubtedAt >= (words.get(scopeAll)?.effectiveAt ?? -Infinity)
	);
}

function policyPermits({ policy, isInvited }: ConsentSignal): boolean {
	return policy === 'anyMessage' || (policy === 'keywordOrInvitation' && isInvited);
}

/** Whether the person opted out so recently, or was asked, that a "thanks" after the goodbye must not register them. */
function isGuarded(draft: Draft, senderId: number, at: number): boolean {
	const { state, since, endedBy } = draft.registrations.get(senderId) ?? {};
	if (state === 'ended' && endedBy !== 'operator' && at - (since ?? 0) < OPT_OUT_GUARD_MS) return true;
	// "Yes" to the question whether to stop is no first message.
	if (isAsked(draft, at)) return true;
	return [...optOutScopes(senderId), marketingScope(senderId)].some((scope) => {
		const word = draft.words.get(scope);
		return word?.direction === 'out' && at - word.effectiveAt < OPT_OUT_GUARD_MS;
	});
}

/** Rule 3. */
export function applyStop(draft: Draft, signal: ConsentSignal): ConsentOutcome {
	const only = signal.stopScope === 'thisSender' ? signal.senderId : null;
	const scope = only === null ? scopeAll : senderScope(only);
	const isRepeated =
		draft.words.get(scope)?.direction === 'out' &&
		![...draft.registrations].some(([id, { state }]) => state !== 'ended' && (only ?? id) === id);
	say(draft, scope, 'out', signal);
	if (signal.channel === 'sms') say(draft, scopeSms, 'out', signal);
	for (const senderId of draft.registrations.keys()) {
		if ((only ?? senderId) === senderId)
			draft.registrations.set(senderId, { state: 'ended', since: signal.effectiveAt, endedBy: 'person' });
	}
	if (only === null) draft.joined.clear();
	return isRepeated ? 'alreadyOptedOut' : 'optedOut';
}

/** Rule 4. */
export function applyLeaveGroup(draft: Draft, signal: ConsentSignal, groupId: number): ConsentOutcome {
	say(draft, groupScope(groupId), 'out', signal);
	draft.joined.delete(groupId);
	return 'leftGroup';
}

/**
 * The group named, and those of the invitation, unless another group was named than it is for. Of the invitation only those the person
 * has not left, because only START x lifts STOP x.
 */
function join(draft: Draft, signal: ConsentSignal): boolean {
	const { groupId, invitedGroupIds } = signal;
	const isOfInvitation = groupId === null || invitedGroupIds.includes(groupId);
	const invited = isOfInvitation
		? invitedGroupIds.filter((id) => id !== groupId && draft.words.get(groupScope(id))?.direction !== 'out')
		: [];
	let hasJoined = false;
	for (const id of groupId === null ? invited : [groupId, ...invited]) {
		say(draft, groupScope(id), 'in', signal);
		hasJoined ||= !draft.joined.has(id);
		draft.joined.add(id);
	}
	return hasJoined;
}

/** Takes back an opt-out where there is one; where nothing was said there is nothing to note. */
function lift(draft: Draft, scope: Scope, signal: ConsentSignal): void {
	if (draft.words.get(scope)?.direction === 'out') say(draft, scope, 'in', signal);
}
