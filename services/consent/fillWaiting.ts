import { addCounts } from '../../store/counters';
import { sendersWithWaiting } from '../../store/registrations';
import { senderById } from '../../store/senders';
import type { Store } from '../../store/store';
import { fillPlaces } from './waitingList';
import { wakeInboxes } from '../shared/wakeUp';

/** Gives every free place of a sender to those who wait longest, in as many short transactions as it takes. @returns how many places. */
export async function fillWaiting(store: Store, senderId: number): Promise<number> {
	for (let total = 0; ;) {
		const filled = await store.transaction(async (db) => {
			const sender = await senderById(db, senderId);
			if (!sender) return undefined;
			const done = await fillPlaces(store, db, sender, 'waiting list');
			await addCounts(db, done.counts);
			return done;
		});
		wakeInboxes(filled?.inboxes ?? []);
		total += filled?.counts.length ?? 0;
		if (!filled?.isMore) return total;
	}
}

/** What a crash left undone: free places that people wait for. */
export async function fillAllWaiting(store: Store): Promise<void> {
	for (const senderId of await store.read(sendersWithWaiting)) await fillWaiting(store, senderId);
}
