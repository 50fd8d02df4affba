import type { ConsentSignal } from '../../domain/consent/signal';
import { marketingScope, senderScope } from '../../domain/consent/scope';
import { wordsOf } from '../../store/consentWords';
import { withdrawQueued } from '../../store/messages';
import type { Database } from '../../store/schema';
import { senderById } from '../../store/senders';
import { shareSuccession, successions } from '../../store/successions';
import type { Case } from './case';
import type { ResolvedPerson } from './resolvePerson';
import type { SignalInput } from './signalInput';
import { isOptOutKind } from './signalOutcome';

/** What one signal says of another number: signals to be applied there in the same transaction. */

/** What the person said stands against the number they left, too; what was queued for it is withdrawn. */
export async function forLeftNumber(
	db: Database,
	input: SignalInput,
	{ left }: ResolvedPerson,
	{ eventId, now }: { eventId: number; now: number },
): Promise<SignalInput[]> {
	if (!left) return [];
	const { phone, id } = left.identity;
	await withdrawQueued(db, {
		identityId: id,
		phones: phone === null ? [] : [phone],
		contactIds: [],
		reason: 'opted out',
		now,
	});
	if (left.scopes.length === 0) return [];
	return [
		{
			provider: 'store',
			providerEventId: `left number ${eventId}`,
			kind: 'carriedOptOut',
			channel: input.channel,
			sender: null,
			person: left.identity,
			sentAt: input.sentAt,
			inbox: null,
			scopes: left.scopes,
		},
	];
}

/** A late opt-out of somebody who has left the number it was said from holds at both. */
export async function forNumberSaidFrom({ db, input, eventId, person, signal }: Case): Promise<SignalInput[]> {
	if (!person.saidFrom || !isOptOutKind(signal.kind)) return [];
	const words = await wordsOf(db, person.identity.id);
	const scopes = words.filter(({ direction }) => direction === 'out').map(({ scope }) => scope);
	if (scopes.length === 0) return [];
	return [
		{
			provider: 'store',
			providerEventId: `said from left number ${eventId}`,
			kind: 'carriedOptOut',
			channel: input.channel,
			sender: null,
			person: { phone: person.saidFrom, whatsAppUserId: null },
			sentAt: signal.effectiveAt,
			inbox: null,
			scopes,
		},
	];
}

/** An opt-out from a company's number that was changed holds for the new one, too (rule 8), from when it was said. */
export async function forSuccessors({ db, input, eventId, person, signal }: Case): Promise<SignalInput[]> {
	const scopeAt = successorScope(signal);
	if (signal.senderId === null || scopeAt === null) return [];
	await shareSuccession(db, signal.senderId);
	const known = (await successions(db)).find(({ senderId }) => senderId === signal.senderId);
	const signals: SignalInput[] = [];
	for (const successorId of known?.successorIds ?? []) {
		signals.push({
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
		});
	}
	return signals;
}

/** What an opt-out says of one sender; null where it says nothing, or speaks of all. */
function successorScope({ kind, channel, groupId, stopScope }: ConsentSignal): ((senderId: number) => string) | null {
	if (kind === 'stop' && groupId === null && stopScope === 'thisSender') return senderScope;
	return kind === 'providerStop' && channel === 'whatsapp' ? marketingScope : null;
}
