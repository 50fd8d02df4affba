import { randomUUID } from 'node:crypto';

import { applySignal } from '../../domain/consent/fold';
import type { ConsentSignal } from '../../domain/consent/signal';
import { emptyConsent } from '../../domain/consent/state';
import { eraseEvents } from '../../store/erasedEvents';
import { findGroupByShortcode } from '../../store/groups';
import type { Identity, PersonKey } from '../../store/identities';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import {
	addSuppressions,
	deleteSuppressedWords,
	ERASED,
	hashesOf,
	type HashedSuppression,
	suppressionsOf,
} from '../../store/suppressions';
import { contextOf } from './case';
import { NOTHING_ANSWERED } from './answeredInvitation';
import { isOptOutKind } from './signalOutcome';
import { writeStoreRecord } from './writeRecords';
import type { SignalInput } from './signalInput';
import { type SignalResult, withoutEffect } from './signalResult';

/** What is kept of somebody erased, by keyed hash. */
export interface Kept {
	hashes: string[];
	/** UTC ms; null: never erased. */
	erasedAt: number | null;
	/** The opt-outs that hold. */
	words: HashedSuppression[];
}

export async function keptOf(db: Database, person: PersonKey): Promise<Kept> {
	const hashes = hashesOf(db, person);
	const rows = await suppressionsOf(db, hashes);
	const erasures = rows.filter(({ scope }) => scope === ERASED).map(({ effectiveAt }) => effectiveAt);
	return {
		hashes,
		erasedAt: erasures.length === 0 ? null : Math.max(...erasures),
		words: rows.filter(({ scope }) => scope !== ERASED),
	};
}

/** Whether a person's own signal, or their provider's, belongs to the time that was erased. What the company does is never late. */
export function isBeforeErasure({ kind }: Pick<SignalInput, 'kind'>, effectiveAt: number, { erasedAt }: Kept): boolean {
	if (erasedAt === null || effectiveAt > erasedAt) return false;
	return kind !== 'invited' && kind !== 'register' && kind !== 'revoke' && kind !== 'carriedOptOut';
}

/** Gives back the opt-outs that were kept, once somebody who was erased is known again: as signals to be applied, of the time when they were said. */
export async function takeKept(db: Database, identity: Identity, kept: Kept): Promise<SignalInput[]> {
	const signals = carriedSignals(identity, kept);
	// First: the signals themselves ask for what is kept.
	if (signals.length > 0) await deleteSuppressedWords(db, kept.hashes);
	return signals;
}

/** Whatever the person says later is newer. */
function carriedSignals(identity: Identity, { words }: Kept): SignalInput[] {
	const times = [...new Set(words.map(({ effectiveAt }) => effectiveAt))].sort((one, other) => one - other);
	return times.map((at) => ({
		provider: 'store',
		providerEventId: `kept opt-out ${randomUUID()}`,
		kind: 'carriedOptOut',
		channel: 'whatsapp',
		sender: null,
		person: identity,
		sentAt: at,
		inbox: null,
		scopes: [...new Set(words.filter(({ effectiveAt }) => effectiveAt === at).map(({ scope }) => scope))],
		evidence: { keptByHash: true },
	}));
}

/**
 * Something said before the person was erased, that arrives after it: nothing of it is kept but its opt-outs, without
 * bringing the person back.
 */
export async function passOver(
	store: Store,
	db: Database,
	input: SignalInput,
	{ eventId, effectiveAt, kept }: { eventId: number; effectiveAt: number; kept: Kept },
): Promise<SignalResult> {
	const group = input.shortcode ? ((await findGroupByShortcode(db, input.shortcode)) ?? null) : null;
	const context = contextOf(input, NOTHING_ANSWERED);
	const signal = {
		key: '',
		kind: input.kind,
		channel: input.channel,
		effectiveAt,
		senderId: input.sender?.id ?? null,
		groupId: group?.id ?? null,
		...context,
	};
	const isOptOut = isOptOutKind(input.kind);
	if (isOptOut) await keepLateOptOut(store, db, kept, signal);
	await eraseEvents(db, [eventId]);
	return withoutEffect({ eventId, isDuplicate: false, identityId: null, outcome: 'none', applied: false, isOptOut });
}

/** A STOP from before the erasure that arrives after it: it holds like any other, and brings nobody back. */
async function keepLateOptOut(store: Store, db: Database, { hashes }: Kept, signal: ConsentSignal): Promise<void> {
	const words = [...applySignal(emptyConsent, signal).state.words].filter(([, { direction }]) => direction === 'out');
	const rows = words.flatMap(([scope, { effectiveAt, source }]) =>
		hashes.map((hash) => ({ hash, scope, effectiveAt, source })),
	);
	const added = await addSuppressions(db, rows);
	if (added > 0)
		await writeStoreRecord(store, db, {
			action: 'lateOptOut',
			scopes: words.map(([scope]) => scope),
			source: 'person',
			effectiveAt: signal.effectiveAt,
		});
}
