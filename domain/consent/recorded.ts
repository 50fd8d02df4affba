import { lineOf } from '../line';
import type { LedgerRecord } from '../ledger';

/** What a person's consent records say of the store, to be held against what the store says. */
export interface Recorded {
	/** Scopes whose newest word is an opt-out. */
	optedOut: ReadonlySet<string>;
	/** The newest state of each registration, by sender; null: it is gone. */
	registrations: ReadonlyMap<number, string | null>;
	/** Lines of the numbers that the person had. */
	lines: ReadonlySet<string>;
	/** When something was said or recorded, UTC ms. */
	times: readonly number[];
	/** Whether fields of records are erased: then the records no longer say everything. */
	isErased: boolean;
	/** The newest record (by sequence) by which an operator accepted what was found; 0: none. */
	acceptedAt: number;
}

/** The fields of a record that matter here. */
interface Details {
	action?: string;
	smsConsents?: number[];
	phone?: string | null;
	effectiveAt?: number | null;
	words?: Array<{ scope: string; direction: 'in' | 'out' | null }>;
	registrations?: Array<{ senderId: number; state: string | null }>;
}

/** Folds records, which are in their order. */
export function foldRecords(records: readonly LedgerRecord[]): Recorded {
	const optedOut = new Set<string>();
	const registrations = new Map<number, string | null>();
	const lines = new Set<string>();
	const times: number[] = [];
	let isErased = false;
	let acceptedAt = 0;
	for (const { at, details, sequence } of records) {
		times.push(at);
		if (details === null) {
			isErased = true;
			continue;
		}
		const {
			action,
			phone,
			effectiveAt,
			words = [],
			registrations: written = [],
			smsConsents = [],
		} = JSON.parse(details) as Details;
		if (action === 'findingsAccepted') {
			// From here on the store's own word counts, which an operator has vouched for.
			for (const known of [optedOut, registrations, lines]) known.clear();
			isErased = false;
			acceptedAt = sequence;
			times.push(...smsConsents);
		}
		if (phone) lines.add(lineOf(phone));
		if (typeof effectiveAt === 'number') times.push(effectiveAt);
		for (const { scope, direction } of words) {
			if (direction === 'out') optedOut.add(scope);
			else optedOut.delete(scope);
		}
		for (const { senderId, state } of written) registrations.set(senderId, state);
	}
	return { optedOut, registrations, lines, times, isErased, acceptedAt };
}

/** What the store says of a person. */
export interface Stored {
	phone: string | null;
	/** Scopes in which they have opted out. */
	optedOut: ReadonlySet<string>;
	/** State by sender. */
	registrations: ReadonlyMap<number, string>;
	/** When consents to SMS at their number were given, UTC ms. */
	smsConsents: readonly number[];
}

/** Two clocks read one after the other in one transaction. */
const SAME_MOMENT_MS = 2_000;

/**
 * Where the store allows more than the records say, in sentences. The other way round, where it allows less, nobody is written to
 * against their word.
 */
export function contradictions(recorded: Recorded, stored: Stored): string[] {
	const found: string[] = [];
	for (const scope of recorded.optedOut)
		if (!stored.optedOut.has(scope))
			found.push(`The records say that the person opted out (${scope}), the store does not.`);
	for (const [senderId, state] of stored.registrations) {
		if (state !== 'active' && state !== 'waiting') continue;
		const said = recorded.registrations.get(senderId);
		if (said !== 'active' && said !== 'waiting')
			found.push(`The store says that the person is registered with sender ${senderId}, the records do not.`);
	}
	for (const at of stored.smsConsents)
		if (!recorded.times.some((time) => Math.abs(time - at) <= SAME_MOMENT_MS))
			found.push('The store has a consent to SMS that no record tells.');
	if (stored.phone !== null && recorded.lines.size > 0 && !recorded.lines.has(lineOf(stored.phone)))
		found.push('The records are those of another number.');
	return found;
}
