import { type Kysely } from 'kysely';

/** WhatsApp user ids that people had before, and since when a number and a user id are known to belong together. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema.alterTable('identity').addColumn('paired_since', 'bigint').execute();
	await db.schema
		.createTable('former_user_id')
		.addColumn('whatsapp_user_id', 'text', (column) => column.primaryKey())
		.addColumn('identity_id', 'bigint', (column) => column.notNull().references('identity.id'))
		.execute();
	await db.schema.createIndex('former_user_id_identity').on('former_user_id').column('identity_id').execute();
}
