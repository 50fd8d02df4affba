import { createHmac } from 'node:crypto';

import { createMetaWebhookReader } from '../../../providers/meta/webhook';
import type { WebhookReading } from '../../../providers/provider';
import { createWebsmsWebhookReader } from '../../../providers/websms/webhook';
import { purge } from '../../../services/rights/purge';
import { readInTurns } from '../../../services/receiving/readInTurns';
import { receive } from '../../../services/receiving/receive';
import { deliver, INBOX, message, readingOf, seen, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const DAY_MS = 24 * 60 * 60_000;
const meta = createMetaWebhookReader({ accessToken: 't', appSecret: 'secret', verifyToken: 'v' });
const websms = createWebsmsWebhookReader({ accessToken: 't', webhookSecret: 'secret' });
const wamid = (id: string, more: object = {}) => ({
	id,
	from: '393331234567',
	timestamp: '1795000000',
	type: 'text',
	text: { body: 'STOP' },
	...more,
});
const metadata = { display_phone_number: '390212345678', phone_number_id: '1065' };
const notification = (value: object, id: unknown = '1') =>
	JSON.stringify({ entry: [{ id, changes: [{ field: 'messages', value: { metadata, ...value } }] }] });

function fromMeta(body: string): WebhookReading {
	const signature = createHmac('sha256', 'secret').update(body).digest('hex');
	return meta.read({
		method: 'POST',
		url: '/',
		headers: { 'x-hub-signature-256': `sha256=${signature}` },
		body: Buffer.from(body),
	});
}

const fromWebsms = (body: string): WebhookReading =>
	websms.read({ method: 'POST', url: '/?key=secret', headers: {}, body: Buffer.from(body) });

const many = (element: unknown, count: number): unknown[] => Array.from({ length: count }, () => element);
/** Stands for a value that JSON.stringify cannot write, because it calls itself for each level. */
const DEEP = 'nested';
const nested = (body: string, levels: number): string =>
	body.replaceAll(`"${DEEP}"`, () => `${'['.repeat(levels)}"core"${']'.repeat(levels)}`);

describe('A body of a million elements', () => {
	const MILLION = 1_000_000;
	it.each<[string, string]>([
		['messages', notification({ messages: [...many(1, MILLION), wamid('last')] })],
		['statuses', notification({ statuses: many(1, MILLION), messages: [wamid('last')] })],
		['contacts', notification({ contacts: many([], MILLION), messages: [wamid('last')] })],
		[
			'errors of a status',
			notification({ statuses: [{ id: 's', status: 'failed', errors: many(1, MILLION) }], messages: [wamid('last')] }),
		],
		[
			'changes',
			`{"entry":[{"id":"1","changes":[${many(1, MILLION).join()},${JSON.stringify({ field: 'messages', value: { messages: [wamid('last')] } })}]}]}`,
		],
		[
			'entries',
			`{"entry":[${many(1, MILLION).join()},${JSON.stringify({ id: '1', changes: [{ field: 'messages', value: { messages: [wamid('last')] } }] })}]}`,
		],
	])(
		'as %s has turns of the event loop in between, keeps at most a thousand oddities and loses no STOP',
		async (_what, body) => {
			let turns = 0;
			let goesOn = true;
			const count = (): void => {
				turns++;
				if (goesOn) setImmediate(count);
			};
			const { answer, events } = fromMeta(body);
			expect(answer.status).toBe(200);
			setImmediate(count);
			const read = await readInTurns(events ?? []);
			goesOn = false;
			expect(read).toContainEqual(expect.objectContaining({ kind: 'message', providerEventId: 'last', text: 'STOP' }));
			const unknown = read.filter(({ kind }) => kind === 'unknown');
			expect(unknown.length).toBeLessThanOrEqual(1_001);
			if (unknown.length > 1_000) {
				expect(unknown.at(-1)).toMatchObject({ description: '999000 more of no use in one request' });
				expect(turns).toBeGreaterThanOrEqual(999);
			}
		},
	);

	it('with twenty thousand messages and as many contacts finds each its person by key', async () => {
		const people = Array.from({ length: 5_000 }, (_, index) => `3933300${String(index).padStart(5, '0')}`);
		const { events } = fromMeta(
			notification({
				contacts: people.map((wa_id) => ({ wa_id, user_id: `IT.${wa_id}`, profile: { name: wa_id } })),
				messages: people.map((from) => ({ id: from, from, type: 'text', text: { body: 'x' } })),
			}),
		);
		const read = await readInTurns(events ?? []);
		expect(read).toHaveLength(5_000);
		expect(read.at(-1)).toMatchObject({ profileName: people.at(-1), from: { whatsAppUserId: `IT.${people.at(-1)}` } });
	});

	it('comes again with the same ids', async () => {
		const body = notification({ messages: many({}, 1_500) });
		const ids = async () =>
			(await readInTurns(fromMeta(body).events ?? [])).map(({ providerEventId }) => providerEventId);
		expect(await ids()).toEqual(await ids());
	});
});

describeStores('A hostile body', (context) => {
	const take = async (reading: WebhookReading, provider: 'meta' | 'websms' = 'meta') =>
		await receive(context().store, provider, reading, { inbox: INBOX, storeStatuses: true });
	const start = async () => {
		await deliver(context().store, message('START', { at: Date.UTC(2026, 10, 1), providerSenderId: '1065' }));
		context().clock.time = 1_795_000_000_000 + DAY_MS;
	};
	const odd = (what: string) =>
		['A\0B', 'A\ud800B', 'A\udc00', `A${'x'.repeat(200_000)}`].map((value) => [what, value]);

	it.each<[string, string]>([
		['message', notification({ messages: [wamid('odd', { image: DEEP, type: 'image' }), wamid('stop')] })],
		['contents', notification({ messages: [wamid('odd', { type: 'flow', flow: DEEP }), wamid('stop')] })],
		['contact', notification({ contacts: [DEEP], messages: [wamid('stop')] })],
		['entry id', notification({ messages: [wamid('stop')] }, DEEP)],
	])('nested deep in a %s: the STOP beside it holds, and Purge works', async (_what, body) => {
		await start();
		for (const levels of [45, 900, 5_000])
			expect((await take(fromMeta(nested(body.replaceAll('"odd"', `"odd ${levels}"`), levels)))).status).toBe(200);
		await letGoAndPurged();
	});

	it.each([...odd('id'), ...odd('from_user_id'), ...odd('type'), ...odd('group_id'), ...odd('context')] as Array<
		[string, string]
	>)('with %s %j in a message loses no STOP, and Purge works', async (field, value) => {
		await start();
		const oddOne = wamid('odd', { text: { body: 'hello' }, [field]: field === 'context' ? { id: value } : value });
		expect((await take(fromMeta(notification({ messages: [oddOne, wamid('stop')] })))).status).toBe(200);
		await letGoAndPurged();
	});

	it.each([...odd('id'), ...odd('recipient_id'), ...odd('biz_opaque_callback_data'), ...odd('message')] as Array<
		[string, string]
	>)('with %s %j in a status loses no STOP, and Purge works', async (field, value) => {
		await start();
		const failed = { id: 's', status: 'failed', timestamp: '1795000000', recipient_id: '393331234567' };
		const status =
			field === 'message' ? { ...failed, errors: [{ code: 131026, message: value }] } : { ...failed, [field]: value };
		expect((await take(fromMeta(notification({ statuses: [status], messages: [wamid('stop')] })))).status).toBe(200);
		await letGoAndPurged();
	});

	it.each(odd('') as Array<[string, string]>)(
		'with%s %j in ids of websms is answered, and Purge works',
		async (_, value) => {
			await start();
			const text = {
				messageType: 'text',
				notificationId: value,
				senderAddress: '393331234567',
				recipientAddress: '390212345678',
				textMessageContent: 'STOP',
			};
			const report = {
				messageType: 'deliveryReport',
				transferId: value,
				senderAddress: value,
				deliveryReportMessageStatus: 'failed',
			};
			for (const body of [text, report, { ...report, deliveryReportMessageStatus: 'rejected' }])
				expect((await take(fromWebsms(JSON.stringify(body)), 'websms')).status).toBe(200);
			await letGoAndPurged();
		},
	);

	it.each(['+999123456789', '+0000000', '+3912', '+49123', '+19999999999999'])(
		'whose sender would be %s makes no sender, and the STOP in it holds',
		async (phone) => {
			await start();
			await deliver(context().store, message('STOP', { senderPhone: phone, providerSenderId: '77' }));
			const senders = await context().store.db.selectFrom('sender').select('phone').execute();
			expect(senders).toEqual([{ phone: SENDER_PHONE }]);
			expect((await seen(context().store)).words).toMatchObject({ all: 'out' });
		},
	);

	it('in which one change of the company’s number fails loses no STOP beside it', async () => {
		const { store } = context();
		await start();
		const failing = Object.assign(Object.create(store) as typeof store, {
			read: () => Promise.reject(new Error('This change cannot be made.')),
		});
		const changed = message('hello', {
			providerSenderId: '1065',
			senderPhone: '+390299999999',
			phone: '+393330000001',
		});
		await expect(
			receive(failing, 'meta', readingOf([changed, message('STOP')]), { inbox: INBOX, storeStatuses: false }),
		).rejects.toThrow();
		expect((await seen(store)).words).toMatchObject({ all: 'out' });
	});

	async function letGoAndPurged(): Promise<void> {
		const { store, clock } = context();
		expect(await seen(store)).toMatchObject({ words: { all: 'out' } });
		await store.db.updateTable('event').set({ taken_at: 1 }).execute();
		clock.advance(60 * DAY_MS);
		for (const kind of ['inboundTexts', 'messageContents', 'messages', 'invitations', 'reports'] as const)
			await purge(store, { kind, olderThanDays: 40, dryRun: false });
		const texts = await store.db.selectFrom('event').select('text').where('text', 'is not', null).execute();
		expect(texts).toEqual([]);
	}
});
