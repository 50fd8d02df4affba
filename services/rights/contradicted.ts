import { contradictions, foldRecords } from '../../domain/consent/recorded';
import type { ChainHead, LedgerRecord } from '../../domain/ledger';
import { consentWordsOfPeople } from '../../store/consentWords';
import { identitiesById, smsConsentsOf } from '../../store/identities';
import { registrationsOfPeople } from '../../store/registrations';
import type { Database } from '../../store/schema';

/** What is at fault with one person. */
export interface Contradiction {
	identityId: number;
	chainId: number;
	reason: string;
}

/**
 * Holds what the store says of people against their records. Only what is more than the records say is told: a registration that
 * nobody gave, an opt-out that is gone, a consent to SMS that no record tells, a number that is somebody else's.
 */
export async function contradictionsOf(
	db: Database,
	chains: readonly ChainHead[],
	records: ReadonlyMap<number, LedgerRecord[]>,
): Promise<Contradiction[]> {
	const chainOf = new Map(chains.flatMap((chain) => (chain.identityId === null ? [] : [[chain.identityId, chain]])));
	const identities = await identitiesById(db, [...chainOf.keys()]);
	const ids = identities.map(({ id }) => id);
	const words = await consentWordsOfPeople(db, ids);
	const registrations = await registrationsOfPeople(db, ids);
	const consents = await smsConsentsOf(db, ids);
	const found: Contradiction[] = [];
	for (const { id, phone, whatsAppUserId } of identities) {
		const chain = chainOf.get(id);
		// One that was merged into another, or erased, is nobody any more.
		if (!chain || (phone === null && whatsAppUserId === null)) continue;
		const recorded = foldRecords(records.get(chain.id) ?? []);
		if (recorded.isErased) {
			found.push({
				identityId: id,
				chainId: chain.id,
				reason: 'Fields of records are gone, and nobody erased the person.',
			});
			continue;
		}
		const stored = {
			phone,
			optedOut: new Set(
				words.filter((word) => word.identityId === id && word.direction === 'out').map(({ scope }) => scope),
			),
			registrations: new Map(
				registrations.filter(({ identityId }) => identityId === id).map(({ senderId, state }) => [senderId, state]),
			),
			smsConsents: consents.filter(({ identityId }) => identityId === id).map(({ at }) => at),
		};
		for (const reason of contradictions(recorded, stored)) found.push({ identityId: id, chainId: chain.id, reason });
	}
	return found;
}
