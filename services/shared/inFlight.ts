import { setTimeout as wait } from 'node:timers/promises';

import { LONGEST_WINDOW_MS } from '../../domain/pacing';
import { areInFlight, marksOf } from '../../store/messages';
import type { Store } from '../../store/store';

const LOOK_EVERY_MS = 20;
/** For what lies between two processes' looks at the time. */
const MARGIN_MS = 100;

/**
 * Waits until what is on its way to these people has an answer, at most `timeoutMs`; but always until each of their requests has begun
 * or can begin no more, which a slow store may draw out. Called after an opt-out has been committed: what was marked before it is
 * visible as sending by then, and what is marked after it sees the opt-out.
 */
export async function waitForInFlight(store: Store, identityIds: readonly number[], timeoutMs = 2_000): Promise<void> {
	if (identityIds.length === 0) return;
	const begin = performance.now();
	const marks = await store.read((db) => marksOf(db, identityIds));
	if (marks.length === 0) return;
	const lastStartMs = Math.min(LONGEST_WINDOW_MS, Math.max(...marks.map(({ startsWithinMs }) => startsWithinMs)));
	const end = begin + Math.max(timeoutMs, lastStartMs + MARGIN_MS);
	do {
		const leftMs = end - performance.now();
		if (leftMs <= 0) return;
		await wait(Math.min(LOOK_EVERY_MS, leftMs));
	} while (await store.read((db) => areInFlight(db, marks)));
}
