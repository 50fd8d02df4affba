import { findIdentities, type Identity } from '../../store/identities';
import { chunksOf } from '../../store/database/rows';
import type { Store } from '../../store/store';
import { wakeInboxes } from '../shared/wakeUp';
import { applyConsentSignal } from './engine';
import { fillWaiting } from './fillWaiting';

/** A number and a WhatsApp user id that a provider named as one recipient's. */
export interface ToldPair {
	/** E.164, as dialled today. */
	phone: string;
	whatsAppUserId: string;
	/** UTC ms: when that was so. */
	at: number;
}

const PAIRS_A_READ = 250;

/**
 * Takes note of which number and which WhatsApp user id belong together, as a provider tells with a status or the answer to a request, so
 * that a STOP under the one ends what is registered under the other. Reads once for many; writes only what is news. Who is not known
 * by either name stays so: nothing that was erased comes back by the report on an old message.
 */
export async function learnPairs(store: Store, told: readonly ToldPair[]): Promise<void> {
	const newest = new Map<string, ToldPair>();
	for (const pair of told) {
		const key = `${pair.phone} ${pair.whatsAppUserId}`;
		if (pair.at > (newest.get(key)?.at ?? -Infinity)) newest.set(key, pair);
	}
	for (const chunk of chunksOf([...newest.values()], PAIRS_A_READ)) {
		const names = chunk.flatMap(({ phone, whatsAppUserId }) => [
			{ phone, whatsAppUserId: null },
			{ phone: null, whatsAppUserId },
		]);
		const people = await store.read((db) => findIdentities(db, names));
		for (const pair of newsAmong(chunk, people)) await learn(store, pair);
	}
}

/** Pairs of which one half is known, and not as the other's. */
function newsAmong(pairs: readonly ToldPair[], people: readonly Identity[]): ToldPair[] {
	const byPhone = new Map(people.map((person) => [person.phone, person]));
	const byUserId = new Map(people.map((person) => [person.whatsAppUserId, person]));
	return pairs.filter(({ phone, whatsAppUserId, at }) => {
		const [one, other] = [byPhone.get(phone), byUserId.get(whatsAppUserId)];
		const isOutdated = [one, other].some((each) => each !== undefined && (each.pairedSince ?? -Infinity) >= at);
		return (one ?? other) !== undefined && one !== other && !isOutdated;
	});
}

async function learn(store: Store, { phone, whatsAppUserId, at }: ToldPair): Promise<void> {
	const { toFill, inboxes } = await store.transaction((db) =>
		applyConsentSignal(store, db, {
			provider: 'store',
			providerEventId: `pair ${phone} ${whatsAppUserId} ${at}`,
			kind: 'ignored',
			channel: 'whatsapp',
			sender: null,
			person: { phone, whatsAppUserId },
			sentAt: at,
			inbox: null,
			text: null,
		}),
	);
	for (const senderId of new Set(toFill)) await fillWaiting(store, senderId);
	wakeInboxes(inboxes);
}
