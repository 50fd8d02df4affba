import { type Kysely, sql } from 'kysely';

/** Merge and Export look up every message of one contact, sent or not. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`create index message_by_contact on message (contact_id) where contact_id is not null`.execute(db);
}
