import { foldSignals } from '../../domain/consent/fold';
import { DOUBT_MS } from '../../domain/consent/saidByPerson';
import type { ConsentState, Word } from '../../domain/consent/state';
import type { ConsentSignal, SignalKind } from '../../domain/consent/signal';
import { type ConsentWord, wordsOf } from '../../store/consentWords';
import { type HistoryEvent, historyOf, newestDoubtAt, newestSignalAt } from '../../store/events';
import { type ContactMembership, membershipsOfPerson } from '../../store/memberships';
import { type LimitedRegistration, type Registration, registrationsOf } from '../../store/registrations';
import type { Database } from '../../store/schema';
import type { ResolvedPerson } from './resolvePerson';

/** What a signal's meaning depends on beside the event's own columns; kept in its details, as it was when it arrived. */
export type SignalContext = Omit<ConsentSignal, 'key' | 'kind' | 'channel' | 'effectiveAt' | 'senderId' | 'groupId'>;

/** What is kept about a person before a signal is applied. */
export interface StoredPerson {
	state: ConsentState;
	registrations: Map<number, LimitedRegistration>;
	contacts: ContactMembership[];
	newestSignalAt: number | null;
}

/** Tells signals of one person apart, however they arrived. */
export const signalKey = (provider: string, providerEventId: string): string => `${provider} ${providerEventId}`;

/** @param signal what is about to be applied: of a person's earlier doubts only what it may meet is read. */
export async function loadPerson(
	db: Database,
	{ identity, isNew }: ResolvedPerson,
	signal?: { kind: SignalKind; effectiveAt: number },
): Promise<StoredPerson> {
	const registrations = isNew ? [] : await registrationsOf(db, identity.id);
	const words = isNew ? [] : await wordsOf(db, identity.id);
	const newest = isNew ? null : await newestSignalAt(db, identity.id);
	const doubtedAt =
		isNew || signal?.kind !== 'message' ? null : await newestDoubtAt(db, identity.id, signal.effectiveAt - DOUBT_MS);
	const contacts = await membershipsOfPerson(db, identity);
	return {
		state: stateOf(registrations, words, contacts, doubtedAt),
		registrations: new Map(registrations.map((each) => [each.senderId, each])),
		contacts,
		newestSignalAt: newest,
	};
}

function stateOf(
	registrations: readonly Registration[],
	words: readonly ConsentWord[],
	contacts: readonly ContactMembership[],
	doubtedAt: number | null,
): ConsentState {
	return {
		words: wordsByScope(words),
		registrations: new Map(
			registrations.map(({ senderId, state, since, endedBy }) => [
				senderId,
				{ state: state === 'active' || state === 'waiting' ? 'registered' : state, since, endedBy },
			]),
		),
		lastInboundAt: new Map(
			registrations.flatMap(({ senderId, lastInboundAt }) =>
				lastInboundAt === null ? [] : [[senderId, lastInboundAt]],
			),
		),
		joined: new Set(
			contacts.flatMap(({ groupId, source }) => (groupId !== null && source === 'person' ? [groupId] : [])),
		),
		smsConsentAt: null,
		doubtedAt,
	};
}

/** As the rules read them. */
export function wordsByScope(words: readonly ConsentWord[]): Map<string, Word> {
	return new Map(words.map((word) => [word.scope, wordOf(word)]));
}

const wordOf = (word: ConsentWord): Word => ({
	direction: word.direction,
	effectiveAt: word.effective_at,
	source: word.source,
	by: `event ${word.event_id}`,
});

/** The person's states before and after a signal that comes late or upsets the order: both by folding the whole history. */
export interface Refolded {
	before: ConsentState;
	after: ConsentState;
	outcome: ReturnType<typeof foldSignals>['outcomes'] extends Map<string, infer O> ? O : never;
	/** By signal key. */
	eventIds: Map<string, number>;
}

/** @param without events that belonged to somebody else until now. */
export async function refold(
	db: Database,
	identityId: number,
	signal: ConsentSignal,
	without: ReadonlySet<number>,
): Promise<Refolded> {
	const history = await historyOf(db, identityId);
	const signals = history.map((event) => ({ id: event.id, signal: signalOf(event) }));
	const own = signals.filter(({ id }) => !without.has(id)).map((each) => each.signal);
	const { state: after, outcomes } = foldSignals([...signals.map((each) => each.signal), signal]);
	return {
		before: foldSignals(own).state,
		after,
		outcome: outcomes.get(signal.key) ?? 'none',
		eventIds: new Map(signals.map((each) => [each.signal.key, each.id])),
	};
}

export function signalOf(event: HistoryEvent): ConsentSignal {
	const { signal } = JSON.parse(event.details) as { signal: Omit<SignalContext, 'invitedGroupIds'> & KeptGroups };
	return {
		key: signalKey(event.provider, event.providerEventId),
		kind: event.kind as SignalKind,
		channel: event.channel,
		effectiveAt: event.effectiveAt,
		senderId: event.senderId,
		groupId: event.groupId,
		...signal,
		invitedGroupIds: signal.invitedGroupIds ?? (signal.invitedGroupId ? [signal.invitedGroupId] : []),
	};
}

/** Events kept by version 0.1 know one group of an invitation. */
interface KeptGroups {
	invitedGroupIds?: readonly number[];
	invitedGroupId?: number | null;
}
