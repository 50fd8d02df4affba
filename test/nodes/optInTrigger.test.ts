import { createHmac } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { type IRun, resolveWebhookDescriptionField, webhookDescriptionIsNativelyResolvable } from 'n8n-workflow';

import { WhatsAppOptInTrigger } from '../../nodes/WhatsAppOptInTrigger/WhatsAppOptInTrigger.node';
import { storeSettings } from '../../nodes/shared/store';
import { acquireStore, closeStores } from '../../store/pool';
import { enterHouse, type NodeHouse } from './nodeHouse';
import { resultOf } from './runWorkflow';
import { metaMessage, triggerContext, until, webhookContext } from './triggerContext';

const trigger = new WhatsAppOptInTrigger();
let house: NodeHouse;

beforeEach(async () => {
	house = await enterHouse();
});

afterEach(async () => {
	await house.leave();
});

const meta = { provider: 'meta' };

async function call(setting: Partial<Parameters<typeof webhookContext>[0]>) {
	const context = webhookContext({ credentials: house.credentials, parameters: meta, ...setting });
	const returned = await trigger.webhook.call(context.node);
	return { ...context, returned };
}

const stateOf = (number: string) =>
	resultOf({
		node: 'registrationStore',
		credentials: { optInStoreApi: house.storeCredential },
		parameters: {
			resource: 'registration',
			operation: 'check',
			sender: { __rl: true, mode: 'phone', value: '+390212345678' },
			numbers: number,
		},
	});

const storeFile = () => join(process.env.N8N_USER_FOLDER ?? '', '.n8n/optin/optin.sqlite');

/** As if the disk were not there yet. */
async function withoutStore(work: () => Promise<void>): Promise<void> {
	await house.store.close();
	await closeStores();
	renameSync(storeFile(), `${storeFile()}.away`);
	try {
		await work();
	} finally {
		renameSync(`${storeFile()}.away`, storeFile());
	}
}

