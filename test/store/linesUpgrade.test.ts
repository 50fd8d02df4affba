import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, sql } from 'kysely';

import { exportPerson } from '../../services/rights/exportPerson';
import { verifyConsent } from '../../services/rights/verifyLedger';
import { createPostgresDialect } from '../../store/database/postgres/dialect';
import { SqliteThreadDialect } from '../../store/database/sqlite/dialect';
import { sqliteFilePath } from '../../store/database/sqlite/location';
import { migrate } from '../../store/migrate';
import { migrations } from '../../store/migrations';
import { openStore, type Store } from '../../store/store';
import { seen } from '../support/inbound';
import { newPostgres, newSqlite, TestClock } from '../support/stores';

const VERSION_0_2 = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0006'));
const DIALLED = '+5531987654321';
const OLDER = '+553187654321';

describe.each(['sqlite', 'postgres'] as const)('A store of version 0.2 (%s)', (kind) => {
	let store: Store | undefined;
	let remove: () => Promise<void> | void = () => undefined;

	afterEach(async () => {
		await store?.close();
		await remove();
		store = undefined;
	});

	/** The store as version 0.2 left it, opened by this version. */
	async function upgraded(...statements: string[]): Promise<Store> {
		const made = kind === 'sqlite' ? newSqlite() : await newPostgres();
		remove = made.remove;
		const { settings } = made;
		if (settings.kind === 'sqlite') mkdirSync(dirname(sqliteFilePath(settings)), { recursive: true });
		const old = new Kysely<unknown>({
			dialect:
				settings.kind === 'sqlite'
					? new SqliteThreadDialect({ file: sqliteFilePath(settings), busyTimeoutMs: 5_000 })
					: createPostgresDialect(settings),
		});
		await migrate(old, VERSION_0_2);
		for (const statement of [SENDER, GROUPS, ...statements]) await sql.raw(statement).execute(old);
		await old.destroy();
		store = await openStore(settings, { create: false, now: new TestClock().now });
		return store;
	}

	const SENDER = `insert into sender (phone, name, provider, sends_whatsapp, sends_sms, policy, stop_scope, rate_per_second, country, language, created_at, updated_at) values ('+390212345678', 'x', 'meta', 1, 0, 'anyMessage', 'allSenders', 80, 'IT', 'it', 1, 1)`;
	const GROUPS = `insert into contact_group (name, shortcode, created_at) values ('News', 'news', 1), ('Sport', 'sport', 1)`;
	const people = `insert into identity (phone, created_at) values ('${OLDER}', 1), ('${DIALLED}', 1), ('+393331234567', 1)`;
	const word = (identity: number, scope: string, direction: 'in' | 'out', at: number): string =>
		`insert into consent_word (identity_id, scope, direction, effective_at, source) values (${identity}, '${scope}', '${direction}', ${at}, 'person')`;
	const registration = (identity: number, state: string, since: number): string =>
		`insert into registration (sender_id, identity_id, state, since, ended_by, last_inbound_at) values (1, ${identity}, '${state}', ${since}, ${state === 'ended' ? "'person'" : 'null'}, ${since})`;

	it.each([
		[
			'a STOP under the older form, after START under the other',
			[
				word(1, 'all', 'out', 20),
				registration(1, 'ended', 20),
				word(2, 'all', 'in', 10),
				registration(2, 'active', 10),
			],
			'out',
			['ended'],
		],
		[
			'a STOP under the dialled form, after START under the older',
			[
				word(1, 'all', 'in', 10),
				registration(1, 'active', 10),
				word(2, 'all', 'out', 20),
				registration(2, 'ended', 20),
			],
			'out',
			['ended'],
		],
		[
			'a STOP and a START of the same time',
			[
				word(1, 'all', 'in', 10),
				registration(1, 'active', 10),
				word(2, 'all', 'out', 10),
				registration(2, 'ended', 10),
			],
			'out',
			['ended'],
		],
		[
			'a STOP from one who was registered under the other form only',
			[word(1, 'all', 'out', 20), word(2, 'all', 'in', 10), registration(2, 'active', 10)],
			'out',
			['ended'],
		],
		[
			'a START after a STOP',
			[
				word(1, 'all', 'out', 10),
				registration(1, 'ended', 10),
				word(2, 'all', 'in', 20),
				registration(2, 'active', 20),
			],
			'in',
			['active'],
		],
	] as const)('%s: the newest word holds', async (_what, rows, direction, registrations) => {
		const open = await upgraded(people, ...rows);
		expect(await seen(open, DIALLED)).toMatchObject({ words: { all: direction }, registrations: [...registrations] });
		expect(await seen(open, OLDER)).toMatchObject({ identity: undefined });
	});

	it('keeps somebody who was known under the older form only, and remembers how WhatsApp knows them', async () => {
		const open = await upgraded(
			`insert into identity (phone, created_at) values ('${OLDER}', 1)`,
			word(1, 'sms', 'out', 20),
			registration(1, 'active', 10),
		);
		expect(await seen(open, DIALLED)).toMatchObject({
			identity: { id: 1, told_phone: OLDER },
			words: { sms: 'out' },
			registrations: ['active'],
		});
	});

	it('joins two contacts of a line with their groups and fields, but into no group that the person left', async () => {
		const open = await upgraded(
			people,
			word(1, 'group:2', 'out', 20),
			`insert into contact (name, sms_number, fields, created_at, updated_at) values ('Ana', '${DIALLED}', '{"shop":"Roma"}', 1, 1)`,
			`insert into contact (name, whatsapp_number, fields, language, created_at, updated_at) values ('ana 🌸', '${OLDER}', '{"shop":"x","size":"M"}', 'pt', 1, 1)`,
			`insert into membership (group_id, contact_id, source, created_at) values (2, 1, 'operator', 1), (1, 2, 'person', 1)`,
		);
		const { contacts, groups } = await seen(open, DIALLED);
		expect(contacts).toMatchObject([
			{
				name: 'Ana',
				sms_number: DIALLED,
				whatsapp_number: DIALLED,
				language: 'pt',
				fields: expect.any(String) as string,
			},
		]);
		expect(JSON.parse(contacts[0]?.fields ?? '')).toEqual({ shop: 'Roma', size: 'M' });
		expect(groups).toEqual(['news']);
	});

	it('keeps two contacts that each have another number beside', async () => {
		const open = await upgraded(
			`insert into contact (name, sms_number, whatsapp_number, fields, created_at, updated_at) values ('A', '+393331111111', '${DIALLED}', '{}', 1, 1), ('B', '+393332222222', '${OLDER}', '{}', 1, 1)`,
		);
		expect(
			await open.db.selectFrom('contact').select(['name', 'sms_number', 'whatsapp_number']).orderBy('id').execute(),
		).toEqual([
			{ name: 'A', sms_number: '+393331111111', whatsapp_number: DIALLED },
			{ name: 'B', sms_number: '+393332222222', whatsapp_number: null },
		]);
	});

	it('sends what is queued for a line once', async () => {
		const message = (recipient: string): string =>
			`insert into message (campaign_id, group_id, sender_id, channel, purpose, recipient, state, due_at, created_at, state_at) values (1, 0, 1, 'whatsapp', 'service', '${recipient}', 'queued', 1, 1, 1)`;
		const open = await upgraded(
			people,
			`insert into campaign (key, name, purpose, channels, audience, content, state, planned_through, starts_at, created_at) values ('k', 'c', 'service', 'whatsapp', '{}', '{}', 'running', 0, 1, 1)`,
			message(OLDER),
			message(DIALLED),
		);
		expect(
			await open.db.selectFrom('message').select(['recipient', 'state', 'reason']).orderBy('id').execute(),
		).toEqual([
			{ recipient: OLDER, state: 'skipped', reason: 'duplicate' },
			{ recipient: DIALLED, state: 'queued', reason: null },
		]);
	});

	it('lets everybody else be, finds both halves for an export, and the ledger still verifies', async () => {
		const open = await upgraded(
			people,
			word(1, 'all', 'out', 20),
			`insert into ledger_chain (identity_id, length, head) values (1, 0, '')`,
		);
		expect(await seen(open, '+393331234567')).toMatchObject({ identity: { told_phone: null } });
		expect(await exportPerson(open, { number: OLDER })).toBeDefined();
		expect((await verifyConsent(open)).broken).toEqual([]);
	});
});
