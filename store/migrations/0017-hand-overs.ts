import type { Kysely } from 'kysely';

/** How often an event was handed over to an execution: what ends processes is not handed over for ever. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema
		.alterTable('event')
		.addColumn('hand_overs', 'integer', (column) => column.notNull().defaultTo(0))
		.execute();
}
