import { type Kysely, sql } from 'kysely';

/** A contact may hold a WhatsApp user id instead of a number. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema.alterTable('contact').addColumn('whatsapp_user_id', 'text').execute();
	// Partial: few contacts have one, and the upgrade of a large store does not sort all others.
	await sql`create unique index contact_whatsapp_user_id on contact (whatsapp_user_id) where whatsapp_user_id is not null`.execute(
		db,
	);
}
