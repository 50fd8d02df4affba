import { setTimeout as wait } from 'node:timers/promises';

import { countInFlight } from '../../store/messages';
import type { Store } from '../../store/store';

const LOOK_EVERY_MS = 20;

/**
 * Waits until no message to these people is on its way to a provider, at most `timeoutMs`. Called after an opt-out has
 * been committed: what was marked before it is visible as sending by then, and what is marked after it sees the opt-out.
 */
export async function waitForInFlight(store: Store, identityIds: readonly number[], timeoutMs = 2_000): Promise<void> {
	if (identityIds.length === 0) return;
	const end = performance.now() + timeoutMs;
	while ((await store.read((db) => countInFlight(db, identityIds))) > 0) {
		if (performance.now() + LOOK_EVERY_MS > end) return;
		await wait(LOOK_EVERY_MS);
	}
}
