import type { Channel } from '../domain/channel';
import { applySignal, type ConsentOutcome, isStillHeard, marketingScope, senderScope } from '../domain/consent';
import type { ConsentSignal } from '../domain/consentSignal';
import { addCounts } from '../store/counters';
import { eraseEvents, findErasedEvent } from '../store/erasedEvents';
import { findEvent, insertEvent, type KnownEvent, settleEvent } from '../store/events';
import { findGroupByShortcode, type Group } from '../store/groups';
import { deleteIdentity, findIdentity, type Identity, identityById } from '../store/identities';
import { answeredWithFields, expireInvitations, forgetPersonFields, useInvitations } from '../store/invitations';
import { withdrawQueued } from '../store/messages';
import type { Database, RegistrationState } from '../store/schema';
import { senderById } from '../store/senders';
import type { Store } from '../store/store';
import { shareSuccession, successions } from '../store/successions';
import { deleteSuppressedWords } from '../store/suppressions';
import { ensureContact, formEntryOf } from './consent/contact';
import { type Change, withdraw, writeMemberships, writeRegistrations, writeWords } from './consent/effects';
import { carriedSignals, isBeforeErasure, keepLateOptOut, type Kept, keptOf } from './consent/erased';
import { findAnswered, NOTHING_ANSWERED } from './consent/invitation';
import { type ResolvedPerson, resolvePerson } from './consent/person';
import { loadPerson, refold, type SignalContext, signalKey, type StoredPerson } from './consent/personState';
import { followNumber } from './consent/followNumber';
import { countsOf, fillFreed, lockLimited } from './consent/places';
import { keptText } from './consent/keptText';
import { type AppliedOutcome, isOptOutKind, outcomeOf, outputOf } from './consent/outcome';
import { recordOf, writeRecords } from './consent/record';
import type { SignalInput } from './consent/signalInput';

export type { AppliedOutcome } from './consent/outcome';
export type { SignalInput } from './consent/signalInput';

export interface SignalResult {
	eventId: number;
	/** It was here before; nothing was changed. */
	isDuplicate: boolean;
	identityId: number | null;
	outcome: AppliedOutcome;
	/** False: a newer word had come before. */
	applied: boolean;
	/** The person no longer wants to hear something: what is on its way to them is waited for. */
	isOptOut: boolean;
	/** At the sender written to. */
	registration: RegistrationState | null;
	contactId: number | null;
	/** Inboxes in which something waits now. */
	inboxes: string[];
	/** Further identities of the person, whose number changed, that this opts out as well. */
	followed: number[];
	/** Senders with places that the caller has to fill, as asked for by `holdPlaces`. */
	freed: number[];
	/** Senders where more people wait for free places than one transaction fills: for fillWaiting. */
	toFill: number[];
}

export interface SignalOptions {
	/** Leaves the places that become free to the caller: it fills them once for several signals, or they go along to the person's new number. */
	holdPlaces?: boolean;
}

/** Everything known about a signal when it is applied. */
interface Case {
	store: Store;
	db: Database;
	input: SignalInput;
	options: SignalOptions;
	eventId: number;
	now: number;
	person: ResolvedPerson;
	stored: StoredPerson;
	signal: ConsentSignal;
	context: SignalContext;
	group: Group | null;
	/** The invitation answered, and all that are settled by registering. */
	invitation: Awaited<ReturnType<typeof findAnswered>>;
}

/**
 * Stores one signal and does everything it means, inside the given transaction: words, registrations, groups, contact, what is
 * queued, consent records, counters, freed places, and what a workflow is told. The person is locked until the transaction ends.
 */
