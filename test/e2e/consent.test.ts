import { createHmac, randomUUID } from 'node:crypto';

import { metaAccount, websmsAccount } from '../../sandbox/accounts';
import { N8nRest } from '../../sandbox/n8n/n8nRest';
import { helperWorkflows, sendToList } from './helperWorkflows';
import { eventually, pause, World } from './world';

/** The path of one person after another through the real n8n, against the gateway; SQLite, as `npm start` has it. */
describe('On a real n8n', () => {
	let world: World;
	beforeAll(async () => {
		world = await World.start({ furtherWorkflows: [...helperWorkflows, sendToList] });
	}, 240_000);
	afterAll(async () => await world?.close());

	const anna = '+393331234567';
	const bruno = '+393477654321';

	it('a phone that has never written gets nothing, and the item says "not registered"', async () => {
		const item = await world.ask('send', { channel: 'whatsapp', to: anna, text: 'Hello' });
		expect(item).toMatchObject({ state: 'skipped', reason: 'not registered' });
		expect(world.gateway.counters.sends(anna)).toEqual([]);
	});

	it.each(['333 1234567', '+39 333 1234567', '0039 333 123 4567'])(
		'the form takes "%s", and an SMS brings the link with START, group and code',
		async (typed) => {
			world.gateway.book.clear();
			world.gateway.addPhone(anna);
			const page = await submitForm(world, typed);
			expect(page).toContain('https://wa.me/390212345678?text=START%20NEWS%20');
			expect(page).toContain('<svg');
			const [sms] = await world.waitForReceived(anna, 1);
			expect(sms).toContain('+390212345678');
			expect(sms).toMatch(/https:\/\/wa\.me\/390212345678\?text=START%20NEWS%20\d[0-9a-z]{6}/);
		},
	);

	it('START NEWS registers, completes the contact of that SMS number, puts it into the group and is confirmed', async () => {
		await world.call('contact', { smsNumber: anna });
		const before = world.received(anna, 'whatsapp').length;
		expect((await world.whatsApp(anna, 'START NEWS')).status).toBe(200);
		await eventually(() => (world.received(anna, 'whatsapp').length > before ? true : undefined));
		expect(world.received(anna, 'whatsapp').at(-1)).toMatch(/registered/i);
		expect(await world.ask('check', { numbers: anna })).toMatchObject({ registered: true, state: 'active' });
		const contacts = (await world.call('contacts')).filter(({ smsNumber }) => smsNumber === anna);
		expect(contacts).toHaveLength(1);
		expect(contacts[0]).toMatchObject({ whatsAppNumber: anna });
		expect((await world.call('groups')).find(({ shortcode }) => shortcode === 'news')).toMatchObject({ contacts: 1 });
	});

	it('any first message registers, too', async () => {
		await world.whatsApp(bruno, 'Hello, are you open today?');
		expect(await world.ask('check', { numbers: bruno })).toMatchObject({ registered: true });
	});

	it('what may be an opt-out is asked about once, in the language of the text, and only STOP ends it', async () => {
		const phone = '+393386666666';
		const asked = () => world.received(phone, 'whatsapp');
		await world.whatsApp(phone, 'Hello');
		await world.waitForReceived(phone, 1);
		await world.whatsApp(phone, 'What happens if I unsubscribe?');
		await eventually(() => (asked().length > 1 ? true : undefined));
		expect(asked().at(-1)).toContain('Then answer STOP');
		await world.whatsApp(phone, 'Not interested');
		await world.whatsApp(phone, 'yes');
		await pause(1_500);
		expect(asked()).toHaveLength(2);
		expect(await world.ask('check', { numbers: phone })).toMatchObject({ registered: true });
		await world.whatsApp(phone, 'STOP');
		await eventually(() => (asked().length > 2 ? true : undefined));
		expect(await world.ask('check', { numbers: phone })).toMatchObject({ registered: false });
	});

	it('the same webhook delivered twice changes nothing twice', async () => {
		const id = `wamid.${randomUUID()}`;
		const phone = '+393381111111';
		await world.whatsApp(phone, 'START', { id });
		await world.waitForReceived(phone, 1);
		const records = Number((await world.ask('verify')).records);
		expect((await world.whatsApp(phone, 'START', { id })).status).toBe(200);
		await pause(1_500);
		expect(world.received(phone)).toHaveLength(1);
		expect(Number((await world.ask('verify')).records)).toBe(records);
	});

	it('two events out of order end in the newest state', async () => {
		const phone = '+393382222222';
		const now = Date.now();
		await world.whatsApp(phone, 'STOP', { sentAt: now });
		await world.whatsApp(phone, 'START', { sentAt: now - 60_000 });
		expect(await world.ask('check', { numbers: phone })).toMatchObject({ registered: false });
	});

	it('STOP NEWS leaves the group only', async () => {
		await world.whatsApp(anna, 'STOP NEWS');
		expect((await world.call('groups')).find(({ shortcode }) => shortcode === 'news')).toMatchObject({ contacts: 0 });
		expect(await world.ask('check', { numbers: anna })).toMatchObject({ registered: true });
	});

	it('deleting the contact leaves the registration valid: sending to the typed number works', async () => {
		const contact = (await world.call('contacts')).find(({ whatsAppNumber }) => whatsAppNumber === bruno);
		await world.call('delete-contact', { contactId: contact?.id });
		expect((await world.call('contacts')).find(({ whatsAppNumber }) => whatsAppNumber === bruno)).toBeUndefined();
		expect(await world.ask('send', { channel: 'whatsapp', to: '347 765 4321', text: 'Still there?' })).toMatchObject({
			state: 'accepted',
		});
	});

	it('STOP ends the registration, keeps the contact, is confirmed once, and nothing else goes out', async () => {
		const contacts = (await world.call('contacts')).length;
		const before = world.received(anna, 'whatsapp').length;
		const { status } = await world.whatsApp(anna, 'STOP');
		expect(status).toBe(200);
		await eventually(() => (world.received(anna, 'whatsapp').length > before ? true : undefined));
		await pause(1_500);
		expect(world.received(anna, 'whatsapp')).toHaveLength(before + 1);
		expect((await world.call('contacts')).length).toBe(contacts);

		const eventId = await lastStopEvent(world, anna);
		expect(await world.ask('reply', { eventId, text: 'Sure?', key: randomUUID() })).toMatchObject({
			state: 'skipped',
			reason: 'already replied',
		});
		expect(await world.ask('send', { channel: 'whatsapp', to: anna, text: 'Come back!' })).toMatchObject({
			state: 'skipped',
		});
		expect(world.received(anna, 'whatsapp')).toHaveLength(before + 1);
	});

	it('within 24 hours of a STOP a "thanks" registers nobody; START does', async () => {
		await world.whatsApp(anna, 'Thanks!');
		expect(await world.ask('check', { numbers: anna })).toMatchObject({ registered: false });
		await world.whatsApp(anna, 'start');
		expect(await world.ask('check', { numbers: anna })).toMatchObject({ registered: true });
	});

	it('a STOP by SMS stops SMS', async () => {
		const phone = '+393383333333';
		expect(await world.ask('send', { channel: 'sms', to: phone, text: 'Your table is ready' })).toMatchObject({
			state: 'accepted',
		});
		expect((await world.sms(phone, 'STOP')).status).toBe(200);
		expect(await world.ask('send', { channel: 'sms', to: phone, text: 'Your table is ready' })).toMatchObject({
			state: 'skipped',
			reason: 'opted out',
		});
	});

	it('every step is in the ledger, which verifies', async () => {
		expect(await world.ask('verify')).toMatchObject({ valid: true });
		expect(Number((await world.ask('verify')).records)).toBeGreaterThan(8);
	});

	it('n8n’s Retry of an execution that failed at one item sends nothing again, however often it is pressed', async () => {
		const phone = '+393387777777';
		world.gateway.addPhone(phone);
		const list = [{ to: phone }, { to: 'nobody' }];
		await expect(world.call('send-to-list', { list })).rejects.toThrow(/HTTP 500/);
		await world.waitForReceived(phone, 1);
		const rest = new N8nRest(world.sandbox.n8nUrl);
		for (const loadWorkflow of [false, true, false]) {
			const [failed] = await rest.executions(sendToList.id);
			expect(failed?.status).toBe('error');
			await rest.call('POST', `/rest/executions/${failed?.id}/retry`, { loadWorkflow });
		}
		expect((await rest.executions(sendToList.id)).map(({ status }) => status)).toEqual(Array(4).fill('error'));
		expect(world.received(phone)).toHaveLength(1);
	});

	describe('bad input gets a clear answer and changes nothing:', () => {
		const metaUrl = (): string => String(world.sandbox.urls.meta);
		const post = async (url: string, body: string, headers: Record<string, string> = {}) =>
			await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
		const signed = (body: string): Record<string, string> => ({
			'x-hub-signature-256': `sha256=${createHmac('sha256', metaAccount.appSecret).update(body).digest('hex')}`,
		});

		it("Meta's handshake with a wrong token", async () => {
			const url = new URL(metaUrl());
			url.search = 'hub.mode=subscribe&hub.challenge=42&hub.verify_token=wrong';
			expect((await fetch(url)).status).toBe(403);
			url.search = `hub.mode=subscribe&hub.challenge=42&hub.verify_token=${metaAccount.verifyToken}`;
			const answer = await fetch(url);
			expect([answer.status, await answer.text()]).toEqual([200, '42']);
		});

		it('a bad signature gets 401 and changes nothing', async () => {
			const phone = '+393384444444';
			const delivery = world.gateway.postWebhook('meta', metaMessage(phone, 'START'), 'another secret');
			expect((await delivery.first).status).toBe(401);
			expect(await world.ask('check', { numbers: phone })).toMatchObject({ registered: false });
		});

		it('a body that is no JSON', async () => {
			expect((await post(metaUrl(), 'START', { ...signed('START'), 'content-type': 'text/plain' })).status).toBe(400);
			// Said to be JSON, it does not get past n8n itself.
			expect((await post(metaUrl(), 'START', signed('START'))).status).toBe(422);
		});

		it('an unknown provider event is accepted and leads to nothing', async () => {
			const body = JSON.stringify({
				object: 'whatsapp_business_account',
				entry: [{ id: '1', changes: [{ field: 'moon_phase', value: {} }] }],
			});
			expect((await post(metaUrl(), body, signed(body))).status).toBe(200);
		});

		it("websms gets its own answer, and 401 without the URL's secret", async () => {
			const body = JSON.stringify({
				messageType: 'text',
				notificationId: randomUUID(),
				senderAddress: '393385555555',
				recipientAddress: websmsAccount.smsPhone.slice(1),
				textMessageContent: 'hello',
			});
			expect((await post(`${world.sandbox.urls.websms}?key=wrong`, body)).status).toBe(401);
			const answer = await post(`${world.sandbox.urls.websms}?key=${websmsAccount.webhookSecret}`, body);
			expect([answer.status, await answer.json()]).toEqual([200, { statusCode: 2000, statusMessage: 'OK' }]);
		});

		it('a number that is none', async () => {
			expect(String((await world.ask('send', { channel: 'sms', to: 'call me', text: 'x' })).error)).toMatch(/number/i);
		});

		it('a text of 100,000 characters', async () => {
			expect(
				String((await world.ask('send', { channel: 'whatsapp', to: anna, text: 'x'.repeat(100_000) })).error),
			).toMatch(/4,?096/);
			expect((await world.whatsApp('+393386666666', 'y'.repeat(100_000))).status).toBe(200);
		});

		it('emoji only is a message like any other', async () => {
			expect((await world.whatsApp('+393387777777', '🎉🎉')).status).toBe(200);
			expect(await world.ask('send', { channel: 'whatsapp', to: '+393387777777', text: '🎉' })).toMatchObject({
				state: 'accepted',
			});
		});

		it('a shortcode with odd characters', async () => {
			expect((await world.whatsApp('+393388888888', "START n'; drop table contact; --")).status).toBe(200);
			expect((await world.call('groups')).length).toBeGreaterThan(0);
		});

		it('a gateway that is down fails that message, with the reason, and n8n goes on', async () => {
			world.gateway.failures.add({ provider: 'meta', recipient: anna, status: 500, body: 'oops' });
			expect(await world.ask('send', { channel: 'whatsapp', to: anna, text: 'one' })).toMatchObject({
				state: 'unknown',
			});
			expect(await world.ask('send', { channel: 'whatsapp', to: anna, text: 'two' })).toMatchObject({
				state: 'accepted',
			});
		});
	});
});

