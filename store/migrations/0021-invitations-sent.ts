import { type Kysely, PostgresAdapter, sql } from 'kysely';

/** Invitations really sent, by keyed hash of the number: limits over weeks, and one after a STOP, are counted by these. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
	const table = db.schema.createTable('invitation_sent');
	await (
		postgres
			? table.addColumn('id', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
			: table.addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
	)
		.addColumn('number_key', 'text', (column) => column.notNull())
		.addColumn('at', 'bigint', (column) => column.notNull())
		.addColumn('after_opt_out', 'integer', (column) => column.notNull())
		.execute();
	await db.schema
		.createIndex('invitation_sent_by_number')
		.on('invitation_sent')
		.columns(['number_key', 'at'])
		.execute();
	await sql`create index invitation_sent_passing on invitation_sent (at) where after_opt_out = 0`.execute(db);
	await db.schema
		.alterTable('invitation')
		.addColumn('told', 'integer', (column) => column.notNull().defaultTo(1))
		.execute();
}
