import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

import { metaAccount, pageLogin } from '../../../sandbox/accounts';
import { findChromium } from '../../../sandbox/chromium';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { applyMessage, getUsage } from '../../../services/registrations/registrations';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { eventually, World } from '../world';

const phoneOf = (index: number): string => `+39333000${String(1_000 + index)}`;
const hostile = '<script>document.title="run"</script><img src=x onerror="document.title=\'run\'">';
const sender = metaAccount.phone;
const PEOPLE = 30;

/** Template 8 on the real n8n, as the company's people use it. */
describe('The registrations page in a real browser', () => {
	let world: World;
	let browser: Browser;
	let context: BrowserContext;
	let page: Page;
	let url: string;
	const foreign: string[] = [];

	beforeAll(async () => {
		world = await World.start();
		url = String(world.sandbox.urls.registrations);
		await world.withStore(async (store) => {
			await createOrUpdateSender(store, {
				phone: sender,
				provider: 'meta',
				sendsWhatsApp: true,
				sendsSms: false,
				packageLimit: 40,
			});
			for (let index = 0; index < PEOPLE; index++) {
				await applyMessage(store, { sender, from: phoneOf(index), text: 'START', messageId: `start ${index}` });
				const name = index === 3 ? hostile : `Person ${index}`;
				await createOrUpdateContact(store, { whatsAppNumber: phoneOf(index), name });
			}
		});
		await eventually(async () => ((await fetch(url)).status === 404 ? undefined : true));
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
		context = await browser.newContext({
			viewport: { width: 1280, height: 900 },
			javaScriptEnabled: true,
			httpCredentials: { username: pageLogin.user, password: pageLogin.password },
		});
		page = await context.newPage();
		page.on('request', (request) => {
			if (!/^(http:\/\/127\.0\.0\.1|data:|about:)/.test(request.url())) foreign.push(request.url());
		});
	}, 240_000);

	afterAll(async () => {
		await browser?.close();
		await world?.close();
	});

	const rows = async (): Promise<string[]> =>
		(await page.locator('tbody tr').allTextContents()).map((row) => row.replace(/\s+/g, ' ').trim());
	const shoot = async (name: string): Promise<void> => {
		if (process.env.OPTIN_SHOTS !== undefined)
			await page.screenshot({ path: `${process.env.OPTIN_SHOTS}/${name}.png`, fullPage: true });
	};

	it('is closed to whoever does not log in, for looking and for revoking', async () => {
		expect((await fetch(url)).status).toBe(401);
		expect((await fetch(url, { method: 'POST', body: new URLSearchParams({ handle: 'x' }) })).status).toBe(401);
		const authorization = `Basic ${Buffer.from(`${pageLogin.user}:wrong`).toString('base64')}`;
		expect([401, 403]).toContain((await fetch(url, { headers: { authorization } })).status);
	});

	it('shows who is registered with masked numbers, and how much of the package is used', async () => {
		await page.goto(url);
		await shoot('desktop');
		expect(await page.locator('.usage').textContent()).toMatch(/30 active of 40 \(75 %\)/);
		expect(await page.locator('.bar div').getAttribute('style')).toBe('width:75%');
		expect(await rows()).toHaveLength(25);
		expect(await page.content()).not.toContain('+39333000');
	});

	it('shows a name made of markup as text, and runs nothing of it', async () => {
		expect((await rows())[3]).toContain(hostile);
		expect(await page.locator('tbody script, tbody img').count()).toBe(0);
		expect(await page.title()).toBe('WhatsApp registrations');
		await page.goto(
			`${url}?q=${encodeURIComponent('"><script>document.title="run"</script>')}&state=%3Cb%3E&sender=%22%3E&show=%3Ci%3E`,
		);
		expect(await page.locator('main script, main b, main i').count()).toBe(0);
		expect(await page.title()).toBe('WhatsApp registrations');
	});

	it('goes to the next page and back to the first', async () => {
		await page.goto(url);
		await page.click('text=Next page');
		expect(await rows()).toHaveLength(5);
		expect((await rows())[0]).toContain('Person 25');
		await page.click('text=First page');
		expect((await rows())[0]).toContain('Person 0');
	});

	it('finds people by name and by part of the number as one types it, and shows numbers where asked', async () => {
		await page.fill('input[name=q]', 'person 12');
		await page.click('button:has-text("Search")');
		expect(await rows()).toEqual([expect.stringContaining('Person 12')]);
		await page.fill('input[name=q]', '333 000 1007');
		await page.check('input[name=show]');
		await page.click('button:has-text("Search")');
		expect(await rows()).toEqual([expect.stringContaining('+393330001007')]);
	});

	it('revokes by a button, without script, and comes back to the same list', async () => {
		await page.click('summary');
		await page.click('button:has-text("Yes, end it")');
		await page.waitForURL(/q=333/);
		expect(await page.locator('.empty').textContent()).toBe('Nobody is found.');
		await page.selectOption('select[name=state]', 'ended');
		await page.click('button:has-text("Search")');
		expect(await rows()).toEqual([expect.stringMatching(/Person 7.*ended by you/)]);
		expect(await world.withStore((store) => getUsage(store, { sender }))).toMatchObject({
			active: PEOPLE - 1,
			ended: 1,
		});
	});

	it('revokes nothing for a form of somebody else, who cannot know a handle', async () => {
		const authorization = `Basic ${Buffer.from(`${pageLogin.user}:${pageLogin.password}`).toString('base64')}`;
		for (const handle of ['', '1.1.aaaaaaaaaaaaaaaa', '+393330001001']) {
			const answer = await fetch(url, {
				method: 'POST',
				headers: { authorization },
				body: new URLSearchParams({ handle }),
				redirect: 'manual',
			});
			expect(answer.status).toBe(403);
		}
		expect(await world.withStore((store) => getUsage(store, { sender }))).toMatchObject({ active: PEOPLE - 1 });
	});

	it('fits a phone of 320 pixels, also with a long name', async () => {
		await page.setViewportSize({ width: 320, height: 700 });
		await page.goto(`${url}?show=1`);
		await page.locator('summary').first().click();
		await shoot('phone');
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
	});

	it('works where scripts are switched off, and asks no other host for anything', async () => {
		const plain = await browser.newContext({
			javaScriptEnabled: false,
			httpCredentials: { username: pageLogin.user, password: pageLogin.password },
		});
		const other = await plain.newPage();
		await other.goto(`${url}?q=person+20`);
		await other.click('summary');
		await other.click('button:has-text("Yes, end it")');
		await other.waitForURL(/q=person/);
		expect(await other.locator('tbody tr').count()).toBe(0);
		await plain.close();
		expect(foreign).toEqual([]);
	});
});
