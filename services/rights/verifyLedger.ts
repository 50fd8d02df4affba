import { foldRecords } from '../../domain/consent/recorded';
import { NotFoundError } from '../../domain/errors';
import {
	type BrokenRecord,
	type ChainHead,
	isSealed,
	type LedgerRecord,
	sealOf,
	verifyChain,
} from '../../domain/ledger';
import { maskPhone } from '../../domain/phone';
import { findIdentity, markContradicted } from '../../store/identities';
import {
	chainOf,
	countRecords,
	identitiesWithoutChain,
	newestRecordBefore,
	recordsOfChains,
	saveSeal,
	selectChains,
	storeRecordsOf,
	unsealedChains,
} from '../../store/ledger';
import type { Database } from '../../store/schema';
import { sendingBlock } from '../../store/guard/sendingBlock';
import { commonCountry } from '../../store/senders';
import type { Store } from '../../store/store';
import { ERASED, suppressionsOf } from '../../store/suppressions';
import { mergedHalves } from '../consent/mergedIdentities';
import { writeStoreRecord } from '../consent/writeRecords';
import { readPerson } from '../shared/personRef';
import { blockText } from '../shared/sendingBlock';
import { contradictionsOf } from './contradicted';

export interface ConsentVerdict {
	valid: boolean;
	/** How many records were read. */
	records: number;
	/** Each record or chain at fault; `recordId` is null where it is gone, or where a whole chain is meant. */
	broken: BrokenRecord[];
	/** Identities to whom nothing is sent until an operator has looked: what the store says of them is more than their records say. */
	contradicted: number[];
	/** Why nothing is sent until an operator confirms a restore, and what to do; null: nothing is blocked. */
	sendingBlocked: string | null;
}

/** What is found, with the people concerned. */
interface Findings {
	records: number;
	broken: BrokenRecord[];
	contradicted: Set<number>;
}

/** Chains read at once: people have few records each. */
const CHAINS_A_PAGE = 100;
const BROKEN_SHOWN = 1_000;
const SEALED_AT_ONCE = 200;
/** A record older than this is there or was never written: no transaction lasts so long. */
const SETTLED_AFTER_MS = 10 * 60_000;
const STORE_RECORDS_A_PAGE = 500;

/**
 * Checks the consent ledger, of one person or of all, holds the store against it, and names everything at fault. Who is found to be
 * allowed more than their records say is sent nothing until an operator has looked. @throws {NotFoundError} for a number nobody has.
 */
export async function verifyConsent(store: Store, { number }: { number?: string } = {}): Promise<ConsentVerdict> {
	await sealChains(store);
	const findings: Findings = { records: 0, broken: [], contradicted: new Set() };
	if (number) {
		await store.read(async (db) => verifyChains(db, store.ledgerKey, await chainsOfPerson(db, number), findings));
	} else {
		for (let after = 0; after !== -1;) after = await verifyPage(store, after, findings);
		await verifyWhole(store, findings);
	}
	await keepFrom(store, findings);
	if (!number && findings.broken.length === 0) await writeCheckpoint(store);
	const block = await store.read(sendingBlock);
	return {
		valid: findings.broken.length === 0,
		records: findings.records,
		broken: findings.broken.slice(0, BROKEN_SHOWN),
		contradicted: [...findings.contradicted],
		sendingBlocked: block && blockText(block),
	};
}

/** @param after chain id. @returns the last chain looked at; -1 when there are no more. */
async function verifyPage(store: Store, after: number, findings: Findings): Promise<number> {
	return await store.read(async (db) => {
		const page = await selectChains(db, after, CHAINS_A_PAGE);
		await verifyChains(db, store.ledgerKey, page, findings);
		return page.length < CHAINS_A_PAGE ? -1 : (page.at(-1)?.id ?? -1);
	});
}

async function verifyChains(
	db: Database,
	key: string,
	chains: readonly ChainHead[],
	findings: Findings,
): Promise<void> {
	const records = await recordsOfChains(
		db,
		chains.map(({ id }) => id),
	);
	const byChain = new Map<number, LedgerRecord[]>(chains.map(({ id }) => [id, []]));
	for (const record of records) byChain.get(record.chainId)?.push(record);
	findings.records += records.filter(({ details }) => !isBookkeeping(details)).length;
	const whole: ChainHead[] = [];
	for (const chain of chains) {
		const { broken } = verifyChain(chain, byChain.get(chain.id) ?? [], key);
		if (!isSealed(chain, key) || (chain.seal === null && chain.length > 0))
			broken.push(wholeChain(chain.id, 'The chain was cut, set back, or given to somebody else.'));
		findings.broken.push(...broken);
		if (broken.length === 0) whole.push(chain);
		if (broken.length === 0 || chain.identityId === null) continue;
		const { acceptedAt } = foldRecords(byChain.get(chain.id) ?? []);
		if (broken.some(({ sequence }) => sequence === 0 || sequence > acceptedAt))
			findings.contradicted.add(chain.identityId);
	}
	for (const { identityId, chainId, reason } of await contradictionsOf(db, whole, byChain)) {
		findings.broken.push(wholeChain(chainId, reason));
		findings.contradicted.add(identityId);
	}
}

