import { type Kysely, sql } from 'kysely';

/** Who was written to by WhatsApp user id: a campaign looks there before it writes to the same person by number, and back. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await sql`create index message_by_user_id on message (identity_id, campaign_id) where recipient is null and identity_id is not null`.execute(
		db,
	);
}
