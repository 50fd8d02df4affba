import { type Kysely, sql } from 'kysely';

/** What Verify needs beyond the hashes: a seal of each chain, and who is not written to because of what it found. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema.alterTable('ledger_chain').addColumn('seal', 'text').execute();
	await db.schema.alterTable('identity').addColumn('contradicted_at', 'bigint').execute();
	await sql`create index identity_contradicted on identity (id) where contradicted_at is not null`.execute(db);
}
