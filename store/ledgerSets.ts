import { sql } from 'kysely';

import type { ChainHead, LedgerRecord } from '../domain/ledger';
import { forUpdate } from './database/dialect';
import { listOf, numberCell, rowsOf, textCell } from './database/rows';
import type { Database } from './schema';

/** The identities of these E.164 numbers, made where they are missing; for thousands at once. */
export async function makeIdentities(
	db: Database,
	phones: readonly string[],
	now: number,
): Promise<Map<string, number>> {
	// Sorted, so that two transactions that make the same people do not wait for each other in a circle.
	const sorted = [...new Set(phones)].sort();
	await sql`
		insert into identity (phone, created_at)
		select ${textCell(0)}, cast(${now} as bigint) from ${rowsOf(
			db,
			sorted.map((phone) => [phone]),
		)} where true
		on conflict do nothing`.execute(db);
	const rows = await db
		.selectFrom('identity')
		.select(['id', 'phone'])
		.where('phone', 'in', listOf(db, sorted))
		.execute();
	return new Map(rows.map(({ id, phone }) => [phone ?? '', id]));
}

/** The chains of many people, by identity, begun where there is none, held until the transaction ends. */
export async function lockChains(db: Database, identityIds: readonly number[]): Promise<Map<number, ChainHead>> {
	if (identityIds.length === 0) return new Map();
	const rows = [...new Set(identityIds)].sort((one, other) => one - other).map((id) => [id]);
	await sql`
		insert into ledger_chain (identity_id, length, head)
		select ${numberCell(0)}, 0, '' from ${rowsOf(db, rows)} where true
		on conflict do nothing`.execute(db);
	const chains = await forUpdate(
		db,
		db
			.selectFrom('ledger_chain')
			.select(['identity_id', 'id', 'length', 'head', 'kind', 'seal'])
			.where('identity_id', 'in', listOf(db, identityIds))
			.orderBy('id'),
	).execute();
	return new Map(
		chains.map(({ identity_id, ...chain }) => [Number(identity_id), { ...chain, identityId: Number(identity_id) }]),
	);
}

/** Appends to chains held by lockChains; those of one chain in their order. @param seals of the chains with these records, by chain */
export async function appendToChains(
	db: Database,
	records: ReadonlyArray<Omit<LedgerRecord, 'id'>>,
	seals: ReadonlyMap<number, string | null>,
): Promise<void> {
	if (records.length === 0) return;
	const rows = records.map(({ chainId, sequence, at, details, salt, commitment, hash }) => [
		chainId,
		sequence,
		at,
		details,
		salt,
		commitment,
		hash,
	]);
	await sql`
		insert into consent_record (chain_id, sequence, at, details, salt, commitment, hash)
		select ${numberCell(0)}, ${numberCell(1)}, ${numberCell(2)}, ${textCell(3)}, ${textCell(4)}, ${textCell(5)}, ${textCell(6)} from ${rowsOf(db, rows)}`.execute(
		db,
	);
	const heads = new Map(
		records.map(({ chainId, sequence, hash }) => [chainId, [chainId, sequence, hash, seals.get(chainId) ?? null]]),
	);
	await sql`
		update ledger_chain set length = n.length, head = n.head, seal = n.seal
		from (select ${numberCell(0)} as id, ${numberCell(1)} as length, ${textCell(2)} as head, ${textCell(3)} as seal from ${rowsOf(db, [...heads.values()])}) as n
		where ledger_chain.id = n.id`.execute(db);
}
