import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

import { freePort } from '../../sandbox/n8n/freePort';
import { startN8n, type N8nProcess } from '../../sandbox/n8n/n8nProcess';
import { eventually, pause, World } from './world';

const PEOPLE = Array.from({ length: 30 }, (_, index) => `+3933312340${String(index).padStart(2, '0')}`);

describe('In queue mode, when a worker is killed', () => {
	let redis: ChildProcess | undefined;
	let world: World | undefined;
	const workers: N8nProcess[] = [];
	afterEach(async () => {
		for (const worker of workers) await worker.kill();
		await world?.close();
		redis?.kill();
	});

	it('everybody who wrote START gets the confirmation once, and nothing stays on its way', async () => {
		const port = await freePort();
		redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' });
		const env = {
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(port),
			// n8n notices after 90 s that a worker is gone; here sooner.
			QUEUE_WORKER_LOCK_DURATION: '5000',
			QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
			QUEUE_WORKER_STALLED_INTERVAL: '3000',
		};
		const running = (world = await World.start({
			env,
			store: { storage: 'sqlite', sqliteFile: 'optin.sqlite', sharedDisk: true },
		}));
		const startWorker = async (): Promise<N8nProcess> => {
			const worker = await startN8n({
				command: 'worker',
				commandArguments: ['--concurrency=5'],
				userFolder: join(running.folder, 'n8n'),
				env,
			});
			workers.push(worker);
			return worker;
		};
		const first = await startWorker();
		for (const phone of PEOPLE) await running.whatsApp(phone, 'START');
		const confirmed = (): number => PEOPLE.filter((phone) => running.received(phone).length > 0).length;
		await eventually(() => (confirmed() > 0 ? true : undefined), 60_000);
		await first.kill();
		const before = confirmed();
		await startWorker();

		const settled = async (): Promise<true | undefined> =>
			await running.withStore(async (store) => {
				const waiting = await store.db.selectFrom('event').select('id').where('taken_at', 'is', null).execute();
				const open = await store.db
					.selectFrom('message')
					.select('id')
					.where('state', 'in', ['queued', 'sending'])
					.execute();
				return waiting.length + open.length === 0 ? true : undefined;
			});
		await eventually(settled, 300_000, () => `an end; ${confirmed()} of ${PEOPLE.length} have their confirmation`);
		await pause(3_000);
		// Otherwise the kill came too late to show anything.
		expect(before).toBeLessThan(PEOPLE.length);
		const inDoubt = await running.withStore(
			async (store) =>
				await store.db.selectFrom('message').select('recipient').where('state', '=', 'unknown').execute(),
		);
		for (const phone of PEOPLE) {
			const { length } = running.received(phone);
			// Killed between the request and its answer: nobody can say whether it was sent, so it is not sent again.
			if (inDoubt.some(({ recipient }) => recipient === phone)) expect(length).toBeLessThanOrEqual(1);
			else expect([phone, length]).toEqual([phone, 1]);
		}
	}, 600_000);
});