export async function applyConsentSignal(store: Store, db: Database, input: SignalInput, options: SignalOptions = {}): Promise<SignalResult> {
	const now = store.now();
	const effectiveAt = Math.min(input.sentAt ?? now, now);
	const kept = await keptOf(db, input.person);
	const known = kept.erasedAt === null ? undefined : await findErasedEvent(db, input.provider, input.providerEventId);
	const eventId = known ? undefined : await insertEvent(db, { ...draftEvent(input), effectiveAt, receivedAt: now });
	if (eventId === undefined) return await knownBefore(db, input, known);
	if (isBeforeErasure(input, effectiveAt, kept) && !(isOptOutKind(input.kind) && (await findIdentity(db, input.person)))) {
		return await passOver(store, db, input, { eventId, effectiveAt, kept });
	}

	const person = await resolvePerson(db, input.person, now);
	// Who is new may have been erased while we waited for them.
	const keptNow = person.isNew ? await keptOf(db, input.person) : kept;
	if (person.isNew && isBeforeErasure(input, effectiveAt, keptNow)) {
		await deleteIdentity(db, person.identity.id);
		return await passOver(store, db, input, { eventId, effectiveAt, kept: keptNow });
	}
	if (await carryErased(store, db, person.identity, keptNow)) person.isNew = false;
	await carryOptOuts(store, db, input, person, eventId);
	const { stored, limits } = await lockLimited(db, person, input.sender, input.carried ?? [], () => loadPerson(db, person));
	const group = input.shortcode ? ((await findGroupByShortcode(db, input.shortcode)) ?? null) : null;
	const invitation = await findAnswered(db, person, input, now);
	const context = contextOf(input, invitation);
	const signal: ConsentSignal = {
		key: signalKey(input.provider, input.providerEventId),
		kind: input.kind,
		channel: input.channel,
		effectiveAt,
		senderId: input.sender?.id ?? null,
		groupId: group?.id ?? null,
		...context,
	};
	const one: Case = { store, db, input, options, eventId, now, person, stored, signal, context, group, invitation };
	const { change, outcome, applied, isLate } = await decide(one, limits);
	return await carryOut(one, change, { outcome, applied, isLate });
}

function draftEvent(input: SignalInput) {
	return {
		inbox: null,
		provider: input.provider,
		providerEventId: input.providerEventId,
		kind: input.kind,
		channel: input.channel,
		senderId: null,
		identityId: null,
		groupId: null,
		text: keptText(input.text ?? null),
		details: {},
		applied: false,
		outcome: 'none',
		output: null,
	};
}

async function knownBefore(db: Database, input: SignalInput, erased?: KnownEvent): Promise<SignalResult> {
	const event = erased ?? (await findEvent(db, input.provider, input.providerEventId));
	if (!event) throw new Error('An event was there before and is gone.');
	return {
		eventId: event.id,
		isDuplicate: true,
		identityId: event.identityId,
		outcome: event.outcome as AppliedOutcome,
		applied: event.applied,
		isOptOut: isOptOutKind(event.kind),
		registration: null,
		contactId: null,
		inboxes: [],
		followed: [],
		freed: [],
		toFill: [],
	};
}

function contextOf(input: SignalInput, invitation: Case['invitation']): SignalContext {
	return {
		// Who names a group without the code has read no page that says which others come with it.
		invitedGroupIds: invitation.byCode || !input.shortcode ? (invitation.answered?.groupIds ?? []) : [],
		isInvited: invitation.answered !== null,
		looksLikeOptOut: input.looksLikeOptOut ?? false,
		opensWindow: input.opensWindow ?? false,
		policy: input.sender?.policy ?? 'anyMessage',
		stopScope: input.sender?.stopScope ?? 'allSenders',
		scopes: input.scopes ?? [],
		...(input.carried && { carried: input.carried }),
	};
}

/**
 * Something said before the person was erased, that arrives after it: nothing of it is kept but its opt-outs, without
 * bringing the person back.
 */
async function passOver(
	store: Store,
	db: Database,
	input: SignalInput,
	{ eventId, effectiveAt, kept }: { eventId: number; effectiveAt: number; kept: Kept },
): Promise<SignalResult> {
	const group = input.shortcode ? ((await findGroupByShortcode(db, input.shortcode)) ?? null) : null;
	const context = contextOf(input, NOTHING_ANSWERED);
	const signal = { key: '', kind: input.kind, channel: input.channel, effectiveAt, senderId: input.sender?.id ?? null, groupId: group?.id ?? null, ...context };
	if (isOptOutKind(input.kind)) await keepLateOptOut(store, db, kept, signal);
	await eraseEvents(db, [eventId]);
	const isOptOut = isOptOutKind(input.kind);
	return { eventId, isDuplicate: false, identityId: null, outcome: 'none', applied: false, isOptOut, registration: null, contactId: null, inboxes: [], followed: [], freed: [], toFill: [] };
}

/** Gives somebody who was erased and is known again the opt-outs that were kept. True where there were any. */
export async function carryErased(store: Store, db: Database, identity: Identity, kept: Kept): Promise<boolean> {
	const signals = carriedSignals(identity, kept);
	// First: the signals themselves ask for what is kept.
	if (signals.length > 0) await deleteSuppressedWords(db, kept.hashes);
	for (const signal of signals) await applyConsentSignal(store, db, signal);
	return signals.length > 0;
}

