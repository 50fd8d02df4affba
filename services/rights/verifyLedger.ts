import { NotFoundError } from '../../domain/errors';
import { type BrokenRecord, type ChainHead, type LedgerRecord, verifyChain } from '../../domain/ledger';
import { maskPhone } from '../../domain/phone';
import { findIdentity } from '../../store/identities';
import { chainOf, identitiesWithoutChain, recordsOfChains, selectChains } from '../../store/ledger';
import type { Database } from '../../store/schema';
import { sendingBlock } from '../../store/guard/sendingBlock';
import { commonCountry } from '../../store/senders';
import type { Store } from '../../store/store';
import { readPerson } from '../shared/personRef';
import { mergedHalves } from '../consent/mergedIdentities';
import { blockText } from '../shared/sendingBlock';

export interface ConsentVerdict {
	valid: boolean;
	/** How many records were read. */
	records: number;
	/** Each record at fault; `recordId` is null where it is gone. */
	broken: BrokenRecord[];
	/** Why nothing is sent until an operator confirms a restore, and what to do; null: nothing is blocked. */
	sendingBlocked: string | null;
}

/** Chains read at once: people have few records each. */
const CHAINS_A_PAGE = 100;
const BROKEN_SHOWN = 1_000;

/** Checks the consent ledger, of one person or of all, and names every record at fault. @throws {NotFoundError} for a number nobody has. */
export async function verifyConsent(store: Store, { number }: { number?: string } = {}): Promise<ConsentVerdict> {
	return await store.read(async (db) => {
		const block = await sendingBlock(db);
		const verdict: ConsentVerdict = { valid: true, records: 0, broken: [], sendingBlocked: block && blockText(block) };
		if (number) {
			const chains = await chainsOfPerson(db, number);
			await verifyChains(db, store.ledgerKey, chains, verdict);
		} else {
			for (let page: ChainHead[] | undefined; page === undefined || page.length === CHAINS_A_PAGE;) {
				page = await selectChains(db, page?.at(-1)?.id ?? 0, CHAINS_A_PAGE);
				await verifyChains(db, store.ledgerKey, page, verdict);
			}
			for (const identityId of await identitiesWithoutChain(db, BROKEN_SHOWN)) {
				verdict.broken.push({
					recordId: null,
					chainId: 0,
					sequence: 0,
					reason: `All records of the person with identity ${identityId} are missing.`,
				});
			}
		}
		return { ...verdict, valid: verdict.broken.length === 0, broken: verdict.broken.slice(0, BROKEN_SHOWN) };
	});
}

async function verifyChains(
	db: Database,
	key: string,
	chains: readonly ChainHead[],
	verdict: ConsentVerdict,
): Promise<void> {
	const records = await recordsOfChains(
		db,
		chains.map(({ id }) => id),
	);
	const byChain = new Map<number, LedgerRecord[]>(chains.map(({ id }) => [id, []]));
	for (const record of records) byChain.get(record.chainId)?.push(record);
	verdict.records += records.length;
	for (const chain of chains) verdict.broken.push(...verifyChain(chain, byChain.get(chain.id) ?? [], key).broken);
}

/** The person's own chain, and those of halves that were found to be the same person. */
async function chainsOfPerson(db: Database, number: string): Promise<ChainHead[]> {
	const key = await readPerson(db, number, await commonCountry(db));
	const person = await findIdentity(db, key);
	if (!person) throw new NotFoundError(`Nothing is recorded of ${maskPhone(key.phone ?? number)}.`);
	const chains: ChainHead[] = [];
	for (const id of [person.id, ...(await mergedHalves(db, person.id))]) {
		const chain = await chainOf(db, id);
		if (chain) chains.push(chain);
	}
	return chains;
}
