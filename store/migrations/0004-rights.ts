import { type Kysely, sql } from 'kysely';

/** Opt-outs of people erased, erasures under way, and the store's own chain of records. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema
		.createTable('suppression')
		.addColumn('hash', 'text', (c) => c.notNull())
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('effective_at', 'bigint', (c) => c.notNull())
		.addColumn('source', 'text', (c) => c.notNull())
		.addPrimaryKeyConstraint('suppression_pk', ['hash', 'scope'])
		.execute();

	await db.schema.alterTable('identity').addColumn('erasing_since', 'bigint').execute();
	// Partial: an erasure takes seconds.
	await sql`create index identity_erasing on identity (id) where erasing_since is not null`.execute(db);

	await db.schema
		.alterTable('ledger_chain')
		.addColumn('kind', 'text', (c) => c.notNull().defaultTo('person'))
		.execute();
	await sql`create unique index ledger_chain_of_store on ledger_chain (kind) where kind = 'store'`.execute(db);
	// For lists of opt-outs, which are few among the words.
	await sql`create index consent_word_out_of_person on consent_word (identity_id, scope) where direction = 'out'`.execute(
		db,
	);
}
