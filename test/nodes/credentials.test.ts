import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { credentialTest } from '../../nodes/shared/credentialTests';
import { createWebhookReader } from '../../nodes/shared/providers';

const store = { storage: 'sqlite', sqliteFile: 'optin.sqlite', sharedDisk: false, ledgerKey: 'a key' };
const test = (name: keyof typeof credentialTest, data: ICredentialDataDecryptedObject) =>
	credentialTest[name]({ id: '1', name: 'Mine', type: name, data });

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'optin-credential-'));
	process.env.N8N_USER_FOLDER = folder;
});

afterEach(() => {
	delete process.env.N8N_USER_FOLDER;
	delete process.env.EXECUTIONS_MODE;
	rmSync(folder, { recursive: true, force: true });
});

describe('the test of the store credential', () => {
	it('makes the store where there is none, and says which it did', async () => {
		expect(await test('optInStoreTest', store)).toEqual({
			status: 'OK',
			message: expect.stringContaining('made a new one'),
		});
		expect(existsSync(join(folder, '.n8n/optin/optin.sqlite'))).toBe(true);
		expect(await test('optInStoreTest', store)).toEqual({ status: 'OK', message: expect.stringContaining('is ready') });
	});

	it('refuses another ledger key than the store was made with, and a missing one', async () => {
		await test('optInStoreTest', store);
		expect(await test('optInStoreTest', { ...store, ledgerKey: 'another' })).toEqual({
			status: 'Error',
			message: expect.stringContaining('not the one this store was made with'),
		});
		expect(await test('optInStoreTest', { ...store, ledgerKey: '' })).toEqual({
			status: 'Error',
			message: expect.stringContaining('no ledger key'),
		});
	});

	it('refuses a path for a file name, and makes nothing', async () => {
		expect(await test('optInStoreTest', { ...store, sqliteFile: '../../x' })).toMatchObject({
			status: 'Error',
			message: expect.stringContaining('not a file name'),
		});
		expect(existsSync(join(folder, '.n8n'))).toBe(false);
	});

	it('refuses an embedded file in queue mode, unless all processes share the disk', async () => {
		process.env.EXECUTIONS_MODE = 'queue';
		expect(await test('optInStoreTest', store)).toMatchObject({
			status: 'Error',
			message: expect.stringContaining('queue mode'),
		});
		expect(await test('optInStoreTest', { ...store, sharedDisk: true })).toMatchObject({ status: 'OK' });
	});

	it('says that a database server does not answer', async () => {
		const data = {
			...store,
			storage: 'postgres',
			host: '127.0.0.1',
			port: 1,
			database: 'optin',
			user: 'optin',
			password: 'secret',
			ssl: false,
		};
		const { status, message } = await test('optInStoreTest', data);
		expect(status).toBe('Error');
		expect(message).toContain('does not answer');
		expect(message).not.toContain('secret');
	});
});

describe('the tests of the provider credentials', () => {
	it.each(['metaWhatsAppTest', 'websmsTest'] as const)('%s says that the provider cannot be reached', async (name) => {
		const { status, message } = await test(name, { accessToken: 'secret', baseUrl: 'http://127.0.0.1:9' });
		expect(status).toBe('Error');
		expect(message).toContain('could not be reached');
		expect(message).not.toContain('secret');
	});
});

describe('the base URL of a provider credential', () => {
	it.each([
		'http://graph.facebook.com',
		'HTTP://10.0.0.1',
		'ftp://x.example',
		'http://127.0.0.1.evil.example',
		'http://localhost@evil.example',
	])('is not %s: the token could be read on the way', async (baseUrl) => {
		for (const name of ['metaWhatsAppTest', 'websmsTest'] as const) {
			const { status, message } = await test(name, { accessToken: 'secret', baseUrl });
			expect(status).toBe('Error');
			expect(message).toContain('https://');
			expect(message).not.toContain('secret');
		}
	});
});

describe('an incomplete provider credential', () => {
	it.each(['meta', 'websms'] as const)('believes no webhook: %s', (provider) => {
		const reader = createWebhookReader(provider, { accessToken: 'token' });
		const request = {
			method: 'POST',
			url: '/?key=',
			headers: { 'x-hub-signature-256': 'sha256=' },
			body: Buffer.from('{}'),
		};
		expect(reader.read(request)).toMatchObject({ answer: { status: 401 }, events: null });
	});
});
