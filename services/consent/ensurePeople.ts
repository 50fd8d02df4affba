import { ensureIdentities, findIdentity } from '../../store/identities';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import { suppressedNumbers } from '../../store/suppressions';
import { applyConsentSignals } from './engine';
import { keptOf, takeKept } from './keptOfErased';

/** The identities of these E.164 numbers, made where they are missing; who was erased gets back the opt-outs that were kept. */
export async function ensurePeople(
	store: Store,
	db: Database,
	phones: readonly string[],
): Promise<Map<string, number>> {
	const ids = await ensureIdentities(db, phones, store.now());
	for (const phone of [...(await suppressedNumbers(db, phones)).keys()].sort()) {
		const identity = await findIdentity(db, { phone });
		if (identity)
			await applyConsentSignals(
				store,
				db,
				await takeKept(db, identity, await keptOf(db, { phone, whatsAppUserId: null })),
			);
	}
	return ids;
}
