import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';

import { ConfigurationError, InvalidInputError, StoreUnavailableError } from '../../domain/errors';
import { openStore } from '../../store/store';
import { describeStores, newSqlite } from '../support/stores';

describeStores('Opening a store', (context) => {
	it('gives the store one id that stays', async () => {
		const { store, settings } = context();
		const again = await openStore(settings, { create: false });
		expect(again.id).toBe(store.id);
		expect(again.id).toMatch(/^[0-9a-f]{8}$/);
		await again.close();
	});

	it('may be done by several processes at once', async () => {
		const { settings } = context();
		const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(settings, { create: false })));
		expect(new Set(stores.map(({ id }) => id)).size).toBe(1);
		await Promise.all(stores.map((each) => each.close()));
	});

	it('is refused with another ledger key', async () => {
		const { settings } = context();
		await expect(openStore({ ...settings, ledgerKey: 'another' }, { create: false })).rejects.toThrow(
			ConfigurationError,
		);
	});

	it('is refused when a newer version has changed the schema', async () => {
		const { store, settings } = context();
		await sql`insert into schema_migration (name, timestamp) values ('9999-future', 'x')`.execute(store.db);
		await expect(openStore(settings, { create: false })).rejects.toThrow(/newer version.*9999-future/);
	});

	it('keeps nothing of a transaction that fails', async () => {
		const { store } = context();
		const failed = store.transaction(async (db) => {
			await db
				.insertInto('identity')
				.values({ phone: '+393331234567', whatsapp_user_id: null, created_at: 1 })
				.execute();
			throw new Error('half way');
		});
		await expect(failed).rejects.toThrow('half way');
		expect(await store.db.selectFrom('identity').selectAll().execute()).toEqual([]);
	});

	it('reads ids and times as numbers', async () => {
		const { store, clock } = context();
		const row = await store.db
			.insertInto('identity')
			.values({ phone: '+393331234567', whatsapp_user_id: null, created_at: clock.now() })
			.returningAll()
			.executeTakeFirstOrThrow();
		expect(row).toMatchObject({ id: 1, phone: '+393331234567', whatsapp_user_id: null, created_at: clock.now() });
	});
});

describe('Opening an SQLite store', () => {
	const { settings, remove } = newSqlite();
	if (settings.kind !== 'sqlite') throw new Error('newSqlite gives SQLite settings');
	afterAll(remove);

	it('does not make a missing file unless asked, because an empty store has forgotten every opt-out', async () => {
		await expect(openStore(settings, { create: false })).rejects.toThrow(/does not exist/);
	});

	it.each(['../optin.sqlite', '/tmp/optin.sqlite', 'a/b', '', '.hidden', 'x'.repeat(65)])(
		'refuses "%s" as a file name',
		async (file) => {
			await expect(openStore({ ...settings, file }, { create: true })).rejects.toThrow(InvalidInputError);
		},
	);

	it('is refused in queue mode unless all processes share the disk', async () => {
		await expect(openStore({ ...settings, queueMode: true }, { create: true })).rejects.toThrow(/queue mode/);
	});

	it('says that the store is unavailable when the file cannot be opened', async () => {
		const n8nFolder = mkdtempSync(join(tmpdir(), 'optin-bad-'));
		await expect(
			openStore({ ...settings, n8nFolder: join(n8nFolder, 'package.json\0') }, { create: true }),
		).rejects.toThrow(StoreUnavailableError);
	});
});

describe('Opening a PostgreSQL store', () => {
	it('says that the store is unavailable when nothing listens', async () => {
		const opening = openStore(
			{
				kind: 'postgres',
				host: '127.0.0.1',
				port: 1,
				database: 'x',
				user: 'x',
				password: 'x',
				ssl: false,
				ledgerKey: 'key',
			},
			{ create: true },
		);
		await expect(opening).rejects.toThrow(StoreUnavailableError);
	});
});
