import { CampaignTrigger } from '../../nodes/CampaignTrigger/CampaignTrigger.node';
import { createCampaign } from '../../services/sending/campaigns';
import { closeStores } from '../../store/pool';
import { enterHouse, type NodeHouse, smsSender } from './nodeHouse';
import { resultOf } from './runWorkflow';
import { triggerContext, until } from './triggerContext';

const trigger = new CampaignTrigger();
let house: NodeHouse;

beforeEach(async () => {
	house = await enterHouse();
});

afterEach(async () => {
	await house.leave();
});

const campaign = () =>
	createCampaign(house.store, {
		key: 'spring',
		purpose: 'service',
		channels: 'sms',
		whatsAppSender: '',
		smsSender: '',
		groups: [],
		numbers: ['+393331234567'],
		content: { type: 'text', body: 'Hello' },
	});

const heldSlots = () =>
	house.store.read((db) => db.selectFrom('delivery_slot').select('owner').where('owner', 'is not', null).execute());

const started = (mode: 'trigger' | 'manual' = 'trigger') => {
	const context = triggerContext({ mode, credentials: house.credentials });
	context.state.endAtOnce = false;
	return context;
};

describe('Campaign Trigger', () => {
	it('gives out slots while there is something to deliver, one execution for each', async () => {
		await campaign();
		const context = started();
		const { closeFunction } = await trigger.trigger.call(context.node);
		await until(() => context.executions.length === 2);
		expect(context.executions.map(({ outputs }) => outputs.map((items) => items.length))).toEqual([
			[1, 0],
			[1, 0],
		]);
		expect(context.executions[0]?.outputs[0]).toMatchObject([
			{ json: { slot: expect.any(String), senderPhone: smsSender, provider: 'websms' } },
		]);
		for (const { end } of context.executions) end();
		await closeFunction?.();
	});

	it('tells once of each campaign that is finished', async () => {
		await campaign();
		const context = started();
		context.state.endAtOnce = false;
		const { closeFunction } = await trigger.trigger.call(context.node);
		await until(() => context.executions.length === 2);
		const slot = context.executions[0]?.outputs[0]?.[0]?.json ?? {};
		await resultOf(
			{
				node: 'sendMessage',
				credentials: house.credentials,
				parameters: {
					resource: 'campaign',
					operation: 'deliver',
					slot: '={{ $json.slot }}',
					senderId: '={{ $json.senderId }}',
				},
			},
			slot,
		);
		for (const { end } of context.executions) end();
		const finished = () => context.executions.flatMap(({ outputs }) => outputs[1] ?? []);
		await until(() => finished().length > 0);
		await closeFunction?.();
		expect(finished()).toMatchObject([{ json: { key: 'spring', state: 'finished', counts: { accepted: 1 } } }]);
	});

	it('takes back its slots when it is closed', async () => {
		await campaign();
		const context = started();
		const { closeFunction } = await trigger.trigger.call(context.node);
		await until(() => context.executions.length === 2);
		expect(await heldSlots()).toHaveLength(2);
		await closeFunction?.();
		expect(await heldSlots()).toEqual([]);
	});

	it('frees the slot of an execution that ended without delivering', async () => {
		await campaign();
		const context = started();
		const { closeFunction } = await trigger.trigger.call(context.node);
		await until(() => context.executions.length === 2);
		const given = () => context.executions.map(({ outputs }) => outputs[0]?.[0]?.json.slot);
		for (const { end } of context.executions) end();
		await until(() => context.executions.length >= 4);
		await closeFunction?.();
		expect(new Set(given()).size).toBe(given().length);
	});

	it('returns at once while the store is away, says so once, and works when it comes back', async () => {
		await campaign();
		const { ledgerKey, ...rest } = house.storeCredential;
		const credential = { ...rest, ledgerKey: 'another key' };
		const context = triggerContext({ credentials: { optInStoreApi: credential } });
		context.state.endAtOnce = false;
		const { closeFunction } = await trigger.trigger.call(context.node);
		await until(() => context.logged.length > 0);
		await new Promise((resolve) => setTimeout(resolve, 1_500));
		expect(context.logged).toHaveLength(1);
		Object.assign(credential, { ledgerKey });
		await until(() => context.executions.length > 0);
		for (const { end } of context.executions) end();
		await closeFunction?.();
		await closeStores();
	});

	it('gives one slot in a test run, and then looks no more', async () => {
		await campaign();
		const context = started('manual');
		const { manualTriggerFunction, closeFunction } = await trigger.trigger.call(context.node);
		await manualTriggerFunction?.();
		await until(() => context.executions.length > 0);
		for (const { end } of context.executions) end();
		await new Promise((resolve) => setTimeout(resolve, 1_500));
		await closeFunction?.();
		expect(context.executions).toHaveLength(1);
	});
});
