import { CLOCKS_DIFFER_BY_MS } from '../../domain/consent/clocks';
import type { ConsentSignal } from '../../domain/consent/signal';
import { findErasedEvent } from '../../store/erasedEvents';
import { findEvent, insertEvent, type KnownEvent, newestByOtherClock } from '../../store/events';
import { findGroupByShortcode } from '../../store/groups';
import { deleteIdentity, findIdentity, saveToldPhone } from '../../store/identities';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import { forLeftNumber, forNumberSaidFrom, forSuccessors } from './atOtherNumbers';
import { carryOut } from './writeDecision';
import { type Case, contextOf, type SignalOptions } from './case';
import { decide } from './decideSignal';
import { isBeforeErasure, keptOf, passOver, takeKept } from './keptOfErased';
import { contactLearnsNumber } from './contactLearnsNumber';
import { findAnswered } from './answeredInvitation';
import { keptText } from '../../domain/keptText';
import { type AppliedOutcome, isOptOutKind } from './signalOutcome';
import { resolvePerson } from './resolvePerson';
import { loadPerson, signalKey, type StoredPerson } from './personState';
import { lockLimited } from './waitingList';
import type { SignalInput } from './signalInput';
import { type SignalResult, withFurther, withoutEffect } from './signalResult';

export type { SignalInput } from './signalInput';
export type { SignalResult } from './signalResult';

/**
 * Stores one signal and does everything it means, inside the given transaction: words, registrations, groups, contact, what is
 * queued, consent records, counters, freed places, and what a workflow is told. The person is locked until the transaction ends.
 */
export async function applyConsentSignal(
	store: Store,
	db: Database,
	said: SignalInput,
	options: SignalOptions = {},
): Promise<SignalResult> {
	const input = await asGroupsAre(db, said);
	const now = store.now();
	const effectiveAt = Math.min(input.sentAt ?? now, now);
	const kept = await keptOf(db, input.person);
	const known = kept.erasedAt === null ? undefined : await findErasedEvent(db, input.provider, input.providerEventId);
	const eventId = known ? undefined : await insertEvent(db, { ...draftEvent(input), effectiveAt, receivedAt: now });
	if (eventId === undefined) return await knownBefore(db, input, known);
	if (
		isBeforeErasure(input, effectiveAt, kept) &&
		!(isOptOutKind(input.kind) && (await findIdentity(db, input.person)))
	) {
		return await passOver(store, db, input, { eventId, effectiveAt, kept });
	}

	const person = await resolvePerson(db, input.person, { at: effectiveAt, now });
	// Who is new may have been erased while we waited for them.
	const keptNow = person.isNew ? await keptOf(db, input.person) : kept;
	if (person.isNew && isBeforeErasure(input, effectiveAt, keptNow)) {
		await deleteIdentity(db, person.identity.id);
		return await passOver(store, db, input, { eventId, effectiveAt, kept: keptNow });
	}
	if (input.toldPhone !== undefined && input.toldPhone !== person.identity.toldPhone)
		await saveToldPhone(db, person.identity.id, input.toldPhone);
	const carried = await takeKept(db, person.identity, keptNow);
	if (carried.length > 0) person.isNew = false;
	await applyConsentSignals(store, db, carried);
	await applyConsentSignals(store, db, await forLeftNumber(db, input, person, { eventId, now }));
	await contactLearnsNumber(db, person, now);
	const { stored, limits } = await lockLimited(db, person, input.sender, input.carried ?? [], () =>
		loadPerson(db, person, { kind: input.kind, effectiveAt }),
	);
	const group = input.shortcode ? ((await findGroupByShortcode(db, input.shortcode)) ?? null) : null;
	const invitation = await findAnswered(db, person, input, now);
	const context = contextOf(input, invitation);
	const signal: ConsentSignal = {
		key: signalKey(input.provider, input.providerEventId),
		kind: input.kind,
		channel: input.channel,
		effectiveAt: await countsFrom(db, input, { effectiveAt, identityId: person.identity.id, stored }),
		senderId: input.sender?.id ?? null,
		groupId: group?.id ?? null,
		...context,
	};
	const one: Case = { store, db, input, options, eventId, now, person, stored, signal, context, group, invitation };
	const result = await carryOut(one, await decide(one, limits));
	const further = [...(await forSuccessors(one)), ...(await forNumberSaidFrom(one))];
	return withFurther(result, await applyConsentSignals(store, db, further, options));
}

/** An opt-out that comes after what another clock timed a little later was not said before it: where clocks may differ, the opt-out wins. */
async function countsFrom(
	db: Database,
	{ kind, provider }: SignalInput,
	{ effectiveAt, identityId, stored }: { effectiveAt: number; identityId: number; stored: StoredPerson },
): Promise<number> {
	const isOvertaken = stored.newestSignalAt !== null && stored.newestSignalAt > effectiveAt;
	if (!isOptOutKind(kind) || !isOvertaken) return effectiveAt;
	const until = effectiveAt + CLOCKS_DIFFER_BY_MS;
	return (await newestByOtherClock(db, identityId, { provider, after: effectiveAt, until })) ?? effectiveAt;
}

/** A shortcode in a text that is more than a keyword counts where a group has it. */
async function asGroupsAre(db: Database, { withoutGroup, ...input }: SignalInput): Promise<SignalInput> {
	if (withoutGroup === undefined || !input.shortcode) return input;
	return (await findGroupByShortcode(db, input.shortcode)) ? input : { ...input, ...withoutGroup };
}

/** One after the other, in the same transaction. */
export async function applyConsentSignals(
	store: Store,
	db: Database,
	inputs: readonly SignalInput[],
	options: SignalOptions = {},
): Promise<SignalResult[]> {
	const results: SignalResult[] = [];
	for (const input of inputs) results.push(await applyConsentSignal(store, db, input, options));
	return results;
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
	return withoutEffect({
		eventId: event.id,
		isDuplicate: true,
		identityId: event.identityId,
		outcome: event.outcome as AppliedOutcome,
		applied: event.applied,
		isOptOut: isOptOutKind(event.kind),
	});
}
