import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

import { n8nOwner } from '../../../sandbox/accounts';
import { findChromium } from '../../../sandbox/chromium';
import { waitForWebhook } from '../../../sandbox/n8n/waitForWebhook';
import { readTemplates } from '../../../sandbox/templates';
import { listContacts } from '../../../services/contacts/contacts';
import { checkRegistrations } from '../../../services/registrations/registrations';
import { cell, workbook } from '../../support/workbook';
import { World } from '../world';

const LIST = `Nome;Cellulare;WhatsApp;Città
Anna Rossi;333 1234567;333 1234567;Bolzano
Bruno;3,93E+11;;Merano
"=HYPERLINK(""http://evil.example"")";333 7654321;;Bressanone
Carla;12;;Brunico
`;

/** Template 4 on the real n8n, as somebody of the company uses it. */
describe('The import form in a real browser', () => {
	let world: World;
	let browser: Browser;
	let page: Page;
	let url: string;
	const folder = mkdtempSync(join(tmpdir(), 'optin-import-'));

	beforeAll(async () => {
		world = await World.start();
		const template = readTemplates().find(({ name }) => name.startsWith('4 '));
		const trigger = template?.nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger');
		url = `${world.sandbox.n8nUrl}/form/${trigger?.webhookId}`;
		await waitForWebhook(url, 30_000);
		browser = await chromium.launch({
			executablePath: findChromium(),
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
			],
		});
		page = await (await browser.newContext({ viewport: { width: 1_000, height: 900 } })).newPage();
		await logIn();
	}, 240_000);

	afterAll(async () => {
		await browser?.close();
		await world?.close();
		rmSync(folder, { recursive: true, force: true });
	});

	async function logIn(): Promise<void> {
		await page.goto(`${world.sandbox.n8nUrl}/signin`);
		await page.fill('input[name=emailOrLdapLoginId], input[name=email]', n8nOwner.email);
		await page.fill('input[name=password]', n8nOwner.password);
		await page.click('button:has-text("Sign in")');
		await page.waitForURL((address) => !address.pathname.includes('signin'));
	}

	const shoot = async (name: string): Promise<void> => {
		if (process.env.OPTIN_SHOTS !== undefined)
			await page.screenshot({ path: join(process.env.OPTIN_SHOTS, `${name}.png`), fullPage: true });
	};

	/** Uploads the list and goes on to the last page. @returns what it says */
	async function upload(list: string | Buffer, mode: 'Only look' | 'Import'): Promise<string> {
		const file = join(folder, typeof list === 'string' ? 'list.csv' : 'list.xlsx');
		writeFileSync(file, list, 'latin1');
		await page.goto(url);
		const allow = page.getByRole('button', { name: 'Allow access' });
		await page.locator('input[type=file]').or(allow).first().waitFor();
		// n8n asks once whether the form may run as the person at the keyboard.
		if (await allow.isVisible()) await allow.click();
		await page.setInputFiles('input[type=file]', file);
		await page.fill('input[type=text]', 'news');
		await page.selectOption('select', { label: mode });
		await shoot(`import-form-${mode === 'Import' ? 2 : 1}`);
		await page.click('button[type=submit]');
		await page.locator('text=/Only looked|Imported/').first().waitFor({ timeout: 30_000 });
		await shoot(`import-page-${mode === 'Import' ? 2 : 1}`);
		return (await page.textContent('body')) ?? '';
	}

	it('only looks when told so, then imports what is right and gives the wrong rows back as a file with the reasons', async () => {
		expect(await upload(LIST, 'Only look')).toMatch(/Rows: 4\..*New contacts: 2.*Rejected: 2/s);
		expect(await world.withStore((store) => listContacts(store))).toEqual([]);

		const downloaded = page.waitForEvent('download', { timeout: 30_000 });
		expect(await upload(LIST, 'Import')).toMatch(/Rows: 4\..*New contacts: 2.*Rejected: 2/s);
		const rejected = await (await downloaded).path();
		expect(readFileSync(rejected).subarray(0, 2).toString()).toBe('PK');
		const contacts = await world.withStore((store) => listContacts(store, { group: 'news' }));
		expect(contacts.map(({ name, smsNumber, fields }) => [name, smsNumber, fields])).toEqual([
			['Anna Rossi', '+393331234567', { Città: 'Bolzano' }],
			['=HYPERLINK("http://evil.example")', '+393337654321', { Città: 'Bressanone' }],
		]);
		expect(
			await world.withStore((store) => checkRegistrations(store, { sender: '', numbers: ['333 1234567'] })),
		).toMatchObject([{ registered: false }]);
	}, 120_000);

	it('changes nothing by a second upload of the same file', async () => {
		expect(
			await upload(
				LIST.split('\n')
					.filter((line) => !/E\+11|;12;/.test(line))
					.join('\n'),
				'Import',
			),
		).toMatch(/Rows: 2\..*New contacts: 0, completed: 0, unchanged: 2/s);
	}, 60_000);

	it('says which sheet of a workbook was read, and how many hidden rows were left out', async () => {
		const row = (number: number, text: string, attributes = ''): string =>
			`<row r="${number}"${attributes}>${cell(`A${number}`, text)}</row>`;
		const hidden = row(3, '+393331234569', ' hidden="1"');
		const right = workbook(row(1, 'Mobile') + row(2, '+393331234567') + hidden);
		expect(await upload(right, 'Only look')).toContain('Sheet read: People, hidden rows left out: 1.');
		const wrong = workbook(row(1, 'Mobile') + row(2, '12') + hidden);
		expect(await upload(wrong, 'Only look')).toContain('Sheet read: People, hidden rows left out: 1. Rejected: 1');
	}, 60_000);
});
