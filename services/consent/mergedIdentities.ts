import { joinedByUpgrade } from '../../store/identities';
import { chainOf, recordsAfter } from '../../store/ledger';
import type { Database } from '../../store/schema';

const RECORDS_A_PAGE = 500;

/** Identities that were found to be the same person and merged into this one, and those merged into them: the ledger tells, or the upgrade that joined them. */
export async function mergedHalves(db: Database, identityId: number): Promise<number[]> {
	const found = new Set([identityId]);
	for (const id of found) {
		for (const half of await joinedByUpgrade(db, id)) found.add(half);
		const chain = await chainOf(db, id);
		if (!chain) continue;
		for (let sequence = 0; ;) {
			const records = await recordsAfter(db, chain.id, sequence, RECORDS_A_PAGE);
			for (const { details } of records) {
				const { mergedIdentityId } = JSON.parse(details ?? '{}') as { mergedIdentityId?: number };
				if (mergedIdentityId !== undefined) found.add(mergedIdentityId);
			}
			sequence = records.at(-1)?.sequence ?? sequence;
			if (records.length < RECORDS_A_PAGE) break;
		}
	}
	found.delete(identityId);
	return [...found];
}
