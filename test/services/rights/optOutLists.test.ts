import { verifyConsent } from '../../../services/rights/verifyLedger';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { erasePerson } from '../../../services/rights/erase';
import { exportOptOutFile, exportOptOuts, type OptOut } from '../../../services/rights/exportOptOuts';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { importOptOutFile, importOptOuts } from '../../../services/rights/importOptOuts';
import { checkRegistrations } from '../../../services/registrations/registrations';
import { createOrUpdateSender } from '../../../services/senders/senders';
import type { Store } from '../../../store/store';
import { deliver, message, PHONE, preference, seen, SENDER_PHONE } from '../../support/inbound';
import { everything } from '../../support/rights';
import { describeStores } from '../../support/stores';

async function list(store: Store): Promise<OptOut[]> {
	const rows: OptOut[] = [];
	for await (const page of exportOptOuts(store)) rows.push(...page);
	return rows;
}

describeStores('Opt-outs', (context) => {
	const say = async (text: string, told: Parameters<typeof message>[1] = {}) => {
		const { store, clock } = context();
		clock.advance(1_000);
		await deliver(store, message(text, told));
	};
	const times = () => context().clock.now();

	beforeEach(async () => {
		const { store } = context();
		await createOrUpdateSender(store, { phone: SENDER_PHONE, provider: 'meta', sendsWhatsApp: true, sendsSms: false });
		await createOrUpdateGroup(store, { shortcode: 'news' });
	});

	it('are listed with numbers and shortcodes instead of ids, those of people erased by hash', async () => {
		const { store, clock } = context();
		await say('STOP');
		await say('STOP NEWS', { phone: '+393330000002' });
		await say('START', { phone: '+393330000003' });
		clock.advance(1_000);
		await deliver(store, preference('stop', { phone: null, whatsAppUserId: 'IT.9' }));
		await say('STOP', { phone: '+393330000004', channel: 'sms' });
		clock.advance(1_000);
		await erasePerson(store, { number: '+393330000004' });
		const rows = await list(store);
		expect(rows.filter(({ hash }) => hash === null)).toEqual([
			{ phone: PHONE, whatsAppUserId: null, hash: null, scope: 'all', at: expect.any(String), source: 'person' },
			{
				phone: '+393330000002',
				whatsAppUserId: null,
				hash: null,
				scope: 'group:news',
				at: expect.any(String),
				source: 'person',
			},
			{
				phone: null,
				whatsAppUserId: 'IT.9',
				hash: null,
				scope: `marketing:${SENDER_PHONE}`,
				at: expect.any(String),
				source: 'provider',
			},
		]);
		expect(rows.filter(({ hash }) => hash !== null).map(({ scope }) => scope)).toEqual(['all', 'erased', 'sms']);
		expect(JSON.stringify(rows)).not.toContain('0000004');
	});

	it('read back hold from when they were said; a later START stays, and the same file again changes nothing', async () => {
		const { store, clock } = context();
		await say('START');
		await say('STOP');
		const { file, count } = await exportOptOutFile(store);
		expect(count).toBe(1);
		expect(await importOptOutFile(store, file)).toMatchObject({ read: 1, applied: 0, known: 1, complete: true });
		await say('START');
		expect(await importOptOutFile(store, file)).toMatchObject({ applied: 0, overtaken: 1 });
		expect((await seen(store)).registrations).toEqual(['active']);
		// As after a restore: the START came before the STOP of the list.
		const stop = {
			...(JSON.parse(file.toString().split('\n')[0] ?? '') as OptOut),
			at: new Date(times() + 500).toISOString(),
		};
		clock.advance(1_000);
		expect(await importOptOuts(store, [stop])).toMatchObject({ applied: 1 });
		expect(await seen(store)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
		const before = await everything(store);
		expect(await importOptOuts(store, [stop])).toMatchObject({ applied: 0, known: 1 });
		expect((await everything(store)).replace(/"consent_record".*"campaign"/, '')).toBe(
			before.replace(/"consent_record".*"campaign"/, ''),
		);
		expect((await verifyConsent(store)).broken).toEqual([]);
	});

	it('withdraw what is queued, and are made known of people the store has never seen', async () => {
		const { store } = context();
		await say('START');
		const { identity } = await seen(store);
		const row = {
			campaign_id: null,
			group_id: 0,
			sender_id: 1,
			channel: 'whatsapp' as const,
			purpose: 'advertisement' as const,
			identity_id: identity?.id ?? null,
			recipient: PHONE,
		};
		await store.db
			.insertInto('message')
			.values({ ...row, state: 'queued', due_at: 1, created_at: 1, state_at: 1 })
			.execute();
		context().clock.advance(1_000);
		const at = new Date(times()).toISOString();
		const result = await importOptOuts(store, [
			{ phone: PHONE, scope: 'all', at, source: 'person' },
			{ phone: '+39 333 0000009', scope: 'sms', at },
			{ whatsAppUserId: 'IT.77', scope: `sender:${SENDER_PHONE}`, at },
		]);
		expect(result).toMatchObject({ read: 3, applied: 3, invalid: 0 });
		expect(await store.db.selectFrom('message').select('state').execute()).toEqual([{ state: 'skipped' }]);
		expect((await seen(store, '+393330000009')).words).toEqual({ sms: 'out' });
	});

	it('that cannot be used are counted, told with their row, and hold up none of the others', async () => {
		const { store } = context();
		const at = new Date(times()).toISOString();
		const rows = [
			{ phone: '333 1234567', scope: 'all', at },
			{ phone: PHONE, scope: 'group:gone', at },
			{ phone: PHONE, scope: 'all', at: 'yesterday' },
			{ scope: 'all', at },
			{ phone: PHONE, scope: 'erased', at },
			'a line',
			{ phone: PHONE, scope: 'all', at },
		];
		const result = await importOptOutFile(
			store,
			Buffer.from(rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n')),
		);
		expect(result).toMatchObject({ read: 7, applied: 1, invalid: 6, complete: false });
		expect(result.problems.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5, 6]);
		expect((await seen(store)).words).toEqual({ all: 'out' });
	});

	it('of more people than a page and a transaction hold are all listed and read back', async () => {
		const { store } = context();
		const at = new Date(times()).toISOString();
		const rows = Array.from({ length: 230 }, (_, index) => ({
			phone: `+39333${String(index).padStart(7, '0')}`,
			scope: 'all',
			at,
		}));
		expect(await importOptOuts(store, rows)).toMatchObject({ applied: 230 });
		const identities = Array.from({ length: 1_000 }, (_, index) => ({
			phone: `+39334${String(index).padStart(7, '0')}`,
			whatsapp_user_id: null,
			created_at: 1,
		}));
		const made = await store.db.insertInto('identity').values(identities).returning('id').execute();
		const word = {
			scope: 'all',
			direction: 'out' as const,
			effective_at: 1,
			source: 'person' as const,
			event_id: null,
		};
		await store.db
			.insertInto('consent_word')
			.values(made.map(({ id }) => ({ identity_id: id, ...word })))
			.execute();
		const listed = await list(store);
		expect(new Set(listed.map(({ phone }) => phone)).size).toBe(1_230);
	}, 60_000);

	it('of somebody erased since the list was made do not bring the number back', async () => {
		const { store, clock } = context();
		await say('STOP', { channel: 'sms' });
		const rows = await list(store);
		clock.advance(1_000);
		await erasePerson(store, { number: PHONE });
		expect(await importOptOuts(store, rows)).toMatchObject({ applied: 0, kept: 2 });
		expect(await everything(store)).not.toContain(PHONE);
	});

	it('of somebody whom a restored backup brought back after they were erased let them be erased again', async () => {
		const { store, clock } = context();
		await say('START');
		clock.advance(1_000);
		await erasePerson(store, { number: PHONE });
		const rows = await list(store);
		// As the backup has them: known, and of the erasure nothing.
		await store.db.deleteFrom('suppression').execute();
		await store.db.insertInto('identity').values({ phone: PHONE, whatsapp_user_id: null, created_at: 1 }).execute();
		await store.db.updateTable('contact').set({ created_at: 1 }).execute();
		clock.advance(1_000);
		expect(await importOptOuts(store, rows)).toMatchObject({ erasedAgain: 1 });
		expect(await everything(store)).not.toContain(PHONE);
		expect(await checkRegistrations(store, { sender: SENDER_PHONE, numbers: [PHONE] })).toMatchObject([
			{ reason: 'opted out' },
		]);
		await say('START');
		await createOrUpdateContact(store, { smsNumber: PHONE });
		expect(await importOptOuts(store, rows)).toMatchObject({ erasedAgain: 0 });
		expect((await seen(store)).registrations).toEqual(['active']);
	});
});
