import { NotFoundError } from '../domain/errors';
import { type BrokenRecord, type ChainHead, type LedgerRecord, type RecordDetails, verifyChain } from '../domain/ledger';
import { maskPhone, normalisePhone } from '../domain/phone';
import { findIdentity } from '../store/identities';
import { chainOf, identitiesWithoutChain, recordsOfChains, selectChains } from '../store/ledger';
import type { Database } from '../store/schema';
import { commonCountry } from '../store/senders';
import type { Store } from '../store/store';

export interface ConsentVerdict {
	valid: boolean;
	/** How many records were read. */
	records: number;
	/** Each record at fault; `recordId` is null where it is gone. */
	broken: BrokenRecord[];
}

export interface ExportedRecord {
	recordId: number;
	sequence: number;
	/** ISO 8601. */
	at: string;
	/** What was recorded; null once erased. */
	details: RecordDetails | null;
	hash: string;
}

export interface ConsentExport {
	/** E.164. */
	phone: string;
	whatsAppUserId: string | null;
	valid: boolean;
	records: ExportedRecord[];
}

/** Chains read at once: people have few records each. */
const CHAINS_A_PAGE = 100;
const BROKEN_SHOWN = 1_000;

/** Checks the consent ledger, of one person or of all, and names every record at fault. @throws {NotFoundError} for a number nobody has. */
export async function verifyConsent(store: Store, { number }: { number?: string } = {}): Promise<ConsentVerdict> {
	return await store.read(async (db) => {
		const verdict: ConsentVerdict = { valid: true, records: 0, broken: [] };
		if (number) {
			const chains = await chainsOfPerson(db, (await personWith(db, number)).id);
			await verifyChains(db, store.ledgerKey, chains, verdict);
		} else {
			for (let page: ChainHead[] | undefined; page === undefined || page.length === CHAINS_A_PAGE; ) {
				page = await selectChains(db, page?.at(-1)?.id ?? 0, CHAINS_A_PAGE);
				await verifyChains(db, store.ledgerKey, page, verdict);
			}
			for (const identityId of await identitiesWithoutChain(db, BROKEN_SHOWN)) {
				verdict.broken.push({ recordId: null, chainId: 0, sequence: 0, reason: `All records of the person with identity ${identityId} are missing.` });
			}
		}
		return { ...verdict, valid: verdict.broken.length === 0, broken: verdict.broken.slice(0, BROKEN_SHOWN) };
	});
}

async function verifyChains(db: Database, key: string, chains: readonly ChainHead[], verdict: ConsentVerdict): Promise<void> {
	const records = await recordsOfChains(
		db,
		chains.map(({ id }) => id),
	);
	const byChain = new Map<number, LedgerRecord[]>(chains.map(({ id }) => [id, []]));
	for (const record of records) byChain.get(record.chainId)?.push(record);
	verdict.records += records.length;
	for (const chain of chains) verdict.broken.push(...verifyChain(chain, byChain.get(chain.id) ?? [], key).broken);
}

/** Everything recorded of a person, oldest first. @throws {NotFoundError} for a number nobody has. */
export async function exportConsent(store: Store, { number }: { number: string }): Promise<ConsentExport> {
	return await store.read(async (db) => {
		const person = await personWith(db, number);
		const chains = await chainsOfPerson(db, person.id);
		const verdict: ConsentVerdict = { valid: true, records: 0, broken: [] };
		await verifyChains(db, store.ledgerKey, chains, verdict);
		const records = await recordsOfChains(
			db,
			chains.map(({ id }) => id),
		);
		records.sort((one, other) => one.at - other.at || one.id - other.id);
		return { phone: person.phone ?? '', whatsAppUserId: person.whatsAppUserId, valid: verdict.broken.length === 0, records: records.map(toExported) };
	});
}

function toExported({ id, sequence, at, details, hash }: LedgerRecord): ExportedRecord {
	return { recordId: id, sequence, at: new Date(at).toISOString(), details: details === null ? null : (JSON.parse(details) as RecordDetails), hash };
}

async function personWith(db: Database, number: string) {
	const { phone } = normalisePhone(number, await commonCountry(db));
	const person = await findIdentity(db, { phone });
	if (!person) throw new NotFoundError(`Nothing is recorded of ${maskPhone(phone)}.`);
	return person;
}

/** The person's own chain, and those of halves that were found to be the same person. */
async function chainsOfPerson(db: Database, identityId: number): Promise<ChainHead[]> {
	const chains: ChainHead[] = [];
	const waiting = [identityId];
	const seen = new Set(waiting);
	for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
		const chain = await chainOf(db, next);
		if (!chain) continue;
		chains.push(chain);
		for (const { details } of await recordsOfChains(db, [chain.id])) {
			const { mergedIdentityId } = JSON.parse(details ?? '{}') as { mergedIdentityId?: number };
			if (mergedIdentityId === undefined || seen.has(mergedIdentityId)) continue;
			seen.add(mergedIdentityId);
			waiting.push(mergedIdentityId);
		}
	}
	return chains;
}