async function submitForm(world: World, number: string): Promise<string> {
	const url = String(world.sandbox.urls.form);
	const form = await (await fetch(url)).text();
	expect(form).toContain('<form');
	const response = await fetch(url, {
		method: 'POST',
		body: new URLSearchParams({ phone: number, consent: 'yes', group: 'news' }),
	});
	expect(response.status).toBe(200);
	return await response.text();
}

function metaMessage(phone: string, text: string): object {
	return {
		object: 'whatsapp_business_account',
		entry: [
			{
				id: metaAccount.businessAccountId,
				changes: [
					{
						field: 'messages',
						value: {
							messaging_product: 'whatsapp',
							metadata: {
								display_phone_number: metaAccount.phone.slice(1),
								phone_number_id: metaAccount.phoneNumberId,
							},
							contacts: [{ profile: { name: 'Eve' }, wa_id: phone.slice(1) }],
							messages: [
								{
									from: phone.slice(1),
									id: `wamid.${randomUUID()}`,
									timestamp: String(Math.floor(Date.now() / 1000)),
									type: 'text',
									text: { body: text },
								},
							],
						},
					},
				],
			},
		],
	};
}

async function lastStopEvent(world: World, phone: string): Promise<number> {
	return await world.withStore(async (store) => {
		const row = await store.db
			.selectFrom('event')
			.innerJoin('identity', 'identity.id', 'event.identity_id')
			.select('event.id')
			.where('identity.phone', '=', phone)
			.where('event.kind', '=', 'stop')
			.orderBy('event.id', 'desc')
			.executeTakeFirstOrThrow();
		return row.id;
	});
}