/** What the person said stands against the number they left, too. */
async function carryOptOuts(store: Store, db: Database, input: SignalInput, { left }: ResolvedPerson, eventId: number): Promise<void> {
	if (!left) return;
	const { phone, id } = left.identity;
	await withdrawQueued(db, { identityId: id, phones: phone === null ? [] : [phone], contactIds: [], reason: 'opted out', now: store.now() });
	if (left.scopes.length === 0) return;
	await applyConsentSignal(store, db, {
		provider: 'store',
		providerEventId: `left number ${eventId}`,
		kind: 'carriedOptOut',
		channel: input.channel,
		sender: null,
		person: left.identity,
		sentAt: input.sentAt,
		inbox: null,
		scopes: left.scopes,
	});
}

/** The newest signal of a person goes on top of what is stored; every other one is put in its place by folding the whole history. */
async function decide(
	{ db, input, eventId, now, person, stored, signal }: Case,
	packageLimits: ReadonlyMap<number, number | null>,
): Promise<Decision & { change: Change }> {
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
	return { change: { ...common, before, after: folded.after, eventIdOf }, outcome: applied ? folded.outcome : 'none', applied, isLate: !isNewest };
}

interface Decision {
	outcome: ConsentOutcome;
	applied: boolean;
	/** Something that counts later, or at the same time, was known before. */
	isLate: boolean;
}

async function carryOut(one: Case, change: Change, { outcome: decided, applied, isLate }: Decision): Promise<SignalResult> {
	const { store, db, input, options, eventId, now, person, signal, invitation } = one;
	await writeWords(db, change);
	const registrations = await writeRegistrations(db, change);
	const contact = await contactOf(one, change, decided);
	await writeMemberships(db, change, contact ?? one.stored.contacts[0]?.contactId ?? null);
	await withdraw(db, change);

	const row = signal.senderId === null ? undefined : registrations.rows.get(signal.senderId);
	const registration = row === undefined ? (one.stored.registrations.get(signal.senderId ?? 0)?.state ?? null) : (row?.state ?? null);
	const outcome = outcomeOf(decided, change, registrations, registration, signal);
	if (applied && signal.kind === 'stop' && signal.groupId === null) await expireInvitations(db, change.identityId);
	if (HAS_REGISTERED.has(outcome)) await settleInvitations(one, change.identityId, contact);

	const output = outputOf(input, outcome, applied);
	await settleEvent(db, eventId, {
		inbox: input.inbox,
		senderId: signal.senderId,
		identityId: change.identityId,
		groupId: signal.groupId,
		details: detailsOf(one, contact, registration),
		applied,
		outcome,
		output,
	});
	const record = recordOf({ input, signal, person, outcome, applied, registrations, group: one.group, invitationId: invitation.answered?.id ?? null });
	if (record) await writeRecords(store, db, change.identityId, [record]);
	const freed = [...registrations.freed, ...(person.merged?.registrations.map(({ senderId }) => senderId) ?? [])];
	const followed = isLate ? await followNumber(store, db, change.identityId, signal) : { identityIds: [], freed: [] };
	const toFill = [...(options.holdPlaces ? [] : freed), ...followed.freed];
	const filled = await fillFreed(store, db, toFill, eventId);
	await addCounts(db, [...countsOf({ signal, registrations, outcome, output, merged: person.merged?.registrations ?? [], now }), ...filled.counts]);
	const atNewNumber = await tellSuccessors(one);
	return {
		eventId,
		isDuplicate: false,
		identityId: change.identityId,
		outcome,
		applied,
		isOptOut: isOptOutKind(input.kind),
		registration,
		contactId: contact,
		inboxes: [...(input.inbox !== null && output !== null ? [input.inbox] : []), ...filled.inboxes, ...atNewNumber.flatMap(({ inboxes }) => inboxes)],
		followed: [...followed.identityIds, ...atNewNumber.flatMap((result) => result.followed)],
		freed: [...(options.holdPlaces ? freed : []), ...atNewNumber.flatMap((result) => result.freed)],
		toFill: [...(filled.isMore ? toFill : []), ...atNewNumber.flatMap((result) => result.toFill)],
	};
}

