import { type CreateTableBuilder, type Kysely, PostgresAdapter, sql } from 'kysely';

/** What an invitation holds until it is answered, when it was last sent, and the requests that limits are counted by. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
	const table = (name: string): CreateTableBuilder<string, 'id'> =>
		postgres
			? db.schema.createTable(name).addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity())
			: db.schema.createTable(name).addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement());

	const change = db.schema.alterTable('invitation');
	await change.addColumn('origin', 'text', (c) => c.notNull().defaultTo('operator')).execute();
	await change.addColumn('further_group_ids', 'text', (c) => c.notNull().defaultTo('[]')).execute();
	await change.addColumn('person_fields', 'text').execute();
	await change.addColumn('answered_by', 'bigint').execute();
	await change.addColumn('last_sent_at', 'bigint', (c) => c.notNull().defaultTo(0)).execute();
	await sql`update invitation set last_sent_at = created_at`.execute(db);
	// Open ones are few; those that ran out unanswered stay as they are, and grow without end.
	await sql`create index invitation_open on invitation (expires_at) where state = 'pending'`.execute(db);
	await sql`create index invitation_with_fields on invitation (expires_at) where state = 'pending' and person_fields is not null`.execute(
		db,
	);
	await sql`create index invitation_answered_by on invitation (answered_by) where person_fields is not null`.execute(
		db,
	);

	await table('invitation_request')
		.addColumn('origin', 'text', (c) => c.notNull())
		.addColumn('number_key', 'text', (c) => c.notNull())
		.addColumn('address_key', 'text')
		.addColumn('at', 'bigint', (c) => c.notNull())
		.execute();
	for (const column of ['origin', 'number_key', 'address_key']) {
		await db.schema
			.createIndex(`invitation_request_by_${column}`)
			.on('invitation_request')
			.columns([column, 'at'])
			.execute();
	}
}