/** What Verify itself notes in the store's own chain. */
const isBookkeeping = (details: string | null): boolean =>
	details !== null && /"action":"(checkpoint|chainsSealed)"/.test(details);

const wholeChain = (chainId: number, reason: string): BrokenRecord => ({
	recordId: null,
	chainId,
	sequence: 0,
	reason,
});

/** What no chain of a person tells: chains that are gone, and the store's own records. */
async function verifyWhole(store: Store, findings: Findings): Promise<void> {
	await store.read(async (db) => {
		for (const identityId of await identitiesWithoutChain(db, BROKEN_SHOWN)) {
			findings.broken.push(wholeChain(0, `All records of the person with identity ${identityId} are missing.`));
			findings.contradicted.add(identityId);
		}
	});
	let last: Checkpoint | null = null;
	for (let sequence = 0; ;) {
		const page = await store.read((db) => storeRecordsOf(db, sequence, STORE_RECORDS_A_PAGE));
		for (const record of page) {
			const details = JSON.parse(record.details ?? '{}') as {
				action?: string;
				hashes?: string[];
			} & Partial<Checkpoint>;
			if (details.action === 'checkpoint') last = { through: details.through ?? 0, records: details.records ?? 0 };
			if (details.action === 'erased' && details.hashes) {
				const { hashes } = details;
				const kept = await store.read((db) => suppressionsOf(db, hashes));
				const erased = new Set(kept.filter(({ scope }) => scope === ERASED).map(({ hash }) => hash));
				if (hashes.some((hash) => !erased.has(hash)))
					findings.broken.push({
						...wholeChain(
							record.chainId,
							'What was kept of somebody erased, so that they are not written to again, is gone.',
						),
						recordId: record.id,
						sequence: record.sequence,
					});
			}
		}
		sequence = page.at(-1)?.sequence ?? sequence;
		if (page.length < STORE_RECORDS_A_PAGE) break;
	}
	if (last) {
		const { through, records } = last;
		const now = await store.read((db) => countRecords(db, through));
		if (now !== records)
			findings.broken.push(
				wholeChain(0, `There were ${records} records up to number ${through} at the last Verify, and are ${now} now.`),
			);
	}
}

/** How many records there were, so that a later Verify notices that some are gone, whatever their chains say. */
interface Checkpoint {
	through: number;
	records: number;
}

async function writeCheckpoint(store: Store): Promise<void> {
	const through = await store.read((db) => newestRecordBefore(db, store.now() - SETTLED_AFTER_MS));
	if (through === 0) return;
	const records = await store.read((db) => countRecords(db, through));
	await store.transaction((db) =>
		writeStoreRecord(store, db, { action: 'checkpoint', source: 'store', through, records }),
	);
}

/** Chains from before there were seals get one, once: after that, one without is at fault. */
async function sealChains(store: Store): Promise<void> {
	if (await areChainsSealed(store)) return;
	for (let sealed = 0; ;) {
		const count = await store.transaction(async (db) => {
			const chains = await unsealedChains(db, SEALED_AT_ONCE);
			for (const chain of chains) await saveSeal(db, chain.id, sealOf(chain, store.ledgerKey));
			if (chains.length < SEALED_AT_ONCE)
				await writeStoreRecord(store, db, {
					action: 'chainsSealed',
					source: 'store',
					chains: sealed + chains.length,
				});
			return chains.length;
		});
		sealed += count;
		if (count < SEALED_AT_ONCE) return;
	}
}

async function areChainsSealed(store: Store): Promise<boolean> {
	for (let sequence = 0; ;) {
		const page = await store.read((db) => storeRecordsOf(db, sequence, STORE_RECORDS_A_PAGE));
		if (page.some(({ details }) => details?.includes('"action":"chainsSealed"'))) return true;
		sequence = page.at(-1)?.sequence ?? sequence;
		if (page.length < STORE_RECORDS_A_PAGE) return false;
	}
}

/** Nothing is sent to whom the findings concern. */
async function keepFrom(store: Store, { contradicted }: Findings): Promise<void> {
	if (contradicted.size > 0) await store.transaction((db) => markContradicted(db, [...contradicted], store.now()));
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
