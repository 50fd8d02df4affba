import { sql } from 'kysely';

import { forUpdate } from './database/dialect';
import type { ChainHead, LedgerRecord } from '../domain/ledger';
import { chunksOf } from './database/rows';
import type { Database } from './schema';

const CHAIN = ['id', 'length', 'head', 'kind', 'identity_id as identityId', 'seal'] as const;
const RECORD = ['id', 'chain_id as chainId', 'sequence', 'at', 'details', 'salt', 'commitment', 'hash'] as const;
const ROWS_A_STATEMENT = 100;

/** A person's chain, begun where there is none, held until the transaction ends. */
export async function lockChain(db: Database, identityId: number): Promise<ChainHead> {
	const find = (): Promise<ChainHead | undefined> =>
		forUpdate(db, db.selectFrom('ledger_chain').select(CHAIN).where('identity_id', '=', identityId)).executeTakeFirst();
	const known = await find();
	if (known) return known;
	const made = await db
		.insertInto('ledger_chain')
		.values({ identity_id: identityId, length: 0, head: '' })
		.onConflict((conflict) => conflict.doNothing())
		.returning(CHAIN)
		.executeTakeFirst();
	const chain = made ?? (await find());
	if (!chain) throw new Error('A ledger chain was neither found nor made.');
	return chain;
}

/** The chain of the store itself, held until the transaction ends. */
export async function lockStoreChain(db: Database): Promise<ChainHead> {
	const find = (): Promise<ChainHead | undefined> =>
		forUpdate(db, db.selectFrom('ledger_chain').select(CHAIN).where('kind', '=', sql.lit('store'))).executeTakeFirst();
	const known = await find();
	if (known) return known;
	await db
		.insertInto('ledger_chain')
		.values({ kind: 'store', identity_id: null, length: 0, head: '' })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
	const made = await find();
	if (!made) throw new Error("The store's ledger chain was neither found nor made.");
	return made;
}

/** Appends to a chain held by lockChain or lockStoreChain. @param seal of the chain with these records */
export async function appendRecords(
	db: Database,
	records: readonly Omit<LedgerRecord, 'id'>[],
	seal: string | null,
): Promise<void> {
	const last = records.at(-1);
	if (!last) return;
	for (const chunk of chunksOf(records, ROWS_A_STATEMENT)) {
		await db
			.insertInto('consent_record')
			.values(
				chunk.map(({ chainId, sequence, at, details, salt, commitment, hash }) => ({
					chain_id: chainId,
					sequence,
					at,
					details,
					salt,
					commitment,
					hash,
				})),
			)
			.execute();
	}
	await db
		.updateTable('ledger_chain')
		.set({ length: last.sequence, head: last.hash, seal })
		.where('id', '=', last.chainId)
		.execute();
}

export async function chainOf(db: Database, identityId: number): Promise<ChainHead | undefined> {
	return await db.selectFrom('ledger_chain').select(CHAIN).where('identity_id', '=', identityId).executeTakeFirst();
}

/** Chains from before there were seals, by id. */
export async function unsealedChains(db: Database, limit: number): Promise<ChainHead[]> {
	return await forUpdate(
		db,
		db
			.selectFrom('ledger_chain')
			.select(CHAIN)
			.where('seal', 'is', null)
			.where('length', '>', 0)
			.orderBy('id')
			.limit(limit),
	).execute();
}

export async function saveSeal(db: Database, chainId: number, seal: string): Promise<void> {
	await db.updateTable('ledger_chain').set({ seal }).where('id', '=', chainId).execute();
}

/** A page of the store's own records after a position. */
export async function storeRecordsOf(db: Database, sequence: number, limit: number): Promise<LedgerRecord[]> {
	const chain = await db
		.selectFrom('ledger_chain')
		.select('id')
		.where('kind', '=', sql.lit('store'))
		.executeTakeFirst();
	return chain ? await recordsAfter(db, chain.id, sequence, limit) : [];
}

/** How many records there are up to one. */
export async function countRecords(db: Database, throughId: number): Promise<number> {
	const row = await db
		.selectFrom('consent_record')
		.select((select) => select.fn.countAll<number>().as('total'))
		.where('id', '<=', throughId)
		.executeTakeFirstOrThrow();
	return Number(row.total);
}

/** The newest record written before a time (UTC ms): none up to it is still being written. */
export async function newestRecordBefore(db: Database, at: number): Promise<number> {
	const row = await db
		.selectFrom('consent_record')
		.select('id')
		.where('at', '<', at)
		.orderBy('id', 'desc')
		.limit(1)
		.executeTakeFirst();
	return row?.id ?? 0;
}

/** By id, a page after `after`. */
export async function selectChains(db: Database, after: number, limit: number): Promise<ChainHead[]> {
	return await db.selectFrom('ledger_chain').select(CHAIN).where('id', '>', after).orderBy('id').limit(limit).execute();
}

/** In order of chain and sequence. */
export async function recordsOfChains(db: Database, chainIds: readonly number[]): Promise<LedgerRecord[]> {
	if (chainIds.length === 0) return [];
	return await db
		.selectFrom('consent_record')
		.select(RECORD)
		.where('chain_id', 'in', chainIds)
		.orderBy('chain_id')
		.orderBy('sequence')
		.execute();
}

/** A page of records after a position, in order of chain and sequence: for chains too long to read at once. */
export async function recordsAfter(
	db: Database,
	chainId: number,
	sequence: number,
	limit: number,
): Promise<LedgerRecord[]> {
	return await db
		.selectFrom('consent_record')
		.select(RECORD)
		.where('chain_id', '=', chainId)
		.where('sequence', '>', sequence)
		.orderBy('sequence')
		.limit(limit)
		.execute();
}

/** People of whom something is known that no chain tells: their ledger was taken away. */
export async function identitiesWithoutChain(db: Database, limit: number): Promise<number[]> {
	const said = db.selectFrom('consent_word').select('identity_id');
	const registered = db.selectFrom('registration').select('identity_id').where('state', 'in', ['active', 'waiting']);
	const rows = await db
		.selectFrom(said.union(registered).as('w'))
		.leftJoin('ledger_chain as c', 'c.identity_id', 'w.identity_id')
		.select('w.identity_id as id')
		.distinct()
		.where('c.id', 'is', null)
		// The chain of a half that an upgrade joined tells it.
		.where((where) =>
			where.not(
				where.exists(
					where
						.selectFrom('identity as half')
						.innerJoin('ledger_chain as k', 'k.identity_id', 'half.id')
						.select('half.id')
						.whereRef('half.merged_into_id', '=', 'w.identity_id'),
				),
			),
		)
		.limit(limit)
		.execute();
	return rows.map(({ id }) => id);
}
