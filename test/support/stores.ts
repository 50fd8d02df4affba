import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

import { openStore, type Store, type StoreSettings } from '../../store/store';

/** A clock that stands still until a test moves it. */
export class TestClock {
	constructor(public time = Date.UTC(2026, 10, 22, 12)) {}

	readonly now = (): number => this.time;

	advance(ms: number): void {
		this.time += ms;
	}
}

export interface StoreUnderTest {
	readonly store: Store;
	readonly clock: TestClock;
	readonly settings: StoreSettings;
}

const LEDGER_KEY = 'a ledger key for tests';
let databases = 0;

/**
 * Runs the same tests on SQLite and on a real PostgreSQL, each test on an empty store of its own:
 * `describeStores('…', (context) => { it('…', async () => { const { store, clock } = context(); … }); })`.
 */
export function describeStores(name: string, tests: (context: () => StoreUnderTest) => void): void {
	for (const kind of ['sqlite', 'postgres'] as const) {
		describe(`${name} (${kind})`, () => {
			let current: StoreUnderTest | undefined;
			let remove: () => Promise<void> = async () => undefined;

			beforeEach(async () => {
				const made = kind === 'sqlite' ? newSqlite() : await newPostgres();
				remove = made.remove;
				const clock = new TestClock();
				const store = await openStore(made.settings, { create: true, now: clock.now });
				current = { store, clock, settings: made.settings };
			});

			afterEach(async () => {
				await current?.store.close();
				await remove();
			});

			tests(() => {
				if (!current) throw new Error('The store is there only while a test runs.');
				return current;
			});
		});
	}
}

/** As describeStores, but the tests share one store: for tables of cases, each with people of its own. */
export function describeSharedStores(name: string, tests: (context: () => StoreUnderTest) => void): void {
	for (const kind of ['sqlite', 'postgres'] as const) {
		describe(`${name} (${kind})`, () => {
			let current: StoreUnderTest | undefined;
			let remove: () => Promise<void> = async () => undefined;

			beforeAll(async () => {
				const made = kind === 'sqlite' ? newSqlite() : await newPostgres();
				remove = made.remove;
				const clock = new TestClock();
				current = {
					store: await openStore(made.settings, { create: true, now: clock.now }),
					clock,
					settings: made.settings,
				};
			});

			afterAll(async () => {
				await current?.store.close();
				await remove();
			});

			tests(() => {
				if (!current) throw new Error('The store is there only while a test runs.');
				return current;
			});
		});
	}
}

export function newSqlite(): { settings: StoreSettings; remove: () => Promise<void> } {
	const n8nFolder = mkdtempSync(join(tmpdir(), 'optin-sqlite-'));
	return {
		settings: {
			kind: 'sqlite',
			n8nFolder,
			file: 'optin.sqlite',
			queueMode: false,
			sharedDisk: false,
			ledgerKey: LEDGER_KEY,
		},
		remove: async () => rmSync(n8nFolder, { recursive: true, force: true }),
	};
}

export async function newPostgres(): Promise<{ settings: StoreSettings; remove: () => Promise<void> }> {
	const server = JSON.parse(process.env.OPTIN_TEST_POSTGRES ?? 'null') as {
		port: number;
		user: string;
		password: string;
	} | null;
	if (!server) throw new Error('No PostgreSQL runs: this test belongs to the jest project "store".');
	const database = `test_${process.pid}_${++databases}`;
	const login = { host: '127.0.0.1', port: server.port, user: server.user, password: server.password };
	await onServer(login, `create database ${database}`);
	return {
		settings: { kind: 'postgres', ...login, database, ssl: false, ledgerKey: LEDGER_KEY },
		remove: () => onServer(login, `drop database ${database} with (force)`),
	};
}

async function onServer(
	login: { host: string; port: number; user: string; password: string },
	sql: string,
): Promise<void> {
	const client = new Client({ ...login, database: 'postgres' });
	await client.connect();
	try {
		await client.query(sql);
	} finally {
		await client.end();
	}
}
