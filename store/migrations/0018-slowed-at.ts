import type { Kysely } from 'kysely';

/** When a sender was last throttled: statuses of messages requested before tell of the same trouble, and slow it down no further. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema.alterTable('sender').addColumn('slowed_at', 'bigint').execute();
}
