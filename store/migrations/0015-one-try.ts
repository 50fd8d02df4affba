import { type Kysely } from 'kysely';

/** The one message a sender tries after trouble, and how often in a row something else than its provider answered. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema.alterTable('sender').addColumn('trying_until', 'bigint').execute();
	await db.schema
		.alterTable('sender')
		.addColumn('foreign_answers', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
}
