import { randomUUID } from 'node:crypto';

import { applySignal, emptyConsent } from '../../domain/consent';
import type { ConsentSignal } from '../../domain/consentSignal';
import type { Identity, PersonKey } from '../../store/identities';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import { addSuppressions, ERASED, hashesOf, type HashedSuppression, suppressionsOf } from '../../store/suppressions';
import type { SignalInput } from './signalInput';
import { writeStoreRecord } from './record';

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

/** The opt-outs kept, as signals of the time when they were said: whatever the person says later is newer. */
export function carriedSignals(identity: Identity, { words }: Kept): SignalInput[] {
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

/** A STOP from before the erasure that arrives after it: it holds as any other, and brings nobody back. */
export async function keepLateOptOut(store: Store, db: Database, { hashes }: Kept, signal: ConsentSignal): Promise<void> {
	const words = [...applySignal(emptyConsent, signal).state.words].filter(([, { direction }]) => direction === 'out');
	const rows = words.flatMap(([scope, { effectiveAt, source }]) => hashes.map((hash) => ({ hash, scope, effectiveAt, source })));
	const added = await addSuppressions(db, rows);
	if (added > 0) await writeStoreRecord(store, db, { action: 'lateOptOut', scopes: words.map(([scope]) => scope), source: 'person', effectiveAt: signal.effectiveAt });
}
