import { isSameAddress } from '../../domain/sameAddress';
import { answerableEvent } from '../../store/replies';
import type { Store } from '../../store/store';

/** Whether there is such an event, and it is of the person that somebody typed. */
export async function isEventOf(store: Store, eventId: number, to: string): Promise<boolean> {
	const event = await store.read((db) => answerableEvent(db, eventId));
	return event !== undefined && isSameAddress(to, event);
}
