import {
	copyFileSync,
	cpSync,
	existsSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

import { referenceOf } from '../../../domain/reference';
import { createCampaign } from '../../../services/sending/campaigns';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { deliver as deliverMessages } from '../../../services/sending/deliver';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { confirmRestore } from '../../../services/rights/restore';
import { reply, sendMessage } from '../../../services/sending/sendAndReply';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { settleStatuses } from '../../../services/sending/settleStatuses';
import { takeSlots } from '../../../services/sending/slots';
import { sendingBlock } from '../../../store/guard/sendingBlock';
import { openStore, type Store, type StoreSettings } from '../../../store/store';
import { campaign, FakeProvider, messages } from '../../support/delivery';
import { deliver, message, PHONE, seen, SENDER_PHONE } from '../../support/inbound';
import { describeStores, newPostgres, newSqlite, TestClock } from '../../support/stores';

const confirmation = {
	confirmedBy: 'Anna Rossi',
	reason: 'Backup of 12 May, opt-outs read back',
	queued: 'giveUp',
} as const;

async function send(store: Store, idempotencyKey = 'one') {
	const provider = new FakeProvider(store);
	const sent = sendMessage(
		store,
		{ meta: provider },
		{
			channel: 'whatsapp',
			sender: SENDER_PHONE,
			to: PHONE,
			purpose: 'service',
			content: { type: 'text', body: 'Hi' },
			idempotencyKey,
		},
	);
	return { ...(await sent), requests: provider.requests.length };
}

function sqliteFile(settings: StoreSettings): string {
	if (settings.kind !== 'sqlite') throw new Error('SQLite was expected.');
	return join(settings.n8nFolder, 'optin', settings.file);
}

describeStores('A store that goes on as it was', (context) => {
	it('is not blocked, however often it is opened, also by several at once', async () => {
		const { store, settings } = context();
		await deliver(store, message('START'));
		const others = await Promise.all([1, 2, 3].map(() => openStore(settings, { create: false })));
		await deliver(others[0] as Store, message('hello'));
		for (const other of others) await other.close();
		expect(await sendingBlock(store.db)).toBeNull();
		expect((await send(store)).state).toBe('accepted');
	});

	it('is blocked when a status names a message that it has not made yet', async () => {
		const { store, clock } = context();
		await deliver(store, message('START'));
		const { messageId } = await send(store);
		const status = {
			kind: 'status' as const,
			providerEventId: 's',
			channel: 'whatsapp' as const,
			sender: { phone: SENDER_PHONE, providerSenderId: null },
			batchReference: null,
			providerMessageId: null,
			recipientPhone: PHONE,
			status: 'delivered' as const,
			deliveredAs: 'whatsapp' as const,
			error: null,
			at: null,
		};
		await settleStatuses(store, [
			{ ...status, reference: referenceOf(store.id, messageId) },
			{ ...status, reference: referenceOf('00000000', 99) },
		]);
		expect(await sendingBlock(store.db)).toBeNull();
		await settleStatuses(store, [{ ...status, reference: referenceOf(store.id, messageId + 1) }]);
		await expect(send(store, 'two')).rejects.toThrow(/blocked.*Import Opt-Outs.*Confirm Restore/);
		clock.advance(1_000);
		expect(await confirmRestore(store, confirmation)).toMatchObject({ confirmed: true });
		expect((await send(store, 'two')).messageId).toBeGreaterThan(messageId + 1);
		expect((await verifyConsent(store)).broken).toEqual([]);
	});
});

describeStores('While sending is blocked', (context) => {
	const block = async () => {
		const { store, clock } = context();
		await store.db
			.insertInto('setting')
			.values({ name: 'sendingBlocked', value: JSON.stringify({ reason: 'A test.', since: clock.now() }) })
			.execute();
	};

	it('Send, Reply, Deliver and the Campaign Trigger send nothing; STOPs are taken in; what is queued waits', async () => {
		const { store, clock } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await deliver(store, message('START NEWS', { id: 'wamid.1' }));
		const eventId = (await store.db.selectFrom('event').select('id').executeTakeFirstOrThrow()).id;
		await createCampaign(store, campaign({ content: { type: 'text', body: 'Hello' } }));
		const { slots } = await takeSlots(store, { trigger: 't' });
		await block();
		clock.advance(1_000);
		const provider = new FakeProvider(store);
		await expect(send(store)).rejects.toThrow(/Sending is blocked/);
		await expect(reply(store, { meta: provider }, { eventId, body: 'Hi', idempotencyKey: 'r' })).rejects.toThrow(
			/Sending is blocked/,
		);
		const delivery = await deliverMessages(
			store,
			{ meta: provider },
			{ slot: slots[0]?.slot ?? '', senderId: slots[0]?.senderId ?? 0, runForMs: 500 },
		);
		expect(delivery).toMatchObject({ accepted: 0, left: 1, stopped: expect.stringContaining('Confirm Restore') });
		expect((await takeSlots(store, { trigger: 't' })).slots).toEqual([]);
		expect(provider.requests).toEqual([]);
		expect(await messages(store)).toMatchObject([{ state: 'queued' }]);
		expect(await verifyConsent(store)).toMatchObject({ sendingBlocked: expect.stringContaining('A test.') });
		await deliver(store, message('STOP'));
		expect(await seen(store)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
		expect(await messages(store)).toMatchObject([{ state: 'skipped' }]);
	});

	it('a request that was being prepared does not go out', async () => {
		const { store } = context();
		await deliver(store, message('START'));
		await store.db
			.updateTable('sender')
			.set({ next_send_at_us: (store.now() + 400) * 1_000 })
			.execute();
		const sending = send(store);
		const refused = expect(sending).rejects.toThrow(/Sending is blocked/);
		await new Promise((resolve) => setTimeout(resolve, 100));
		await block();
		await refused;
		expect(await messages(store)).toMatchObject([{ state: 'queued' }]);
	});

	it('Confirm Restore needs a name and a reason, gives up what was queued before, and lies in the ledger', async () => {
		const { store, clock } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await deliver(store, message('START NEWS'));
		await createCampaign(store, campaign());
		clock.advance(1_000);
		await block();
		clock.advance(1_000);
		await createCampaign(store, campaign({ key: 'made while blocked' }));
		await expect(confirmRestore(store, { ...confirmation, confirmedBy: ' ' })).rejects.toThrow(/Say who/);
		expect(await confirmRestore(store, confirmation)).toMatchObject({ confirmed: true, givenUp: 1 });
		expect((await messages(store)).map(({ state, reason }) => [state, reason])).toEqual([
			['unknown', 'restored'],
			['queued', null],
		]);
		expect(await confirmRestore(store, confirmation)).toMatchObject({ confirmed: false });
		const records = await store.db
			.selectFrom('consent_record')
			.innerJoin('ledger_chain as c', 'c.id', 'chain_id')
			.select('details')
			.where('kind', '=', 'store')
			.execute();
		expect(records.map(({ details }) => JSON.parse(details ?? '') as object)).toMatchObject([
			{ action: 'restoreConfirmed', confirmedBy: 'Anna Rossi', givenUp: 1 },
		]);
		expect(await verifyConsent(store)).toMatchObject({ valid: true, sendingBlocked: null });
	});

	it('Confirm Restore keeps what is queued where the operator knows that nothing was sent since', async () => {
		const { store, clock } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await deliver(store, message('START NEWS'));
		await createCampaign(store, campaign());
		clock.advance(1_000);
		await block();
		expect(await confirmRestore(store, { ...confirmation, queued: 'keep' })).toMatchObject({ givenUp: 0 });
		expect(await messages(store)).toMatchObject([{ state: 'queued' }]);
	});
});

describe('An SQLite store restored from a copy', () => {
	const clock = new TestClock();
	let settings: StoreSettings;
	let remove: () => Promise<void>;
	let store: Store;
	const open = async (): Promise<Store> => (store = await openStore(settings, { create: false, now: clock.now }));
	const backup = (): string => `${sqliteFile(settings)}.backup`;

	beforeEach(async () => {
		({ settings, remove } = newSqlite());
		store = await openStore(settings, { create: true, now: clock.now });
		await createOrUpdateSender(store, { phone: SENDER_PHONE, provider: 'meta', sendsWhatsApp: true, sendsSms: false });
		await deliver(store, message('START'));
		clock.advance(1_000);
		await store.close();
		copyFileSync(sqliteFile(settings), backup());
		await open();
	});

	afterEach(async () => {
		await store.close();
		await remove();
	});

	it.each([
		['over the old file', (file: string, from: string) => copyFileSync(from, file)],
		['in its place', (file: string, from: string) => renameSync(from, file)],
	])('%s is blocked, takes STOPs in, and sends once it is confirmed', async (_, restore) => {
		await deliver(store, message('STOP'));
		const sentBefore = (await store.db.selectFrom('sender').select('id').execute()).length;
		expect(sentBefore).toBe(1);
		clock.advance(1_000);
		await store.close();
		restore(sqliteFile(settings), backup());

		await open();
		expect((await seen(store)).registrations).toEqual(['active']);
		await expect(send(store)).rejects.toThrow(/Sending is blocked/);
		await store.close();
		await open();
		await expect(send(store)).rejects.toThrow(/Sending is blocked/);
		clock.advance(1_000);
		await deliver(store, message('STOP', { phone: '+393330000002' }));
		expect(await seen(store, '+393330000002')).toMatchObject({ words: { all: 'out' } });

		await confirmRestore(store, confirmation);
		expect((await send(store)).state).toBe('accepted');
		await store.close();
		await open();
		expect((await send(store, 'two')).state).toBe('accepted');
	});

	it('is blocked also when the very same backup is restored a second time', async () => {
		await deliver(store, message('STOP'));
		await store.close();
		copyFileSync(sqliteFile(settings), `${backup()}.2`);
		copyFileSync(backup(), sqliteFile(settings));
		await open();
		await confirmRestore(store, confirmation);
		await store.close();
		copyFileSync(backup(), sqliteFile(settings));
		await open();
		await expect(send(store)).rejects.toThrow(/Sending is blocked/);
	});

	it('is blocked by its place alone where nothing was recorded since', async () => {
		await store.close();
		renameSync(backup(), sqliteFile(settings));
		await open();
		expect((await sendingBlock(store.db))?.reason).toMatch(/another place/);
	});

	it('is not blocked where only the inode, or only the time of birth, is another', async () => {
		for (const part of ['inode', 'born']) {
			const { value } = await store.db
				.selectFrom('setting')
				.select('value')
				.where('name', '=', 'storePlace')
				.executeTakeFirstOrThrow();
			const place = { ...(JSON.parse(value) as object), [part]: '1' };
			await store.db
				.updateTable('setting')
				.set({ value: JSON.stringify(place) })
				.where('name', '=', 'storePlace')
				.execute();
			await store.close();
			await open();
			expect(await sendingBlock(store.db)).toBeNull();
		}
	});

	it('follows with its watermark within about a second, and is not held up by one that is torn', async () => {
		const file = join(sqliteFile(settings), '..', `${store.id}.watermark`);
		const before = readFileSync(file, 'utf8');
		await deliver(store, message('STOP'));
		for (let tries = 0; readFileSync(file, 'utf8') === before && tries < 60; tries++)
			await new Promise((resolve) => setTimeout(resolve, 50));
		expect(readFileSync(file, 'utf8')).not.toBe(before);
		await store.close();
		writeFileSync(file, '{"epoch":0,"rec');
		await open();
		expect(await sendingBlock(store.db)).toBeNull();
		expect(readdirSync(join(file, '..')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
	});

	it('confirmed on one machine is not blocked again by what another machine had seen', async () => {
		const folder = join(sqliteFile(settings), '..');
		await deliver(store, message('STOP'));
		await store.close();
		const other = `${folder}-other`;
		cpSync(folder, other, { recursive: true });
		copyFileSync(backup(), sqliteFile(settings));
		await open();
		await confirmRestore(store, confirmation);
		await store.close();
		const name = `${store.id}.watermark`;
		copyFileSync(join(other, name), join(folder, name));
		await open();
		expect(await sendingBlock(store.db)).toBeNull();
		expect(existsSync(join(folder, name))).toBe(true);
		rmSync(other, { recursive: true });
	});
});

describe('A PostgreSQL store restored from a copy', () => {
	it('as another database is blocked, and the original is not', async () => {
		const made = await newPostgres();
		const { settings } = made;
		if (settings.kind !== 'postgres') throw new Error('PostgreSQL was expected.');
		const store = await openStore(settings, { create: true });
		await deliver(store, message('START'));
		await store.close();
		const copy = `${settings.database}_copy`;
		const client = new Client({ ...settings, ssl: false, database: 'postgres' });
		await client.connect();
		await client.query(`create database ${copy} template ${settings.database}`);
		const restored = await openStore({ ...settings, database: copy }, { create: false });
		expect((await sendingBlock(restored.db))?.reason).toMatch(/another place/);
		await expect(send(restored)).rejects.toThrow(/Sending is blocked/);
		await confirmRestore(restored, confirmation);
		await restored.close();
		const again = await openStore({ ...settings, database: copy }, { create: false });
		expect((await send(again)).state).toBe('accepted');
		await again.close();
		const original = await openStore(settings, { create: false });
		expect(await sendingBlock(original.db)).toBeNull();
		await original.close();
		await client.query(`drop database ${copy} with (force)`);
		await client.end();
		await made.remove();
	});

	it('in its place, with records gone, is blocked by the watermark beside n8n, also while n8n runs', async () => {
		const made = await newPostgres();
		const host = newSqlite();
		const folder = host.settings.kind === 'sqlite' ? join(host.settings.n8nFolder, 'optin') : '';
		const settings = { ...made.settings, watermarkFolder: folder };
		const store = await openStore(settings, { create: true });
		await deliver(store, message('START'));
		await deliver(store, message('STOP'));
		await store.close();
		const restored = await openStore(made.settings, { create: false });
		await restored.db.deleteFrom('consent_record').where('sequence', '=', 2).execute();
		await restored.close();
		const opened = await openStore(settings, { create: false });
		expect((await sendingBlock(opened.db))?.reason).toMatch(/gone back in time/);
		await confirmRestore(opened, confirmation);
		expect(await sendingBlock(opened.db)).toBeNull();
		await opened.db.deleteFrom('consent_record').where('details', 'like', '%restoreConfirmed%').execute();
		await opened.guard.follow();
		expect((await sendingBlock(opened.db))?.reason).toMatch(/gone back in time/);
		await opened.close();
		await made.remove();
		await host.remove();
	});
});
