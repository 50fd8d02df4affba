import { takeSlots } from '../../services/sending/slots';
import { enterHouse, type NodeHouse } from './nodeHouse';
import { type NodeUnderTest, outputOf, resultOf } from './runWorkflow';

let house: NodeHouse;

beforeEach(async () => {
	house = await enterHouse();
	for (const last of ['1', '2', '3']) {
		const { id } = await resultOf({
			node: 'contactGroup',
			credentials: { optInStoreApi: house.storeCredential },
			parameters: {
				resource: 'contact',
				operation: 'createOrUpdate',
				smsNumber: `+39333123456${last}`,
				options: { name: `Person ${last}` },
			},
		});
		if (last === '1') await inGroup('createOrUpdate', { shortcode: 'news' });
		await inGroup('addContact', {
			group: { __rl: true, mode: 'shortcode', value: 'news' },
			contact: { __rl: true, mode: 'id', value: String(Number(id)) },
		});
	}
});

afterEach(async () => {
	await house.leave();
});

const inGroup = (operation: string, parameters: object) =>
	resultOf({
		node: 'contactGroup',
		credentials: { optInStoreApi: house.storeCredential },
		parameters: { resource: 'group', operation, ...parameters },
	});

const campaign = (operation: string, parameters: object = {}): NodeUnderTest => ({
	node: 'sendMessage',
	credentials: house.credentials,
	parameters: { resource: 'campaign', operation, ...parameters },
});

const audience = { channels: 'sms', groups: ['news'], purpose: 'service', text: 'Dear {{name}}' };
const create = (parameters: object = {}) =>
	resultOf(campaign('create', { key: 'spring', name: 'Spring', ...audience, ...parameters }));
const byKey = { campaign: { __rl: true, mode: 'key', value: 'spring' } };

async function deliver(parameters: object = {}) {
	const { slots } = await takeSlots(house.store, { trigger: 'test' });
	const slot = slots[0];
	if (!slot) throw new Error('There is nothing to deliver.');
	return await resultOf(
		campaign('deliver', {
			slot: '={{ $json.slot }}',
			senderId: '={{ $json.senderId }}',
			options: { runForSeconds: 2 },
			...parameters,
		}),
		{ ...slot },
	);
}

describe('Send SMS & WhatsApp, Campaign', () => {
	it('counts in a preview and keeps nothing', async () => {
		expect(await resultOf(campaign('preview', audience))).toMatchObject({ counts: { queued: 3 }, total: 3 });
		expect(await outputOf(campaign('getMany', { returnAll: true }))).toEqual([]);
	});

	it('says why people are left out', async () => {
		const preview = await resultOf(campaign('preview', { ...audience, purpose: 'advertisement' }));
		expect(preview).toMatchObject({ counts: { skipped: 3 }, leftOut: { 'no SMS consent': 3 } });
	});

	it('makes one campaign of the same key', async () => {
		const first = await create();
		expect(first).toMatchObject({ created: true, key: 'spring', name: 'Spring', counts: { queued: 3 } });
		expect(await create()).toMatchObject({ created: false, campaignId: first.campaignId, total: 3 });
	});

	it('takes numbers typed in, and groups as a text with commas', async () => {
		expect(await create({ groups: 'news', options: { numbers: '+393331234569, +393331234561' } })).toMatchObject({
			counts: { queued: 4 },
		});
	});

	it('delivers in a slot, to each person with their own name', async () => {
		await create();
		expect(await deliver()).toMatchObject({ accepted: 3, left: 0, notServed: null });
		const texts = house.requests.map(({ body }) => body.messageContent);
		expect(texts.sort()).toEqual(['Dear Person 1', 'Dear Person 2', 'Dear Person 3']);
		expect(await resultOf(campaign('get', byKey))).toMatchObject({ counts: { accepted: 3 } });
	});

	it('says that the credential for a sender is missing, and sends nothing', async () => {
		await create();
		const credentials = { ...house.credentials };
		delete credentials.websmsApi;
		const { slots } = await takeSlots(house.store, { trigger: 'test' });
		const item = await resultOf(
			{ ...campaign('deliver', { slot: '={{ $json.slot }}', senderId: '={{ $json.senderId }}' }), credentials },
			{ ...slots[0] },
		);
		expect(item).toMatchObject({ accepted: 0, left: 3, notServed: expect.stringContaining('websms') });
	});

	it('asks for a slot where there is none', async () => {
		await expect(
			resultOf(campaign('deliver', { slot: '={{ $json.slot }}', senderId: '={{ $json.senderId }}' })),
		).rejects.toThrow(/no slot to deliver in/);
	});

	it('pauses, resumes and cancels', async () => {
		const { campaignId } = await create();
		const byId = { campaign: { __rl: true, mode: 'id', value: String(Number(campaignId)) } };
		expect(await resultOf(campaign('pause', byKey))).toMatchObject({ state: 'paused' });
		expect((await takeSlots(house.store, { trigger: 'test' })).slots).toEqual([]);
		expect(await resultOf(campaign('resume', byId))).toMatchObject({ state: 'running' });
		expect(await resultOf(campaign('cancel', byId))).toMatchObject({ state: 'cancelled', counts: { cancelled: 3 } });
	});

	it('lists campaigns up to the limit', async () => {
		await create();
		await create({ key: 'summer' });
		expect(await outputOf(campaign('getMany', { limit: 1 }))).toMatchObject([{ json: { key: 'summer' } }]);
		expect(await outputOf(campaign('getMany', { returnAll: true }))).toHaveLength(2);
	});

	it('refuses a text of 100,000 characters, and makes nothing', async () => {
		await expect(create({ text: 'x'.repeat(100_000) })).rejects.toThrow(/100000 characters/);
		expect(await outputOf(campaign('getMany', { returnAll: true }))).toEqual([]);
	});

	it('says that a campaign or group does not exist', async () => {
		await expect(resultOf(campaign('get', byKey))).rejects.toThrow(/no campaign "spring"/);
		await expect(create({ groups: ['other'] })).rejects.toThrow(/no group/);
	});

	it('sends an approved template with its parameters', async () => {
		const numbers = '+393331234561';
		await resultOf({
			node: 'registrationStore',
			credentials: { optInStoreApi: house.storeCredential },
			parameters: {
				resource: 'registration',
				operation: 'applyMessage',
				sender: { __rl: true, mode: 'phone', value: '+390212345678' },
				from: numbers,
				text: 'START',
				messageId: '1',
			},
		});
		await create({
			channels: 'whatsapp',
			groups: [],
			options: { numbers },
			contentType: 'template',
			templateName: 'spring',
			templateLanguage: 'it',
			templateParameters: ['Anna'],
		});
		expect(await deliver()).toMatchObject({ accepted: 1 });
		expect(house.requests[0]?.body).toMatchObject({
			type: 'template',
			template: { name: 'spring', language: { code: 'it' } },
		});
	});
});
