import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

import { findChromium } from '../../../sandbox/chromium';
import { N8nRest } from '../../../sandbox/n8n/n8nRest';
import { waitForWebhook } from '../../../sandbox/n8n/waitForWebhook';
import { readTemplates } from '../../../sandbox/templates';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { eventually, type Item, pause, World } from '../world';
import { formUrl, plainForm, tightForm, wholeForm } from './forms';

const NARROW = { width: 320, height: 720 };
const HOUR_MS = 60 * 60_000;

/** The form as visitors meet it, on a real n8n behind one proxy: each visitor says by a header of the proxy where they are. */
describe('The opt-in form in a real browser', () => {
	let world: World;
	let browser: Browser;
	let site: CompanySite;
	const urls = { whole: '', plain: '', tight: '' };

	beforeAll(async () => {
		world = await World.start({ furtherWorkflows: [wholeForm, plainForm, tightForm], env: { N8N_PROXY_HOPS: '1' } });
		await world.withStore(async (store) => {
			for (const [shortcode, name] of [
				['recipes', 'Recipes'],
				['events', 'Veranstaltungen'],
			] as const)
				await createOrUpdateGroup(store, { shortcode, name });
		});
		const { n8nUrl } = world.sandbox;
		Object.assign(urls, {
			whole: formUrl(n8nUrl, wholeForm),
			plain: formUrl(n8nUrl, plainForm),
			tight: formUrl(n8nUrl, tightForm),
		});
		for (const url of Object.values(urls)) await waitForWebhook(url, 30_000);
		site = await startCompanySite(urls);
		browser = await chromium.launch({ executablePath: findChromium(), args: browserFlags });
	}, 240_000);

	afterAll(async () => {
		await browser?.close();
		site?.server.close();
		await world?.close();
	});

	const visit = async (address: string, options: BrowserContextOptions = {}): Promise<Page> => {
		const context = await browser.newContext({
			viewport: NARROW,
			extraHTTPHeaders: { 'x-forwarded-for': address },
			...options,
		});
		return await context.newPage();
	};
	const width = async (page: Page): Promise<unknown> => await page.evaluate('document.documentElement.scrollWidth');
	const invitationOf = async (phone: string) =>
		await world.withStore(
			async ({ db }) =>
				await db
					.selectFrom('invitation')
					.innerJoin('identity', 'identity.id', 'identity_id')
					.selectAll('invitation')
					.where('phone', '=', phone)
					.executeTakeFirstOrThrow(),
		);

	it('fits 320 pixels and speaks the language of the browser, without script, from the first error to the last page', async () => {
		const page = await visit('198.51.100.7', { javaScriptEnabled: false, locale: 'de-AT' });
		await page.goto(urls.whole);
		await shoot(page, '1-whole');
		expect(await page.textContent('h1')).toBe('Unsere Neuigkeiten auf WhatsApp');
		expect(await page.getAttribute('html', 'lang')).toBe('de');
		await page.fill('[name=phone]', '333 7654322');
		await page.fill('[name=email]', 'anna at example');
		await page.click('button');
		await shoot(page, '2-errors');
		const wrong = await page.locator('.wrong').allTextContents();
		expect(wrong).toHaveLength(3);
		expect(await page.inputValue('[name=phone]')).toBe('333 7654322');

		await page.fill('[name=name]', 'Anna Holzner');
		await page.fill('[name=email]', 'anna@example.com');
		await page.selectOption('[name=shop]', 'Meran');
		await page.fill('[name=birthday]', '1990-05-31');
		await page.check('[name=group][value=recipes]');
		await page.check('[name=group][value=events]');
		await page.check('[name=consent]');
		await page.click('button');
		await page.waitForSelector('.number');
		await shoot(page, '3-last-step');
		expect(await page.textContent('.words')).toMatch(/^START NEWS \d\w{6}$/);
	});

	it('needs no script to fit: nothing on any of its pages is wider than 320 pixels', async () => {
		const page = await visit('198.51.100.8', { locale: 'pt-PT' });
		await page.goto(urls.whole);
		expect(await width(page)).toBeLessThanOrEqual(320);
		await page.click('button');
		expect(await page.locator('.wrong').count()).toBe(3);
		expect(await width(page)).toBeLessThanOrEqual(320);
		expect(await page.evaluate('document.activeElement.name')).toBe('phone');
	});

	it('joins all groups that were ticked by the one START with the code, and fills the contact', async () => {
		const phone = '+393337654322';
		const invitation = await invitationOf(phone);
		expect(JSON.parse(invitation.evidence)).toMatchObject({
			address: '198.51.100.7',
			formVersion: '2',
			language: 'de',
		});
		await world.whatsApp(phone, `START NEWS ${invitation.code}`);
		const [contact] = await world.withStore(
			async ({ db }) => await db.selectFrom('contact').selectAll().where('whatsapp_number', '=', phone).execute(),
		);
		expect(contact).toMatchObject({
			// What the person calls themselves on WhatsApp comes before what was typed.
			name: expect.stringMatching(/^Phone /) as string,
			sms_number: phone,
			language: 'de',
			sms_consent_source: 'form',
		});
		expect(JSON.parse(contact?.fields ?? '')).toEqual({
			email: 'anna@example.com',
			shop: 'Meran',
			birthday: '1990-05-31',
		});
		const groups = await world.withStore(
			async ({ db }) =>
				await db
					.selectFrom('membership')
					.innerJoin('contact_group', 'contact_group.id', 'group_id')
					.select('shortcode')
					.where('contact_id', '=', contact?.id ?? 0)
					.orderBy('shortcode')
					.execute(),
		);
		expect(groups.map(({ shortcode }) => shortcode)).toEqual(['events', 'news', 'recipes']);
	});

	it('works in a frame of another site, in the company’s colours, up to the last page', async () => {
		const page = await visit('198.51.100.9', { viewport: { width: 700, height: 900 } });
		await page.goto(`${site.origin}/frame`);
		const frame = page.frameLocator('iframe');
		await frame.locator('[name=phone]').fill('333 7654323');
		await frame.locator('[name=consent]').check();
		await shoot(page, '4-frame');
		await frame.locator('button').click();
		await frame.locator('.number').waitFor();
		await shoot(page, '5-frame-last-step');
		expect(await frame.locator('a.button').getAttribute('href')).toContain(
			'https://wa.me/390212345678?text=START%20NEWS%20',
		);
		// Nothing of n8n's own can be reached from the frame.
		expect(await page.frames()[1]?.evaluate('origin')).toBe('null');
	});

	it('is the target of the company’s own form, by documented names, from another site', async () => {
		const page = await visit('2001:db8:1:2:aaaa::1');
		await page.goto(`${site.origin}/own`);
		await page.fill('[name=phone]', '333 7654324');
		await page.fill('[name=name]', 'Bruno');
		await page.check('[value=events]');
		await page.check('[name=consent]');
		await page.click('button');
		await page.waitForSelector('.number');
		const invitation = await invitationOf('+393337654324');
		expect(JSON.parse(invitation.person_fields ?? '')).toEqual({ name: 'Bruno' });
		expect(JSON.parse(invitation.further_group_ids)).toHaveLength(1);
		expect(JSON.parse(invitation.evidence)).toMatchObject({ address: '2001:db8:1:2:aaaa::1' });
	});

	it('tells a program that sends JSON what it takes instead, and keeps nothing', async () => {
		const response = await fetch(urls.whole, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ phone: '333 7654399', consent: 'yes' }),
		});
		expect(response.status).toBe(415);
		expect(((await response.json()) as Item).error).toContain('application/x-www-form-urlencoded');
		await expect(invitationOf('+393337654399')).rejects.toThrow();
	});

	it('asks to come back later when a limit is reached, by address and not by whoever else sends, and names the field where the country is not allowed', async () => {
		const submit = async (page: Page, phone: string) => {
			await page.goto(urls.tight);
			await page.fill('[name=phone]', phone);
			await page.check('[name=consent]');
			const [response] = await Promise.all([
				page.waitForResponse((answer) => answer.request().method() === 'POST'),
				page.click('button'),
			]);
			return { status: response.status(), retryAfter: Number(response.headers()['retry-after'] ?? 0) };
		};
		const page = await visit('198.51.100.20');
		expect(await submit(page, '+43 664 1234567')).toMatchObject({ status: 422 });
		expect(await page.textContent('.wrong')).toContain('ce pays');
		await shoot(page, '6-country');
		expect(await submit(page, '333 7654325')).toMatchObject({ status: 200 });
		const refused = await submit(page, '333 7654326');
		expect(refused.status).toBe(429);
		expect(refused.retryAfter).toBeGreaterThan(3_000);
		expect(refused.retryAfter).toBeLessThanOrEqual(3_600);
		expect(await page.textContent('h1')).toBe('Veuillez réessayer plus tard');
		await shoot(page, '7-limit');
		await expect(invitationOf('+393337654326')).rejects.toThrow();
		expect(await submit(await visit('198.51.100.21'), '333 7654326')).toMatchObject({ status: 200 });
	});

	it('the reminder of template 3 goes out once, to whoever has not written', async () => {
		const phone = '+393337654323';
		await world.withStore(async ({ db, now }) => {
			const { id } = await db.selectFrom('identity').select('id').where('phone', '=', phone).executeTakeFirstOrThrow();
			await db
				.updateTable('invitation')
				.set({ last_sent_at: now() - 25 * HOUR_MS })
				.where('identity_id', '=', id)
				.execute();
		});
		const rest = new N8nRest(world.sandbox.n8nUrl);
		const { id = '' } = readTemplates().find(({ name }) => name.startsWith('3')) ?? {};
		await Promise.all([rest.run(id, 'Try it now'), rest.run(id, 'Try it now')]);
		await world.waitForReceived(phone, 1);
		// n8n keeps nothing of these runs that would tell when the other one has ended.
		await pause(2_000);
		const texts = world.received(phone);
		expect(texts).toHaveLength(1);
		expect(texts[0]).toMatch(
			/^One step is still missing: .* WhatsApp \+390212345678: https:\/\/wa\.me\/390212345678\?text=START%20NEWS%20\d/,
		);
	});

	it('template 9 has told the company the address of its form, which works', async () => {
		const mail = await eventually(
			() => world.sandbox.mailbox.mails().find(({ subject }) => subject.includes('opt-in form is ready')),
			60_000,
			() => 'the e-mail about the form',
		);
		expect(mail.to).toContain('boss@example.com');
		const url = /Form: (\S+)/.exec(mail.text)?.[1] ?? '';
		expect(url).toBe(String(world.sandbox.urls.form));
		expect((await fetch(url)).status).toBe(200);
		expect(mail.text).toContain('https://wa.me/390212345678?text=START');
	});
});

interface CompanySite {
	server: Server;
	origin: string;
}

/** A company's own site, on an origin of its own: one page with the form in a frame, one with a plain HTML form. */
async function startCompanySite(urls: { whole: string; plain: string }): Promise<CompanySite> {
	const pages: Record<string, string> = {
		'/frame': `<body style="margin:0;background:#1d3557;color:#fff;font-family:sans-serif"><h1>Bakery</h1><iframe src="${urls.plain}" style="width:100%;height:760px;border:0"></iframe>`,
		'/own': `<form method="post" action="${urls.whole}"><input name="phone"><input name="name"><input type="checkbox" name="group" value="recipes"><input type="checkbox" name="group" value="events"><input type="checkbox" name="group" value="secret" checked><input type="checkbox" name="consent" value="1"><button>Go</button></form>`,
	};
	const server = createServer((request, response) => {
		response.setHeader('Content-Type', 'text/html; charset=utf-8');
		response.end(`<!doctype html>${pages[request.url ?? ''] ?? ''}`);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` };
}

/** For whoever wants to see what the tests see: OPTIN_SHOTS names a folder. */
async function shoot(page: Page, name: string): Promise<void> {
	const folder = process.env.OPTIN_SHOTS;
	if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

const browserFlags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];
