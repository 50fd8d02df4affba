import { giveUpForgotten, giveUpOn, hasForgotten, hasInterrupted } from '../../store/outbox';
import type { Store } from '../../store/store';

/** Longer than a request, its answer and a store that is waited for can take together. */
const INTERRUPTED_AFTER_MS = 90_000;
/** Nobody repeats a call this late: what is handed over again is so within hours, and a Reply is possible for a day. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;
const GIVEN_UP_AT_ONCE = 500;

/** Messages marked as sending by what died since: unknown from now on. */
export async function giveUpInterrupted(store: Store): Promise<void> {
	const markedBefore = store.now() - INTERRUPTED_AFTER_MS;
	if (!(await store.read((db) => hasInterrupted(db, markedBefore)))) return;
	while (
		(await store.transaction((db) => giveUpOn(db, markedBefore, GIVEN_UP_AT_ONCE, store.now()))) === GIVEN_UP_AT_ONCE
	);
}

/** Single messages that a call wrote down, and neither it nor a repetition of it sent: failed from now on. */
export async function giveUpUnsent(store: Store): Promise<void> {
	const leasedBefore = store.now() - FORGOTTEN_AFTER_MS;
	if (!(await store.read((db) => hasForgotten(db, leasedBefore)))) return;
	while (
		(await store.transaction((db) => giveUpForgotten(db, leasedBefore, GIVEN_UP_AT_ONCE, store.now()))) ===
		GIVEN_UP_AT_ONCE
	);
}
