import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../../sandbox/gateway/gateway';
import { quick, Receiver, textByMeta } from './support';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'optin-gateway-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('phones and conversations are there again after a restart', async () => {
	const before = await startGateway({ port: 0, dataFolder: folder, settings: { statuses: false } });
	before.addPhone('333 1234567', { name: 'Anna', reads: false });
	await textByMeta(before, '393331234567');
	await before.close();

	const after = await startGateway({ port: 0, dataFolder: folder, settings: { statuses: false } });
	expect(after.book.list()).toMatchObject([{ phone: '+393331234567', name: 'Anna', reads: false }]);
	expect(after.book.conversation('+393331234567')).toMatchObject([{ text: 'Hello', state: 'accepted' }]);
	await after.close();
	expect(readdirSync(folder)).toEqual(['phones.json']);
});

test('statuses that were still to come, come after the restart', async () => {
	const receiver = await new Receiver().start();
	const before = await startGateway({
		port: 0,
		dataFolder: folder,
		settings: { sentAfterMs: 10_000, deliveredAfterMs: 10_000, readAfterMs: 10_000 },
	});
	await textByMeta(before, '393331234567', 'job-7');
	await before.close();

	const after = await startGateway({ port: 0, dataFolder: folder, settings: quick, callbacks: { meta: receiver.url } });
	await receiver.until(() => receiver.statuses.length === 3);
	expect(receiver.statuses.map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
	expect(receiver.statuses[0]?.['biz_opaque_callback_data']).toBe('job-7');
	await after.close();
	await receiver.close();
});

test('a file that cannot be read is no reason not to start', async () => {
	writeFileSync(join(folder, 'phones.json'), '{"phones": [');
	const gateway = await startGateway({ port: 0, dataFolder: folder });
	expect(gateway.book.list()).toEqual([]);
	await gateway.close();
});

test('a campaign to thousands keeps the phones that people use, and a bounded number of others', async () => {
	const gateway = await startGateway({ port: 0, settings: { statuses: false } });
	gateway.addPhone('333 1234567', { name: 'Anna' });
	for (let n = 0; n < 1_200; n += 1) await textByMeta(gateway, String(393_470_000_000 + n));
	expect(gateway.book.find('+393331234567')?.name).toBe('Anna');
	expect(gateway.book.list()).toHaveLength(500);
	expect(gateway.counters.summary().accepted).toBe(1_200);
	await gateway.close();
});
