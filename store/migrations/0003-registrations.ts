import { type Kysely, sql } from 'kysely';

/** Lists of a million registrations in pages by key, and senders whose number changed. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema.alterTable('sender').addColumn('replaced_by_id', 'bigint').execute();
	await db.schema.alterTable('sender').addColumn('carried_through', 'bigint').execute();
	// A list of one state, and of what changed since, reads its page and no more.
	await db.schema
		.createIndex('registration_of_state')
		.on('registration')
		.columns(['state', 'identity_id', 'sender_id'])
		.execute();
	await db.schema
		.createIndex('registration_since')
		.on('registration')
		.columns(['since', 'identity_id', 'sender_id'])
		.execute();
	// Which people a scope's opt-outs belong to: what a new number takes over from the old one.
	await sql`create index consent_word_out on consent_word (scope, identity_id) where direction = 'out'`.execute(db);
}