describe('WhatsApp Opt-In Trigger, webhook', () => {
	it('answers Meta’s handshake', async () => {
		const { answer, returned } = await call({
			method: 'GET',
			url: '/webhook/x/optin?hub.mode=subscribe&hub.verify_token=word&hub.challenge=42',
		});
		expect(answer).toMatchObject({ status: 200, body: '42' });
		expect(returned).toEqual({ noWebhookResponse: true });
	});

	it('has stored and applied a message when it answers, and starts no execution itself', async () => {
		const { answer, returned } = await call(metaMessage('START'));
		expect(answer.status).toBe(200);
		expect(returned).toEqual({ noWebhookResponse: true });
		expect(await stateOf('+393331234567')).toMatchObject({ registered: true });
	});

	it('refuses a bad signature with 401, and changes nothing', async () => {
		const { answer } = await call(metaMessage('START', { secret: 'guessed' }));
		expect(answer.status).toBe(401);
		expect(await stateOf('+393331234567')).toMatchObject({ registered: false });
	});

	it('answers websms with its own word, and asks for the secret in the URL', async () => {
		const body = JSON.stringify({
			messageType: 'text',
			notificationId: '1',
			senderAddress: '393331234567',
			senderAddressType: 'international',
			recipientAddress: '393200000001',
			recipientAddressType: 'international',
			textMessageContent: 'STOP',
		});
		const parameters = { provider: 'websms' };
		expect((await call({ parameters, url: '/webhook/x/optin?key=secret', body })).answer).toMatchObject({
			status: 200,
			body: expect.stringContaining('"statusCode":2000'),
		});
		expect((await call({ parameters, url: '/webhook/x/optin', body })).answer.status).toBe(401);
	});

	it('refuses a body that is no JSON, or none at all', async () => {
		expect((await call({ parameters: { provider: 'websms' }, url: '/?key=secret', body: 'hello' })).answer.status).toBe(
			400,
		);
		expect((await call({ parameters: meta })).answer.status).toBe(401);
	});

	it('answers 503 while the store is away, so that the provider comes again, and still shakes hands', async () => {
		await withoutStore(async () => {
			const { answer, logged } = await call(metaMessage('START'));
			expect(answer.status).toBe(503);
			expect(answer.body).not.toContain('optin.sqlite');
			expect(logged).toEqual([expect.stringContaining('optin.sqlite')]);
			expect(
				(await call({ method: 'GET', url: '/?hub.mode=subscribe&hub.verify_token=word&hub.challenge=42' })).answer
					.status,
			).toBe(200);
		});
	});

	describe('on a bad day of the disk', () => {
		const pragma = async (text: string) => {
			const handle = await acquireStore(storeSettings(house.storeCredential), { create: false });
			await sql.raw(`pragma ${text}`).execute(handle.store.db);
			handle.release();
		};
		const inPlaceOfTheFile = (put: () => void) => async () => {
			await house.store.close();
			await closeStores();
			renameSync(storeFile(), `${storeFile()}.away`);
			put();
			return () => {
				rmSync(storeFile(), { recursive: true });
				renameSync(`${storeFile()}.away`, storeFile());
			};
		};
		const days: Array<[string, () => Promise<() => unknown>, RegExp]> = [
			[
				'it is full',
				async () => {
					await pragma('max_page_count = 1');
					return () => pragma('max_page_count = 1000000');
				},
				/disk is full/,
			],
			[
				'it is read-only',
				async () => {
					await pragma('query_only = on');
					return () => undefined;
				},
				/read-only/,
			],
			['a folder lies in place of the store', inPlaceOfTheFile(() => mkdirSync(storeFile())), /no folder/],
			[
				'something else lies in place of the store',
				inPlaceOfTheFile(() => writeFileSync(storeFile(), 'no database '.repeat(100))),
				/no SQLite database/,
			],
		];
		it.each(days)('answers 503 when %s, and takes in what comes again when that is over', async (_, begin, says) => {
			const long = metaMessage(`A long story ${'x'.repeat(40_000)}`, { id: 'wamid.9' });
			const end = await begin();
			const { answer, logged } = await call(long);
			expect(answer.status).toBe(503);
			expect(answer.body).not.toContain('optin.sqlite');
			await end();
			expect((await call(long)).answer.status).toBe(200);
			const handle = await acquireStore(storeSettings(house.storeCredential), { create: false });
			const events = await handle.store.read((db) => db.selectFrom('event').select('provider_event_id').execute());
			handle.release();
			expect(events).toEqual([{ provider_event_id: 'wamid.9' }]);
			expect(logged.join()).toMatch(says);
		});
	});

	describe('with credentials that are kept', () => {
		const savedCredentials = {
			metaWhatsAppApi: { id: 'm', name: 'Meta' },
			optInStoreApi: { id: 's', name: 'Store' },
		};

		it('reads each once, and again after one was saved or a workflow published', async () => {
			const reads: string[] = [];
			const saved = { savedCredentials, reads };
			await call({ ...saved, ...metaMessage('START', { id: 'wamid.1' }) });
			await call({ ...saved, ...metaMessage('hello', { id: 'wamid.2' }) });
			expect(reads).toEqual(['metaWhatsAppApi', 'optInStoreApi']);
			await trigger.methods.credentialTest.optInStoreTest({ data: { ledgerKey: '' } } as never);
			await call({ ...saved, ...metaMessage('hello', { id: 'wamid.3' }) });
			expect(reads).toHaveLength(4);
			const { closeFunction } = await trigger.trigger.call(
				triggerContext({ credentials: house.credentials, parameters: meta }).node,
			);
			await closeFunction?.();
			await call({ ...saved, ...metaMessage('hello', { id: 'wamid.4' }) });
			expect(reads).toHaveLength(6);
		});

		it('believes a changed secret at once', async () => {
			const withSecret = (appSecret: string) => ({
				savedCredentials,
				credentials: { ...house.credentials, metaWhatsAppApi: { ...house.credentials.metaWhatsAppApi, appSecret } },
			});
			const old = metaMessage('START', { id: 'wamid.1' });
			expect((await call({ ...withSecret('secret'), ...old })).answer.status).toBe(200);
			const next = metaMessage('STOP', { id: 'wamid.2', secret: 'rotated' });
			expect((await call({ ...withSecret('rotated'), ...next })).answer.status).toBe(200);
			expect((await call({ ...withSecret('rotated'), ...old })).answer.status).toBe(401);
		});

		it('is back at work when the store is', async () => {
			await call({ savedCredentials, ...metaMessage('START', { id: 'wamid.1' }) });
			await withoutStore(async () => {
				expect((await call({ savedCredentials, ...metaMessage('STOP', { id: 'wamid.2' }) })).answer.status).toBe(503);
			});
			expect((await call({ savedCredentials, ...metaMessage('STOP', { id: 'wamid.2' }) })).answer.status).toBe(200);
		});
	});

	it('opens no store for what is not believed: a wrong signature, too large a body, no JSON', async () => {
		await withoutStore(async () => {
			const large = 'x'.repeat(3 * 1024 * 1024 + 1);
			for (const [body, secret, status] of [
				['{}', 'guessed', 401],
				[large, 'secret', 413],
				['{', 'secret', 400],
			] as const) {
				const headers = { 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
				const { answer, logged } = await call({ body, headers });
				expect([answer.status, logged]).toEqual([status, []]);
			}
		});
	});

	it('has a path that n8n can read without evaluating an expression', () => {
		const node = { parameters: { path: 'optin', provider: 'meta' } };
		for (const description of trigger.description.webhooks ?? []) {
			expect(resolveWebhookDescriptionField(node, description, 'path')).toEqual({ resolved: true, value: 'optin' });
			expect(webhookDescriptionIsNativelyResolvable(description)).toBe(true);
			expect(description.path).toBe('={{$parameter["path"]}}');
		}
	});

	it('starts an execution in a test run, whose items come from the trigger', async () => {
		const { returned } = await call({ mode: 'manual', ...metaMessage('START') });
		expect(returned).toEqual({ noWebhookResponse: true, workflowData: [[{ json: {} }]] });
	});

	it('has hooks that never throw and touch nothing', async () => {
		const { checkExists, create, delete: remove } = trigger.webhookMethods.default;
		expect(await Promise.all([checkExists(), create(), remove()])).toEqual([true, true, true]);
	});
});

describe('WhatsApp Opt-In Trigger, trigger', () => {
	it('hands events over on the output of their kind', async () => {
		const context = triggerContext({ credentials: house.credentials, parameters: meta });
		const { closeFunction } = await trigger.trigger.call(context.node);
		await call(metaMessage('START', { id: 'wamid.1' }));
		await call(metaMessage('Hello', { id: 'wamid.2' }));
		await call(metaMessage('STOP', { id: 'wamid.3' }));
		const handed = (output: number) =>
			context.executions.flatMap(({ outputs }) => outputs[output]?.map(({ json }) => json) ?? []);
		await until(() => handed(1).length === 1 && handed(2).length === 1);
		await closeFunction?.();
		expect(handed(0)).toMatchObject([
			{ event: 'optIn', outcome: 'registered', phone: '+393331234567', profileName: 'Anna' },
		]);
		expect(handed(1)).toMatchObject([{ event: 'optOut', text: 'STOP' }]);
		expect(handed(2)).toMatchObject([{ event: 'message', text: 'Hello' }]);
		expect(handed(3)).toEqual([]);
	});

	it('returns at once while the store is away, and hands over when it comes back', async () => {
		await call(metaMessage('START'));
		const context = triggerContext({ credentials: house.credentials, parameters: meta });
		let closeFunction: (() => Promise<void>) | undefined;
		await withoutStore(async () => {
			({ closeFunction } = await trigger.trigger.call(context.node));
			await until(() => context.logged.length > 0);
		});
		await until(() => context.executions.length > 0);
		await closeFunction?.();
		expect(context.executions[0]?.outputs[0]).toMatchObject([{ json: { event: 'optIn' } }]);
	});

	it('hands an event over again that no execution finished, and never one that did', async () => {
		await call(metaMessage('START'));
		const first = triggerContext({ credentials: house.credentials, parameters: meta });
		first.state.endAtOnce = false;
		const { closeFunction: closeFirst } = await trigger.trigger.call(first.node);
		await until(() => first.executions.length === 1);
		const untaken = () => house.store.read((db) => db.selectFrom('event').select('taken_at').execute());
		expect(await untaken()).toEqual([{ taken_at: null }]);
		first.executions[0]?.end({ status: 'success', finished: true });
		let taken = false;
		while (!taken) taken = (await untaken()).every(({ taken_at: at }) => at !== null);
		await closeFirst?.();
		const second = triggerContext({ credentials: house.credentials, parameters: meta });
		const { closeFunction } = await trigger.trigger.call(second.node);
		await call(metaMessage('STOP', { id: 'wamid.2' }));
		await until(() => second.executions.length > 0);
		await closeFunction?.();
		expect(second.executions.map(({ outputs }) => outputs.findIndex((items) => items.length > 0))).toEqual([1]);
	});

	describe('when n8n says how the execution ended', () => {
		const nodeFailed = { resultData: { runData: {}, lastNodeExecuted: 'Reply', error: {} } };
		const nobodyKnows = { resultData: { runData: {}, error: {} } };
		const table: Array<[string, unknown, 'taken' | 'again']> = [
			['well', { status: 'success', finished: true }, 'taken'],
			['waiting in a Wait node', { status: 'waiting', finished: false }, 'taken'],
			['with an error of a node, on a worker', { status: 'error', finished: false, data: nodeFailed }, 'taken'],
			[
				'with an error of a node, here',
				{ status: 'error', finished: false, data: { resultData: { runData: { Reply: [] } } } },
				'taken',
			],
			['cancelled on a worker', { status: 'canceled', finished: false, data: nobodyKnows }, 'taken'],
			['cancelled by hand', Object.assign(new Error('cancelled'), { reason: 'manual' }), 'taken'],
			['by the workflow’s time limit', Object.assign(new Error('cancelled'), { reason: 'timeout' }), 'taken'],
			['by n8n going down', Object.assign(new Error('cancelled'), { reason: 'shutdown' }), 'again'],
			['stalled, because its worker was killed', { status: 'error', finished: false, data: nobodyKnows }, 'again'],
			['crashed', { status: 'crashed', finished: false, data: nodeFailed }, 'again'],
			['still running when its job was gone', { status: 'running', finished: false, data: nobodyKnows }, 'again'],
			['before it began: the workflow may not use a credential', undefined, 'again'],
			['before it began: Redis or n8n’s database is away', new Error('connect ECONNREFUSED'), 'again'],
		];
		it.each(table)('%s: its events are taken, or handed over again', async (_, end, expected) => {
			await call(metaMessage('START'));
			const context = triggerContext({ credentials: house.credentials, parameters: meta });
			context.state.endAtOnce = false;
			const { closeFunction } = await trigger.trigger.call(context.node);
			await until(() => context.executions.length === 1);
			const [first] = context.executions;
			if (end instanceof Error) first?.fail(end);
			else first?.end(end as Partial<IRun> | undefined);
			if (expected === 'again') await until(() => context.executions.length === 2);
			const takenAt = () =>
				house.store.read((db) => db.selectFrom('event').select('taken_at').executeTakeFirstOrThrow());
			if (expected === 'taken') while ((await takenAt()).taken_at === null);
			expect((await takenAt()).taken_at === null).toBe(expected === 'again');
			context.executions[1]?.end({ status: 'success', finished: true });
			await closeFunction?.();
		});
	});

	it('takes in a test run what the test’s webhook received, and leaves the rest to the published workflow', async () => {
		await call(metaMessage('START', { id: 'wamid.1' }));
		await call({ mode: 'manual', ...metaMessage('STOP', { id: 'wamid.2' }) });
		const context = triggerContext({ mode: 'manual', credentials: house.credentials, parameters: meta });
		const { manualTriggerFunction, closeFunction } = await trigger.trigger.call(context.node);
		expect(context.executions).toEqual([]);
		await manualTriggerFunction?.();
		await until(() => context.executions.length > 0);
		await closeFunction?.();
		expect(context.executions.map(({ outputs }) => outputs.map((items) => items.length))).toEqual([[0, 1, 0, 0]]);
	});
});
