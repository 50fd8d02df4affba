import type { Kysely } from 'kysely';

/** An outage costs messages no try: the sender counts it, waits, and tries one. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema
		.alterTable('sender')
		.addColumn('setbacks', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
}
