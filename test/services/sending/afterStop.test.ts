import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { createHttpClient } from '../../../providers/nodeHttpClient';
import { createMetaProvider } from '../../../providers/meta/client';
import type { Provider } from '../../../providers/provider';
import { applyConsentSignal } from '../../../services/consent/engine';
import { createCampaign } from '../../../services/sending/campaigns';
import { deliver } from '../../../services/sending/deliver';
import { takeSlots } from '../../../services/sending/slots';
import { waitForInFlight } from '../../../services/shared/inFlight';
import { senderById } from '../../../store/senders';
import type { Store } from '../../../store/store';
import {
	campaign,
	FakeProvider,
	messages,
	phone,
	seedGroup,
	seedPerson,
	seedSender,
	slowed,
} from '../../support/delivery';
import { describeStores } from '../../support/stores';

jest.setTimeout(120_000);

/** A provider's API that answers when it likes, and remembers when a request to whom began. */
class Gateway {
	readonly begun: Array<{ to: string; at: number }> = [];
	private readonly server: Server;

	constructor(private readonly answersAfterMs: number) {
		this.server = createServer((request, response) => {
			const at = performance.now();
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const { to } = JSON.parse(Buffer.concat(chunks).toString()) as { to: string };
				this.begun.push({ to: `+${to}`, at });
				setTimeout(
					() => response.end(JSON.stringify({ messages: [{ id: `wamid.${this.begun.length}` }] })),
					this.answersAfterMs,
				);
			});
		});
	}

	async listen(): Promise<string> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	close(): void {
		this.server.closeAllConnections();
		this.server.close();
	}
}

/** Writes STOP as a person does. @returns performance.now() at its acknowledgement. */
async function stop(store: Store, senderId: number, person: string): Promise<number> {
	const sender = (await store.read((db) => senderById(db, senderId))) ?? null;
	const { identityId } = await store.transaction((db) =>
		applyConsentSignal(store, db, {
			provider: 'meta',
			providerEventId: `stop-${person}`,
			kind: 'stop',
			channel: 'whatsapp',
			sender,
			person: { phone: person, whatsAppUserId: null },
			sentAt: store.now(),
			inbox: null,
			text: 'STOP',
		}),
	);
	await waitForInFlight(store, [identityId ?? 0]);
	return performance.now();
}

/** A campaign of each sender to people of its own. */
async function prepare(store: Store, senders: number, peopleEach: number, rate: number): Promise<Map<string, number>> {
	const senderOf = new Map<string, number>();
	for (let index = 0; index < senders; index++) {
		const senderId = await seedSender(store, { phone: `+43660111111${index}`, rate });
		const groupId = await seedGroup(store, `g${index}`);
		for (let person = 0; person < peopleEach; person++) {
			const number = phone(index * peopleEach + person);
			await seedPerson(store, { whatsApp: number, groupIds: [groupId], registeredWith: senderId });
			senderOf.set(number, senderId);
		}
		const whatsAppSender = String(senderId);
		await createCampaign(store, campaign({ key: `c${index}`, groups: [`g${index}`], whatsAppSender }));
	}
	return senderOf;
}

async function deliverAll(store: Store, meta: Provider, runForMs: number) {
	const { slots } = await takeSlots(store, { trigger: 't' });
	return await Promise.all(slots.map((slot) => deliver(store, { meta }, { ...slot, runForMs })));
}

describeStores('After a STOP is acknowledged', (context) => {
	it('no request to the person begins, of four senders at 80 a second, by a provider that answers after five seconds', async () => {
		const { store } = context();
		const senderOf = await prepare(store, 4, 60, 80);
		const gateway = new Gateway(5_000);
		try {
			const http = createHttpClient({ most: 40 });
			const account = { accessToken: 't', appSecret: 's', verifyToken: 'v', baseUrl: await gateway.listen() };
			const running = deliverAll(store, createMetaProvider(account, http), 8_000);
			const acknowledged = new Map<string, number>();
			const stops: Array<Promise<void>> = [];
			for (const [index, [person, senderId]] of [...senderOf].entries()) {
				if (index % 3 !== 0) continue;
				await wait(60);
				stops.push(stop(store, senderId, person).then((at) => void acknowledged.set(person, at)));
			}
			await Promise.all(stops);
			await running;
			expect(acknowledged.size).toBe(80);
			expect(gateway.begun.length).toBeGreaterThan(40);
			expect(gateway.begun.filter(({ to, at }) => at > (acknowledged.get(to) ?? Infinity))).toEqual([]);
			expect(new Set(gateway.begun.map(({ to }) => to)).size).toBe(gateway.begun.length);
			// What waited for a connection was never marked, so nothing is left half done.
			const open = (await messages(store)).filter(({ state }) => state === 'sending' || state === 'unknown');
			expect(open).toEqual([]);
		} finally {
			gateway.close();
		}
	});

	it('no request to the person begins either where every statement takes 200 ms, and sending goes on', async () => {
		const { store } = context();
		const senderOf = await prepare(store, 1, 60, 40);
		const provider = new FakeProvider(store);
		provider.delayMs = 300;
		const busy = slowed(store, 200);
		const running = deliverAll(busy, provider, 20_000);
		const acknowledged = new Map<string, number>();
		const stops: Array<Promise<void>> = [];
		for (const [index, [person, senderId]] of [...senderOf].entries()) {
			if (index % 4 !== 3) continue;
			await wait(400);
			stops.push(stop(store, senderId, person).then((at) => void acknowledged.set(person, at)));
		}
		await Promise.all(stops);
		const deliveries = await running;
		expect(deliveries.map(({ stopped }) => stopped)).toEqual([null, null]);
		expect(provider.requests.length).toBeGreaterThan(30);
		const late = provider.requests.filter(
			({ request, startedAt }) => startedAt > (acknowledged.get(request.recipients[0]?.phone ?? '') ?? Infinity),
		);
		expect(late).toEqual([]);
		expect(new Set(provider.recipients).size).toBe(provider.recipients.length);
	});
});
