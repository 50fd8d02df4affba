import { NO_LIMITS } from '../../../domain/invitationLimits';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { invite } from '../../../services/invitations/invite';
import { purge, type PurgeKind } from '../../../services/rights/purge';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { consentTables, deliver, message, PHONE, seen, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const DAY_MS = 24 * 60 * 60_000;

describeStores('Purging', (context) => {
	const say = async (text: string, told: Parameters<typeof message>[1] = {}) => {
		const { store, clock } = context();
		clock.advance(1_000);
		await deliver(store, message(text, told));
	};
	const take = async () => context().store.db.updateTable('event').set({ taken_at: 1 }).execute();
	const purgeOf = async (kind: PurgeKind, olderThanDays: number, dryRun = false) =>
		await purge(context().store, { kind, olderThanDays, dryRun });
	const insertMessage = async (more: Record<string, unknown>) => {
		const at = context().clock.now();
		const row = {
			campaign_id: null,
			group_id: 0,
			sender_id: 1,
			channel: 'sms' as const,
			purpose: 'service' as const,
			identity_id: null,
			recipient: PHONE,
		};
		await context()
			.store.db.insertInto('message')
			.values({ ...row, state: 'read', due_at: at, created_at: at, state_at: at, ...more })
			.execute();
	};

	beforeEach(async () => {
		await createOrUpdateSender(context().store, {
			phone: SENDER_PHONE,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			policy: 'keywordOnly',
		});
	});

	it('takes texts and names of people, and leaves what their consent is folded from', async () => {
		const { store, clock } = context();
		await say('START', { profileName: 'Anna Rossi' });
		const at = clock.now() + 500;
		await say('secret words', { profileName: 'Anna Rossi' });
		await take();
		await say('waits for its workflow');
		clock.advance(10 * DAY_MS);
		await say('young words');
		expect(await purgeOf('inboundTexts', 5, true)).toMatchObject({ count: 2, dryRun: true });
		expect(await purgeOf('inboundTexts', 5)).toMatchObject({ count: 2 });
		expect(await purgeOf('inboundTexts', 5)).toMatchObject({ count: 0 });
		const events = await store.db.selectFrom('event').select(['text', 'details']).orderBy('id').execute();
		expect(events.map(({ text }) => text)).toEqual([null, null, 'waits for its workflow', 'young words']);
		expect(JSON.stringify(events.slice(0, 2))).not.toMatch(/Anna|secret/);
		// A late event makes the engine fold everything anew.
		await deliver(store, message('STOP', { at }));
		expect(await seen(store)).toMatchObject({ words: { all: 'out' } });
		await deliver(store, message('START', { at: at + 1 }));
		expect(await seen(store)).toMatchObject({ registrations: ['active'], words: { all: 'in' } });
		expect((await verifyConsent(store)).broken).toEqual([]);
	});

	it('takes contents of finished messages, then the messages; what is open and what was young stays', async () => {
		const { store, clock } = context();
		await insertMessage({ content: '{"type":"text","body":"secret"}', idempotency_key: 'a' });
		await insertMessage({
			content: '{"type":"template","name":"hi","language":"it","bodyParameters":["secret"]}',
			fields: '{"name":"Anna"}',
		});
		await insertMessage({ state: 'queued', content: '{"type":"text","body":"open"}' });
		clock.advance(31 * DAY_MS);
		await insertMessage({ content: '{"type":"text","body":"young"}' });
		expect(await purgeOf('messageContents', 7)).toMatchObject({ count: 2 });
		expect(await purgeOf('messageContents', 7)).toMatchObject({ count: 0 });
		const contents = await store.db.selectFrom('message').select(['content', 'fields']).orderBy('id').execute();
		expect(contents.map(({ content }) => content)).toEqual([
			null,
			'{"type":"template","name":"hi"}',
			'{"type":"text","body":"open"}',
			'{"type":"text","body":"young"}',
		]);
		expect(await purgeOf('messages', 30)).toMatchObject({ count: 2 });
		expect(await store.db.selectFrom('message').select('state').orderBy('id').execute()).toEqual([
			{ state: 'queued' },
			{ state: 'read' },
		]);
	});

	it('leaves the messages of a campaign that still goes on', async () => {
		const { store, clock } = context();
		const campaign = {
			key: 'k',
			name: 'k',
			purpose: 'service' as const,
			channels: 'sms' as const,
			audience: '{}',
			content: '{}',
			planned_through: 0,
			starts_at: 1,
			created_at: 1,
		};
		await store.db
			.insertInto('campaign')
			.values({ ...campaign, state: 'running' })
			.execute();
		await insertMessage({ campaign_id: 1 });
		clock.advance(100 * DAY_MS);
		expect(await purgeOf('messages', 30)).toMatchObject({ count: 0 });
		await store.db.updateTable('campaign').set({ state: 'finished' }).execute();
		expect(await purgeOf('messages', 30)).toMatchObject({ count: 1 });
	});

	it('takes used and expired invitations with their evidence, and reports', async () => {
		const { store, clock } = context();
		await invite(store, {
			sender: SENDER_PHONE,
			number: PHONE,
			origin: 'form',
			limits: NO_LIMITS,
			evidence: { address: '192.0.2.7' },
		});
		await say('START');
		await invite(store, {
			sender: SENDER_PHONE,
			number: '+393330000002',
			origin: 'form',
			limits: NO_LIMITS,
			evidence: {},
		});
		clock.advance(10 * DAY_MS);
		await invite(store, {
			sender: SENDER_PHONE,
			number: '+393330000003',
			origin: 'form',
			limits: NO_LIMITS,
			evidence: {},
		});
		expect(await purgeOf('invitations', 7)).toMatchObject({ count: 1 });
		clock.advance(20 * DAY_MS);
		expect(await purgeOf('invitations', 7)).toMatchObject({ count: 2 });
		await store.db
			.insertInto('event')
			.values({
				provider: 'meta',
				provider_event_id: 's',
				kind: 'status',
				channel: 'sms',
				effective_at: 1,
				received_at: 1,
				details: '{}',
				applied: 1,
				outcome: 'none',
			})
			.execute();
		const before = (await consentTables(store)).words;
		expect(await purgeOf('reports', 8)).toMatchObject({ count: 1 });
		expect((await consentTables(store)).words).toEqual(before);
	});

	it.each([
		['inboundTexts', 1],
		['messageContents', 6],
		['messages', 29],
		['invitations', 6],
		['reports', 7],
		['messages', Number.NaN],
	] as const)('refuses %s younger than the store needs them (%d days)', async (kind, days) => {
		await expect(purgeOf(kind, days)).rejects.toThrow(/at least \d+ days: /);
	});

	it('lies in the store’s own chain of the ledger, which is verified', async () => {
		const { store } = context();
		await say('START');
		await purgeOf('inboundTexts', 5);
		await purgeOf('messages', 30, true);
		const records = await store.db
			.selectFrom('consent_record as r')
			.innerJoin('ledger_chain as c', 'c.id', 'r.chain_id')
			.select('r.details')
			.where('c.kind', '=', 'store')
			.execute();
		expect(records.map(({ details }) => JSON.parse(details ?? '{}') as object)).toMatchObject([
			{ action: 'purged', kind: 'inboundTexts', count: 0 },
		]);
		expect((await verifyConsent(store)).valid).toBe(true);
		await store.db.updateTable('ledger_chain').set({ length: 5 }).where('kind', '=', 'store').execute();
		expect((await verifyConsent(store)).broken).toContainEqual(
			expect.objectContaining({ recordId: null, sequence: 5 }),
		);
	});

	it('takes more than one transaction holds', async () => {
		const { store, clock } = context();
		for (let index = 0; index < 13; index++) {
			const at = clock.now();
			const row = {
				campaign_id: null,
				group_id: 0,
				sender_id: 1,
				channel: 'sms' as const,
				purpose: 'service' as const,
				state: 'read' as const,
				due_at: at,
				created_at: at,
				state_at: at,
			};
			await store.db
				.insertInto('message')
				.values(Array.from({ length: 100 }, () => row))
				.execute();
		}
		clock.advance(60 * DAY_MS);
		expect(await purgeOf('messages', 30)).toMatchObject({ count: 1_300 });
	});
});
