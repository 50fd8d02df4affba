import { chromium, type Browser, type Page } from 'playwright-core';

import { findChromium } from '../../../sandbox/chromium';
import { eventually, World } from '../world';

/** What a newcomer does with `npm start`: the form, the phone, START, STOP, all in a real browser. */
describe('In a real browser', () => {
	let world: World;
	let browser: Browser;
	let page: Page;
	const foreign: string[] = [];

	beforeAll(async () => {
		world = await World.start();
		browser = await chromium.launch({ executablePath: findChromium(), args: browserFlags });
		page = await browser.newPage({ viewport: { width: 320, height: 700 } });
		page.on('request', (request) => {
			if (!/^(http:\/\/127\.0\.0\.1|data:|about:|blob:)/.test(request.url())) foreign.push(request.url());
		});
	}, 240_000);

	afterAll(async () => {
		await browser?.close();
		await world?.close();
	});

	it('the form says what is wrong beside the field and keeps what was typed', async () => {
		await page.goto(String(world.sandbox.urls.form));
		await page.fill('input[type=tel]', '12');
		await page.check('input[name=consent]');
		await page.click('button[type=submit]');
		expect(await page.inputValue('input[type=tel]')).toBe('12');
		expect(await page.textContent('body')).toMatch(/number/i);
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
	});

	it('the form ends on a page with the link and a QR code', async () => {
		await page.fill('input[type=tel]', '333 1234567');
		if (!(await page.isChecked('input[name=consent]'))) await page.check('input[name=consent]');
		await page.click('button[type=submit]');
		await page.waitForSelector('svg');
		expect(await page.getAttribute('a[href^="https://wa.me/"]', 'href')).toContain('text=START%20NEWS%20');
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
	});

	it('no page of the form asks any other host for anything', () => {
		expect(foreign).toEqual([]);
	});

	it('on the phones page the link in the SMS opens WhatsApp with START typed in; sending it registers, STOP ends it', async () => {
		const phone = '+393331234567';
		await world.waitForReceived(phone, 1);
		await page.setViewportSize({ width: 1280, height: 900 });
		await page.goto(`${world.sandbox.gatewayUrl}/`);
		await page.click('text=Anna');
		await page.click('a[href*="wa.me"]');
		await eventually(async () => (/^START NEWS \d/.test(await page.inputValue('#text')) ? true : undefined));
		await page.keyboard.press('Enter');
		await world.waitForReceived(phone, 2);
		expect(await world.ask('check', { numbers: phone })).toMatchObject({ registered: true });
		await page.fill('#text', 'STOP');
		await page.keyboard.press('Enter');
		await world.waitForReceived(phone, 3);
		expect(await world.ask('check', { numbers: phone })).toMatchObject({ registered: false });
	});
});

const browserFlags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];
