import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createMetaProvider } from '../../../providers/meta/client';
import { createHttpClient } from '../../../providers/nodeHttpClient';
import type { Provider } from '../../../providers/provider';
import { createCampaign, getCampaign } from '../../../services/sending/campaigns';
import { deliver } from '../../../services/sending/deliver';
import { takeSlots } from '../../../services/sending/slots';
import type { Store } from '../../../store/store';
import { campaign, seedGroup, seedRegistered, seedSender } from '../../support/delivery';
import { describeStores, type TestClock } from '../../support/stores';

// The machine may have much else to do: the clock of the store is moved by hand, only requests take their time.
jest.setTimeout(240_000);

const PEOPLE = 279;
const OUTAGE_MS = 10 * 60_000;
const ROUND_MS = 15_000;

type Trouble = 'none' | 'throttles' | 'answers503' | 'cutsOff';

/** Speaks Meta's API over real sockets, and goes away as gateways do. */
class Gateway {
	/** Whom it has taken a message for. */
	readonly taken: string[] = [];
	/** Requests that came while it was in trouble. */
	troubled = 0;
	trouble: Trouble = 'none';
	/** Called with each message taken. */
	onTaken: (count: number) => void = () => undefined;
	private server: Server | undefined;
	private port = 0;

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	async open(): Promise<void> {
		this.server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => this.answer(Buffer.concat(chunks).toString('utf8'), response));
		});
		await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
		this.port = (this.server.address() as AddressInfo).port;
	}

	/** What is on its way is answered; nothing more gets a connection. */
	async close(): Promise<void> {
		const { server } = this;
		this.server = undefined;
		if (!server) return;
		const isClosed = new Promise((resolve) => server.close(resolve));
		server.closeIdleConnections();
		await isClosed;
	}

	private answer(body: string, response: ServerResponse): void {
		if (this.trouble !== 'none') this.troubled++;
		if (this.trouble === 'throttles') {
			const error = { code: 130429, message: '(#130429) Rate limit hit', fbtrace_id: 'A' };
			response.writeHead(429, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
			return;
		}
		if (this.trouble === 'answers503') {
			response.writeHead(503, { 'content-type': 'text/html' }).end('<html>No server is available.</html>');
			return;
		}
		const { to } = JSON.parse(body) as { to: string };
		this.taken.push(to);
		if (this.trouble === 'cutsOff') {
			response.socket?.destroy();
			return;
		}
		const sent = { messages: [{ id: `wamid.${to}` }], contacts: [{ input: to, wa_id: to }] };
		const headers = this.server === undefined ? { connection: 'close' } : {};
		response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(sent));
		this.onTaken(this.taken.length);
	}
}

/** What template 6 does: every slot that is free is delivered, until the campaign is finished. */
class Workers {
	constructor(
		private readonly store: Store,
		private readonly clock: TestClock,
		private readonly provider: Provider,
	) {}

	/** @returns whether the campaign is finished. */
	async round(): Promise<boolean> {
		const { slots, finishedCampaigns } = await takeSlots(this.store, { trigger: 't' });
		await Promise.all(slots.map((slot) => deliver(this.store, { meta: this.provider }, { ...slot, runForMs: 300 })));
		this.clock.advance(ROUND_MS);
		return finishedCampaigns.length > 0;
	}

	async until(isOver: () => boolean): Promise<void> {
		while (!(await this.round()) && !isOver());
	}
}

describeStores('A gateway that goes away in the middle of a campaign and comes back', (context) => {
	const gateway = { current: new Gateway() };

	beforeEach(async () => {
		gateway.current = new Gateway();
		await gateway.current.open();
	});
	afterEach(() => gateway.current.close());

	/** Starts the campaign, brings the trouble after a hundred messages, takes it away ten minutes later, and sends to the end. */
	async function outlast(begin: () => unknown, end: () => unknown) {
		const { store, clock } = context();
		const senderId = await seedSender(store, { rate: 500 });
		await seedRegistered(store, PEOPLE, { senderId, groupId: await seedGroup(store) });
		await createCampaign(store, campaign());
		const { current } = gateway;
		const account = { accessToken: 'token', appSecret: '', verifyToken: '', baseUrl: current.url };
		const workers = new Workers(store, clock, createMetaProvider(account, createHttpClient()));

		const begun = new Promise<void>((resolve) => {
			current.onTaken = (count) => {
				if (count === 100) resolve(Promise.resolve(begin()).then(() => undefined));
			};
		});
		await workers.until(() => current.taken.length >= 100);
		await begun;
		const from = clock.time;
		await workers.until(() => clock.time - from >= OUTAGE_MS);
		expect((await getCampaign(store, 'spring')).state).toBe('running');
		await end();
		const back = clock.time;
		await workers.until(() => clock.time - back >= OUTAGE_MS);

		const rows = await store.db.selectFrom('message').select(['state', 'attempts']).execute();
		const sender = await store.db.selectFrom('sender').selectAll().executeTakeFirstOrThrow();
		return {
			campaign: await getCampaign(store, 'spring'),
			attempts: Math.max(...rows.map(({ attempts }) => attempts)),
			stoppedReason: sender.stopped_reason,
		};
	}

	const closes = [() => gateway.current.close(), () => gateway.current.open()] as const;
	const has = (trouble: Trouble) =>
		[() => (gateway.current.trouble = trouble), () => (gateway.current.trouble = 'none')] as const;

	it.each([
		['refuses connections for ten minutes', ...closes],
		['throttles for ten minutes', ...has('throttles')],
	])('and %s: everything goes out, once, and no message spends its tries', async (_, begin, end) => {
		const { campaign: sent, attempts, stoppedReason } = await outlast(begin, end);
		expect(sent).toMatchObject({ state: 'finished', counts: { accepted: PEOPLE, failed: 0, unknown: 0, queued: 0 } });
		expect(gateway.current.taken).toHaveLength(PEOPLE);
		expect(new Set(gateway.current.taken).size).toBe(PEOPLE);
		expect(attempts).toBe(1);
		expect(stoppedReason).toBeNull();
	});

	it.each([
		['leaves HTTP 503 of a proxy to answer for ten minutes', 'answers503'],
		['cuts off every request for ten minutes', 'cutsOff'],
	] as const)('and %s: few become unknown, none goes out twice, the rest goes out', async (_, trouble) => {
		const { campaign: sent, stoppedReason } = await outlast(...has(trouble));
		const { taken, troubled } = gateway.current;
		expect(sent.state).toBe('finished');
		expect(sent.counts).toMatchObject({ failed: 0, queued: 0, accepted: PEOPLE - sent.counts.unknown });
		expect(sent.counts.unknown).toBe(troubled);
		expect(new Set(taken).size).toBe(taken.length);
		// Those on their way when it began, and one at a time after that.
		expect(troubled).toBeLessThan(PEOPLE / 2);
		expect(stoppedReason).toBeNull();
	});
});
