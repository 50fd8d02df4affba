import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { sql } from 'kysely';

import { StoreUnavailableError } from '../../domain/errors';
import { sqliteFilePath } from '../../store/database/sqlite/location';
import { acquireStore, closeStores } from '../../store/pool';
import { openStore, type Store } from '../../store/store';
import type { Database } from '../../store/schema';
import { newPostgres, newSqlite } from '../support/stores';

const insertPerson = (db: Database, phone = '+393331234567') =>
	db.insertInto('identity').values({ phone, whatsapp_user_id: null, created_at: 1 }).execute();

const addPerson = (store: Store): Promise<unknown> => store.transaction((db) => insertPerson(db));

const people = async (store: Store): Promise<number> =>
	(await store.read((db) => db.selectFrom('identity').select('id').execute())).length;

async function failureOf(work: Promise<unknown>): Promise<string> {
	const failure: unknown = await work.then(
		() => undefined,
		(error: unknown) => error,
	);
	expect(failure).toBeInstanceOf(StoreUnavailableError);
	return (failure as StoreUnavailableError).message;
}

describe('An SQLite store on a bad day', () => {
	let made: ReturnType<typeof newSqlite>;
	let store: Store;
	const use = async () => await acquireStore(made.settings, { create: false });

	beforeEach(async () => {
		made = newSqlite();
		store = await openStore(made.settings, { create: true });
	});
	afterEach(async () => {
		await store.close();
		await closeStores();
		await made.remove();
	});

	it('whose disk is full says so, keeps nothing half, and goes on when there is room', async () => {
		await sql`pragma max_page_count = 1`.execute(store.db);
		const message = await failureOf(
			store.transaction(async (db) => {
				for (let person = 0; person < 5_000; person++) await insertPerson(db, `+39333${person}`);
			}),
		);
		expect(message).toMatch(/disk is full .*Free space/);
		expect(message).not.toContain('no transaction is active');
		expect(await people(store)).toBe(0);
		await sql`pragma max_page_count = 1000000`.execute(store.db);
		await addPerson(store);
		expect(await people(store)).toBe(1);
	});

	it('that has become read-only says so, and the next who asks for it gets a connection that can write', async () => {
		const before = await use();
		await sql`pragma query_only = on`.execute(before.store.db);
		expect(await failureOf(addPerson(before.store))).toMatch(/read-only .*Let the user that n8n runs as/);
		const after = await use();
		await addPerson(after.store);
		expect(await people(after.store)).toBe(1);
		before.release();
		after.release();
	});

	it('whose thread has ended is opened anew by the next who asks for it', async () => {
		const before = await use();
		await before.store.db.destroy();
		await failureOf(addPerson(before.store));
		const after = await use();
		await addPerson(after.store);
		before.release();
		after.release();
	});

	const inItsPlace: Array<[string, (file: string) => void, RegExp]> = [
		['a folder', (file) => mkdirSync(file), /cannot be opened .*no folder/],
		['something else', (file) => writeFileSync(file, 'A letter to my aunt. '.repeat(100)), /no SQLite database/],
		['a link to itself', (file) => symlinkSync(file, file), /cannot be opened/],
	];
	it.each(inItsPlace)(
		'with %s in place of its file says what to do, and opens when it is back',
		async (_, put, says) => {
			if (made.settings.kind !== 'sqlite') throw new Error('newSqlite gives SQLite settings');
			const file = sqliteFilePath(made.settings);
			await store.close();
			rmSync(dirname(file), { recursive: true });
			mkdirSync(dirname(file));
			put(file);
			expect(await failureOf(openStore(made.settings, { create: true }))).toMatch(says);
			rmSync(file, { recursive: true });
			store = await openStore(made.settings, { create: true });
			await addPerson(store);
		},
	);
});

describe('A PostgreSQL store on a bad day', () => {
	let made: Awaited<ReturnType<typeof newPostgres>>;
	let store: Store;

	beforeEach(async () => {
		made = await newPostgres();
		store = await openStore(made.settings, { create: true });
	});
	afterEach(async () => {
		await store.close();
		await made.remove();
	});

	const told: Array<[string, RegExp]> = [
		['53100', /disk of the database server is full/],
		['53200', /out of memory/],
		['53300', /no connection free.*max_connections/],
		['53400', /short of resources/],
		['57P01', /starting or shutting down/],
		['57P03', /starting or shutting down/],
		['57014', /took too long/],
		['55P03', /took too long/],
		['25006', /read-only.*primary/],
		['28P01', /refuses the login/],
		['42501', /lacks rights/],
		['58030', /trouble of its own/],
		['XX001', /trouble of its own/],
		['08006', /does not answer/],
	];
	it('says of each code that the store is not available and what to do, keeps nothing half, and goes on', async () => {
		for (const [code, says] of told) {
			const message = await failureOf(
				store.transaction(async (db) => {
					await insertPerson(db);
					await sql.raw(`do $$ begin raise exception 'so it goes' using errcode = '${code}'; end $$`).execute(db);
				}),
			);
			expect(`${code}: ${message}`).toMatch(says);
		}
		expect(await people(store)).toBe(0);
		await addPerson(store);
	});

	it('whose connection is ended in the middle says that, and not that it cannot roll back', async () => {
		const message = await failureOf(
			store.transaction((db) => sql`select pg_terminate_backend(pg_backend_pid())`.execute(db)),
		);
		expect(message).toMatch(/57P01|Connection terminated/);
		await addPerson(store);
	});

	it('that is read-only is unavailable until it can be written', async () => {
		if (made.settings.kind !== 'postgres') throw new Error('newPostgres gives PostgreSQL settings');
		const { database } = made.settings;
		const readOnly = (is: 'on' | 'off') =>
			sql.raw(`alter database "${database}" set default_transaction_read_only = ${is}`).execute(store.db);
		await readOnly('on');
		const other = openStore(made.settings, { create: false });
		expect(await failureOf(other.then((open) => addPerson(open).finally(() => open.close())))).toMatch(/primary/);
		await readOnly('off');
		const again = await openStore(made.settings, { create: false });
		await addPerson(again);
		await again.close();
	});

	it('with a wrong password or without its database says so', async () => {
		const opened = (change: object) => openStore({ ...made.settings, ...change }, { create: false });
		expect(await failureOf(opened({ password: 'guessed' }))).toMatch(/refuses the login.*Correct/);
		expect(await failureOf(opened({ database: 'nowhere' }))).toMatch(/does not exist.*Make it/);
	});
});
