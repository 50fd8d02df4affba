import { forkPostgres } from '../support/postgresChild';
import { eventually, pause, World } from './world';

describe('When things break around a real n8n', () => {
	let world: World | undefined;
	afterEach(async () => {
		await world?.close();
		world = undefined;
	});

	it('killed between the 200 to a STOP and its workflow, the confirmation still goes out, once', async () => {
		const running = (world = await World.start());
		const phone = '+393331234567';
		await running.whatsApp(phone, 'START');
		await running.waitForReceived(phone, 1);

		const { status } = await running.whatsApp(phone, 'STOP');
		await running.sandbox.killN8n();
		expect(status).toBe(200);
		const before = running.received(phone).length;
		await running.sandbox.restartN8n();
		await running.waitForReceived(phone, 2, 60_000);
		await pause(3_000);
		expect(running.received(phone)).toHaveLength(2);
		// Otherwise the kill came too late to show anything.
		expect(before).toBe(1);
	}, 300_000);

	it('with PostgreSQL down when n8n starts and up a minute later, the triggers work without anyone touching them', async () => {
		const postgres = await forkPostgres();
		try {
			const running = (world = await World.start({
				store: {
					storage: 'postgres',
					host: '127.0.0.1',
					port: postgres.port,
					database: 'postgres',
					user: postgres.user,
					password: postgres.password,
					ssl: false,
				},
			}));
			const phone = '+393331234567';
			await running.whatsApp(phone, 'START NEWS');
			await running.waitForReceived(phone, 1);
			expect(await running.ask('check', { numbers: phone })).toMatchObject({ registered: true });

			await running.sandbox.stopN8n();
			await postgres.stop();
			await running.sandbox.restartN8n();
			await pause(Number(process.env.OPTIN_TEST_STORE_DOWN_MS ?? 60_000));
			// The provider is told to come again, and does.
			const stop = running.gateway.type({ phone, channel: 'whatsapp', text: 'STOP' });
			expect((await stop.first).status).toBe(503);
			await postgres.start();
			expect((await stop.final).status).toBe(200);
			await running.waitForReceived(phone, 2, 30_000);
			await eventually(async () =>
				(await running.ask('check', { numbers: phone })).registered === false ? true : undefined,
			);
			expect(await running.ask('verify')).toMatchObject({ valid: true });
		} finally {
			await world?.close();
			world = undefined;
			await postgres.remove();
		}
	}, 420_000);
});
