import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, sql } from 'kysely';

import * as first from '../../store/migrations/0001-first';
import { migrate } from '../../store/migrate';
import { createPostgresDialect } from '../../store/database/postgres/dialect';
import { SqliteThreadDialect } from '../../store/database/sqlite/dialect';
import { sqliteFilePath } from '../../store/database/sqlite/location';
import { openStore } from '../../store/store';
import { deliver, message, PHONE, seen } from '../support/inbound';
import { newPostgres, newSqlite, TestClock } from '../support/stores';

describe.each(['sqlite', 'postgres'] as const)('A store of version 0.1 (%s)', (kind) => {
	it('is brought to this version with its invitations, and events of its kind are understood', async () => {
		const { settings, remove } = kind === 'sqlite' ? newSqlite() : await newPostgres();
		const clock = new TestClock();
		if (settings.kind === 'sqlite') mkdirSync(dirname(sqliteFilePath(settings)), { recursive: true });
		const old = new Kysely<unknown>({
			dialect:
				settings.kind === 'sqlite'
					? new SqliteThreadDialect({ file: sqliteFilePath(settings), busyTimeoutMs: 5_000 })
					: createPostgresDialect(settings),
		});
		await migrate(old, { '0001-first': first });
		const expiresAt = clock.time + 1_000_000;
		const signal = JSON.stringify({
			signal: {
				invitedGroupId: 1,
				isInvited: true,
				looksLikeOptOut: false,
				opensWindow: true,
				policy: 'anyMessage',
				stopScope: 'allSenders',
				scopes: [],
			},
		});
		await sql`insert into sender (phone, name, provider, sends_whatsapp, sends_sms, policy, stop_scope, rate_per_second, country, language, created_at, updated_at) values ('+390212345678', 'x', 'meta', 1, 0, 'anyMessage', 'allSenders', 80, 'IT', 'it', 1, 1)`.execute(
			old,
		);
		await sql`insert into contact_group (name, shortcode, created_at) values ('News', 'news', 1), ('Sport', 'sport', 1)`.execute(
			old,
		);
		await sql`insert into identity (phone, created_at) values (${PHONE}, 1)`.execute(old);
		await sql`insert into invitation (code, sender_id, identity_id, group_id, state, evidence, reminders, created_at, expires_at) values ('4k7q2mx', 1, 1, 2, 'pending', '{}', 0, 77, ${expiresAt})`.execute(
			old,
		);
		await sql`insert into event (provider, provider_event_id, kind, channel, sender_id, identity_id, effective_at, received_at, details, applied, outcome) values ('meta', 'old', 'start', 'whatsapp', 1, 1, ${clock.time - 10_000}, ${clock.time - 10_000}, ${signal}, 1, 'registered')`.execute(
			old,
		);
		await old.destroy();

		const store = await openStore(settings, { create: false, now: clock.now });
		try {
			expect(
				await store.db
					.selectFrom('invitation')
					.select(['origin', 'further_group_ids', 'last_sent_at', 'person_fields', 'group_id'])
					.execute(),
			).toEqual([{ origin: 'operator', further_group_ids: '[]', last_sent_at: 77, person_fields: null, group_id: 2 }]);
			// A message that comes late makes the whole history be folded anew; then the invitation is answered.
			await deliver(store, message('hello', { at: clock.time - 20_000 }));
			await deliver(store, message('START 4k7q2mx'));
			expect(await seen(store)).toMatchObject({
				registrations: ['active'],
				groups: expect.arrayContaining(['sport']) as string[],
			});
		} finally {
			await store.close();
			await remove();
		}
	});
});
