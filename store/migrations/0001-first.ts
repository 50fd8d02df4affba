import { type CreateTableBuilder, type Kysely, PostgresAdapter, sql } from 'kysely';

/** Every table of the first version. Written without Schema: a migration stays as it was when the schema moves on. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const postgres = db.getExecutor().adapter instanceof PostgresAdapter;

	/** Ids are never given out twice, also not after a delete: they travel to providers as references. */
	const table = (name: string): CreateTableBuilder<string, 'id'> =>
		postgres
			? db.schema.createTable(name).addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity())
			: db.schema.createTable(name).addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement());

	await db.schema
		.createTable('setting')
		.addColumn('name', 'text', (c) => c.primaryKey())
		.addColumn('value', 'text', (c) => c.notNull())
		.execute();

	await table('sender')
		.addColumn('phone', 'text', (c) => c.notNull().unique())
		.addColumn('name', 'text', (c) => c.notNull())
		.addColumn('provider', 'text', (c) => c.notNull())
		.addColumn('provider_sender_id', 'text')
		.addColumn('sms_sender_address', 'text')
		.addColumn('sends_whatsapp', 'integer', (c) => c.notNull())
		.addColumn('sends_sms', 'integer', (c) => c.notNull())
		.addColumn('policy', 'text', (c) => c.notNull())
		.addColumn('stop_scope', 'text', (c) => c.notNull())
		.addColumn('package_limit', 'integer')
		.addColumn('rate_per_second', 'double precision', (c) => c.notNull())
		.addColumn('daily_new_recipient_cap', 'integer')
		.addColumn('country', 'text', (c) => c.notNull())
		.addColumn('language', 'text', (c) => c.notNull())
		.addColumn('next_send_at_us', 'bigint', (c) => c.notNull().defaultTo(0))
		.addColumn('slowdown', 'double precision', (c) => c.notNull().defaultTo(1))
		.addColumn('stopped_reason', 'text')
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.addColumn('updated_at', 'bigint', (c) => c.notNull())
		.execute();
	await db.schema
		.createIndex('sender_provider')
		.unique()
		.on('sender')
		.columns(['provider', 'provider_sender_id'])
		.execute();

	await table('identity')
		.addColumn('phone', 'text', (c) => c.unique())
		.addColumn('whatsapp_user_id', 'text', (c) => c.unique())
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.execute();

	await db.schema
		.createTable('registration')
		.addColumn('sender_id', 'bigint', (c) => c.notNull().references('sender.id'))
		.addColumn('identity_id', 'bigint', (c) => c.notNull().references('identity.id'))
		.addColumn('state', 'text', (c) => c.notNull())
		.addColumn('since', 'bigint', (c) => c.notNull())
		.addColumn('ended_by', 'text')
		.addColumn('last_inbound_at', 'bigint')
		.addColumn('inbox', 'text')
		.addPrimaryKeyConstraint('registration_pk', ['identity_id', 'sender_id'])
		.execute();
	await db.schema
		.createIndex('registration_by_state')
		.on('registration')
		.columns(['sender_id', 'state', 'since', 'identity_id'])
		.execute();

	await db.schema
		.createTable('consent_word')
		.addColumn('identity_id', 'bigint', (c) => c.notNull().references('identity.id'))
		.addColumn('scope', 'text', (c) => c.notNull())
		.addColumn('direction', 'text', (c) => c.notNull())
		.addColumn('effective_at', 'bigint', (c) => c.notNull())
		.addColumn('source', 'text', (c) => c.notNull())
		.addColumn('event_id', 'bigint')
		.addPrimaryKeyConstraint('consent_word_pk', ['identity_id', 'scope'])
		.execute();

	await table('event')
		.addColumn('inbox', 'text')
		.addColumn('provider', 'text', (c) => c.notNull())
		.addColumn('provider_event_id', 'text', (c) => c.notNull())
		.addColumn('kind', 'text', (c) => c.notNull())
		.addColumn('channel', 'text', (c) => c.notNull())
		.addColumn('sender_id', 'bigint')
		.addColumn('identity_id', 'bigint')
		.addColumn('group_id', 'bigint')
		.addColumn('effective_at', 'bigint', (c) => c.notNull())
		.addColumn('received_at', 'bigint', (c) => c.notNull())
		.addColumn('text', 'text')
		.addColumn('details', 'text', (c) => c.notNull())
		.addColumn('applied', 'integer', (c) => c.notNull())
		.addColumn('outcome', 'text', (c) => c.notNull())
		.addColumn('output', 'text')
		.addColumn('taken_at', 'bigint')
		.addColumn('lease_owner', 'text')
		.addColumn('lease_until', 'bigint')
		.addUniqueConstraint('event_once', ['provider', 'provider_event_id'])
		.execute();
	await db.schema.createIndex('event_by_identity').on('event').columns(['identity_id', 'effective_at', 'id']).execute();
	// Partial: what is waiting is few, what has been taken grows without end.
	await sql`create index event_waiting on event (inbox, id) where taken_at is null and inbox is not null`.execute(db);

	await table('contact')
		.addColumn('name', 'text')
		.addColumn('sms_number', 'text', (c) => c.unique())
		.addColumn('whatsapp_number', 'text', (c) => c.unique())
		.addColumn('fields', 'text', (c) => c.notNull())
		.addColumn('language', 'text')
		.addColumn('sms_consent_source', 'text')
		.addColumn('sms_consent_at', 'bigint')
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.addColumn('updated_at', 'bigint', (c) => c.notNull())
		.execute();

	await table('contact_group')
		.addColumn('name', 'text', (c) => c.notNull())
		.addColumn('shortcode', 'text', (c) => c.notNull().unique())
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.execute();

	await db.schema
		.createTable('membership')
		.addColumn('group_id', 'bigint', (c) => c.notNull().references('contact_group.id').onDelete('cascade'))
		.addColumn('contact_id', 'bigint', (c) => c.notNull().references('contact.id').onDelete('cascade'))
		.addColumn('source', 'text', (c) => c.notNull())
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.addPrimaryKeyConstraint('membership_pk', ['group_id', 'contact_id'])
		.execute();
	await db.schema.createIndex('membership_by_contact').on('membership').column('contact_id').execute();

	await table('invitation')
		.addColumn('code', 'text', (c) => c.notNull().unique())
		.addColumn('sender_id', 'bigint', (c) => c.notNull().references('sender.id'))
		.addColumn('identity_id', 'bigint', (c) => c.notNull().references('identity.id'))
		.addColumn('group_id', 'bigint')
		.addColumn('state', 'text', (c) => c.notNull())
		.addColumn('evidence', 'text', (c) => c.notNull())
		.addColumn('reminders', 'integer', (c) => c.notNull())
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.addColumn('expires_at', 'bigint', (c) => c.notNull())
		.addColumn('used_at', 'bigint')
		.execute();
	await db.schema
		.createIndex('invitation_by_identity')
		.on('invitation')
		.columns(['identity_id', 'sender_id'])
		.execute();

	await table('ledger_chain')
		.addColumn('identity_id', 'bigint', (c) => c.unique())
		.addColumn('length', 'integer', (c) => c.notNull())
		.addColumn('head', 'text', (c) => c.notNull())
		.execute();

	await table('consent_record')
		.addColumn('chain_id', 'bigint', (c) => c.notNull().references('ledger_chain.id'))
		.addColumn('sequence', 'integer', (c) => c.notNull())
		.addColumn('at', 'bigint', (c) => c.notNull())
		.addColumn('details', 'text')
		.addColumn('salt', 'text')
		.addColumn('commitment', 'text', (c) => c.notNull())
		.addColumn('hash', 'text', (c) => c.notNull())
		.addUniqueConstraint('consent_record_once', ['chain_id', 'sequence'])
		.execute();

	await table('campaign')
		.addColumn('key', 'text', (c) => c.notNull().unique())
		.addColumn('name', 'text', (c) => c.notNull())
		.addColumn('purpose', 'text', (c) => c.notNull())
		.addColumn('channels', 'text', (c) => c.notNull())
		.addColumn('whatsapp_sender_id', 'bigint')
		.addColumn('sms_sender_id', 'bigint')
		.addColumn('audience', 'text', (c) => c.notNull())
		.addColumn('content', 'text', (c) => c.notNull())
		.addColumn('state', 'text', (c) => c.notNull())
		.addColumn('planned_through', 'bigint', (c) => c.notNull())
		.addColumn('pause_reason', 'text')
		.addColumn('starts_at', 'bigint', (c) => c.notNull())
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.addColumn('finished_at', 'bigint')
		.execute();

	await table('message')
		.addColumn('campaign_id', 'bigint')
		.addColumn('group_id', 'bigint', (c) => c.notNull())
		.addColumn('sender_id', 'bigint', (c) => c.notNull())
		.addColumn('channel', 'text', (c) => c.notNull())
		.addColumn('purpose', 'text', (c) => c.notNull())
		.addColumn('identity_id', 'bigint')
		.addColumn('contact_id', 'bigint')
		.addColumn('recipient', 'text')
		.addColumn('content', 'text')
		.addColumn('fields', 'text')
		.addColumn('state', 'text', (c) => c.notNull())
		.addColumn('reason', 'text')
		.addColumn('reason_text', 'text')
		.addColumn('idempotency_key', 'text', (c) => c.unique())
		.addColumn('reply_to_event_id', 'bigint', (c) => c.unique())
		.addColumn('provider_message_id', 'text')
		.addColumn('delivered_as', 'text')
		.addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
		.addColumn('due_at', 'bigint', (c) => c.notNull())
		.addColumn('lease_owner', 'text')
		.addColumn('lease_until', 'bigint')
		.addColumn('marked_at', 'bigint')
		.addColumn('created_at', 'bigint', (c) => c.notNull())
		.addColumn('state_at', 'bigint', (c) => c.notNull())
		.execute();
	// One message a person, channel and campaign, however often planning is repeated.
	await sql`create unique index message_once on message (campaign_id, channel, recipient) where campaign_id is not null and recipient is not null and state <> 'skipped'`.execute(
		db,
	);
	await sql`create index message_to_send on message (sender_id, due_at, id) where state = 'queued'`.execute(db);
	await sql`create index message_in_flight on message (marked_at) where state = 'sending'`.execute(db);
	await sql`create index message_open_by_identity on message (identity_id) where state in ('queued', 'sending')`.execute(
		db,
	);
	await sql`create index message_open_by_recipient on message (recipient) where state in ('queued', 'sending')`.execute(
		db,
	);
	await sql`create index message_open_by_contact on message (contact_id) where state in ('queued', 'sending')`.execute(
		db,
	);
	await db.schema.createIndex('message_by_provider_id').on('message').column('provider_message_id').execute();
	await db.schema.createIndex('message_by_campaign').on('message').columns(['campaign_id', 'state', 'id']).execute();

	await db.schema
		.createTable('delivery_slot')
		.addColumn('sender_id', 'bigint', (c) => c.notNull())
		.addColumn('number', 'integer', (c) => c.notNull())
		.addColumn('owner', 'text')
		.addColumn('trigger', 'text')
		.addColumn('lease_until', 'bigint', (c) => c.notNull())
		.addPrimaryKeyConstraint('delivery_slot_pk', ['sender_id', 'number'])
		.execute();

	await db.schema
		.createTable('counter')
		.addColumn('quarter_at', 'bigint', (c) => c.notNull())
		.addColumn('sender_id', 'bigint', (c) => c.notNull())
		.addColumn('channel', 'text', (c) => c.notNull())
		.addColumn('campaign_id', 'bigint', (c) => c.notNull())
		.addColumn('group_id', 'bigint', (c) => c.notNull())
		.addColumn('template', 'text', (c) => c.notNull())
		.addColumn('error', 'text', (c) => c.notNull())
		.addColumn('what', 'text', (c) => c.notNull())
		.addColumn('total', 'bigint', (c) => c.notNull())
		.addPrimaryKeyConstraint('counter_pk', [
			'quarter_at',
			'sender_id',
			'channel',
			'campaign_id',
			'group_id',
			'template',
			'error',
			'what',
		])
		.execute();
}