/** An opt-out from a number that was changed holds for the new one, too (rule 8), from when it was said. */
async function tellSuccessors({ store, db, input, options, eventId, person, signal }: Case): Promise<SignalResult[]> {
	const scopeAt = successorScope(signal);
	if (signal.senderId === null || scopeAt === null) return [];
	await shareSuccession(db, signal.senderId);
	const known = (await successions(db)).find(({ senderId }) => senderId === signal.senderId);
	const results: SignalResult[] = [];
	for (const successorId of known?.successorIds ?? []) {
		results.push(
			await applyConsentSignal(store, db, {
				provider: 'store',
				providerEventId: `said at old number ${eventId} to ${successorId}`,
				kind: 'carriedOptOut',
				channel: input.channel,
				sender: (await senderById(db, successorId)) ?? null,
				person: person.identity,
				sentAt: signal.effectiveAt,
				inbox: null,
				scopes: [scopeAt(successorId)],
				evidence: { saidTo: input.sender?.phone },
			}, options),
		);
	}
	return results;
}

/** What an opt-out says of one sender; null where it says nothing, or speaks of all. */
function successorScope({ kind, channel, groupId, stopScope }: ConsentSignal): ((senderId: number) => string) | null {
	if (kind === 'stop' && groupId === null && stopScope === 'thisSender') return senderScope;
	return kind === 'providerStop' && channel === 'whatsapp' ? marketingScope : null;
}

const HAS_REGISTERED = new Set<AppliedOutcome>(['registered', 'waiting', 'alreadyRegistered', 'joinedGroup']);
const MAKES_CONTACT = new Set<AppliedOutcome>(['registered', 'alreadyRegistered', 'joinedGroup', 'smsConsent']);

/** What was typed on the form waits on only where there is no contact yet: the person's number is not known. */
async function settleInvitations({ db, invitation: { answered, settled }, now }: Case, identityId: number, contactId: number | null): Promise<void> {
	await useInvitations(db, settled, identityId, now);
	await forgetPersonFields(db, settled.filter((id) => contactId !== null || id !== answered?.id));
}

/** Who opts in gets a contact (PORTAL 4.5); an opt-out makes none. A person without a number gets one once it is known. */
async function contactOf({ db, input, person, signal, invitation, now }: Case, change: Change, outcome: ConsentOutcome): Promise<number | null> {
	const { phone } = person.identity;
	const isOptIn = (signal.kind === 'start' || signal.kind === 'message') && MAKES_CONTACT.has(outcome);
	const wasWaitedFor = person.hasLearntNumber && [...change.after.registrations.values()].some(({ state }) => state === 'registered');
	if (phone === null || !((isOptIn && holds(change, signal)) || wasWaitedFor)) return change.stored.contacts[0]?.contactId ?? null;
	const waiting = wasWaitedFor ? await answeredWithFields(db, change.identityId) : undefined;
	const contact = await ensureContact(db, {
		phone,
		channel: input.channel,
		profileName: input.profileName ?? null,
		smsConsent: outcome === 'smsConsent' ? { source: 'START by SMS', at: signal.effectiveAt } : null,
		form: formEntryOf(waiting ?? invitation.answered, change.identityId),
		now,
	});
	if (waiting) await forgetPersonFields(db, [waiting.id]);
	return contact.id;
}

/** Whether what was said is still said at this number: late words of somebody who has left it since make no contact of it. */
function holds({ after }: Change, { channel, senderId }: ConsentSignal): boolean {
	if (channel === 'sms') return after.smsConsentAt !== null;
	return senderId !== null && after.registrations.get(senderId)?.state === 'registered';
}

function detailsOf({ input, context, group, invitation }: Case, contactId: number | null, registration: RegistrationState | null): Record<string, unknown> {
	return {
		...input.details,
		...(input.profileName && { profileName: input.profileName }),
		signal: context,
		contactId,
		registration,
		...(input.shortcode && { shortcode: input.shortcode, unknownGroup: group === null }),
		...(invitation.answered && { invitationId: invitation.answered.id, code: invitation.answered.code, language: invitation.answered.language }),
	};
}

/** A provider's report that a person does not want to hear from a sender (Meta 131050, Twilio 21610, websms blacklist). */
export async function applyProviderOptOut(
	store: Store,
	db: Database,
	report: { identityId: number; senderId: number; channel?: Channel; providerEventId: string; source: string; at: number | null; inbox?: string | null },
): Promise<SignalResult | null> {
	const [identity, sender] = [await identityById(db, report.identityId), await senderById(db, report.senderId)];
	if (!identity || !sender || (identity.phone === null && identity.whatsAppUserId === null)) return null;
	return await applyConsentSignal(store, db, {
		provider: sender.provider,
		providerEventId: report.providerEventId,
		kind: 'providerStop',
		channel: report.channel ?? (sender.sendsWhatsApp ? 'whatsapp' : 'sms'),
		sender,
		person: identity,
		sentAt: report.at,
		inbox: report.inbox ?? null,
		evidence: { report: report.source },
	});
}
