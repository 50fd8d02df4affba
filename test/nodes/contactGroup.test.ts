import { enterHouse, type NodeHouse } from './nodeHouse';
import { type NodeUnderTest, outputOf, resultOf } from './runWorkflow';

let house: NodeHouse;

beforeEach(async () => {
	house = await enterHouse();
});

afterEach(async () => {
	await house.leave();
});

const operation = (resource: string, name: string, parameters: object = {}): NodeUnderTest => ({
	node: 'contactGroup',
	credentials: { optInStoreApi: house.storeCredential },
	parameters: { resource, operation: name, ...parameters },
});

const byId = (value: unknown) => ({ __rl: true, mode: 'id', value: String(value) });
const news = { __rl: true, mode: 'shortcode', value: 'NEWS' };
const saveContact = (parameters: object) => resultOf(operation('contact', 'createOrUpdate', parameters));
const saveGroup = (parameters: object) => resultOf(operation('group', 'createOrUpdate', parameters));

describe('Contact & Group, Contact', () => {
	it('makes a contact with fields of its own and an SMS consent, and completes it', async () => {
		const made = await saveContact({
			smsNumber: '333 1234567',
			options: {
				country: 'IT',
				name: 'Anna',
				language: 'it',
				fields: { field: [{ name: 'city', value: 'Bolzano' }] },
				smsConsentSource: 'Paper form',
				smsConsentAt: '2026-05-03T10:00:00Z',
			},
		});
		expect(made).toMatchObject({
			created: true,
			smsNumber: '+393331234567',
			name: 'Anna',
			fields: { city: 'Bolzano' },
			smsConsentSource: 'Paper form',
			smsConsentAt: '2026-05-03T10:00:00.000Z',
		});
		expect(await saveContact({ smsNumber: '+393331234567', whatsAppNumber: '+393331234567' })).toMatchObject({
			id: made.id,
			created: false,
			whatsAppNumber: '+393331234567',
			name: 'Anna',
		});
	});

	it('says which number is none, on its item', async () => {
		const items = await outputOf(
			{
				...operation('contact', 'createOrUpdate', { smsNumber: '={{ $json.number }}' }),
				onError: 'continueRegularOutput',
			},
			[{ number: 'call me' }, { number: '+393331234567' }],
		);
		expect(items.map(({ json, pairedItem }) => ['error' in json, pairedItem])).toEqual([
			[true, { item: 0 }],
			[false, { item: 1 }],
		]);
	});

	it('gets, lists and deletes', async () => {
		const { id } = await saveContact({ smsNumber: '+393331234567', options: { name: 'Anna' } });
		await saveContact({ smsNumber: '+393331234568', options: { name: 'Bruno' } });
		expect(await resultOf(operation('contact', 'get', { contact: byId(id) }))).toMatchObject({ name: 'Anna' });
		expect(await outputOf(operation('contact', 'getMany', { returnAll: true }))).toHaveLength(2);
		expect(await outputOf(operation('contact', 'getMany', { limit: 5, filters: { search: 'brun' } }))).toMatchObject([
			{ json: { name: 'Bruno' } },
		]);
		await resultOf(operation('contact', 'delete', { contact: byId(id) }));
		await expect(resultOf(operation('contact', 'get', { contact: byId(id) }))).rejects.toThrow(/no contact/);
	});

	it('puts a contact into several groups at once', async () => {
		for (const shortcode of ['news', 'sport']) await saveGroup({ shortcode });
		expect(await saveContact({ smsNumber: '+393331234567', options: { groups: ['news', 'sport'] } })).toMatchObject({
			groupsAdded: ['news', 'sport'],
			groupsRefused: [],
		});
	});

	it('merges two contacts, and asks which number is kept', async () => {
		const one = await saveContact({ smsNumber: '+393331234567', options: { name: 'Anna' } });
		const two = await saveContact({ smsNumber: '+393331234568', whatsAppNumber: '+393331234568' });
		const merge = { contact: byId(one.id), mergedContact: byId(two.id) };
		await expect(resultOf(operation('contact', 'merge', merge))).rejects.toThrow(/Choose in the options/);
		expect(await resultOf(operation('contact', 'merge', { ...merge, options: { smsNumber: 'merged' } }))).toMatchObject(
			{
				...{
					id: one.id,
					mergedContactId: two.id,
					name: 'Anna',
					smsNumber: '+393331234568',
					whatsAppNumber: '+393331234568',
				},
			},
		);
		expect(await outputOf(operation('contact', 'getMany', { returnAll: true }))).toHaveLength(1);
	});

	it('asks for a contact where none is chosen', async () => {
		await expect(resultOf(operation('contact', 'delete', { contact: byId('={{ $json.none }}') }))).rejects.toThrow(
			/No contact is chosen/,
		);
	});
});

describe('Contact & Group, Group', () => {
	it('makes a group, renames it, and refuses a shortcode nobody could write', async () => {
		expect(await saveGroup({ shortcode: 'News', name: 'Newsletter' })).toMatchObject({
			created: true,
			shortcode: 'news',
			name: 'Newsletter',
		});
		expect(await saveGroup({ shortcode: 'NEWS', name: 'Letters' })).toMatchObject({ created: false, name: 'Letters' });
		await expect(saveGroup({ shortcode: 'nè/ws 🎉' })).rejects.toThrow();
		await expect(saveGroup({ shortcode: 'stop' })).rejects.toThrow();
	});

	it('gives a group another shortcode', async () => {
		const { id } = await saveGroup({ shortcode: 'news', name: 'Newsletter' });
		expect(await saveGroup({ shortcode: 'letters', options: { groupToChange: news } })).toMatchObject({
			id,
			created: false,
			shortcode: 'letters',
			name: 'Newsletter',
		});
	});

	it('takes contacts in and out, and shows the five figures', async () => {
		await saveGroup({ shortcode: 'news' });
		const { id } = await saveContact({ smsNumber: '+393331234567' });
		await resultOf(operation('group', 'addContact', { group: news, contact: byId(id) }));
		expect(await resultOf(operation('group', 'getMany', { returnAll: true }))).toMatchObject({
			shortcode: 'news',
			contacts: 1,
			reachableBySms: 1,
		});
		expect(await outputOf(operation('contact', 'getMany', { returnAll: true, filters: { group: news } }))).toHaveLength(
			1,
		);
		await resultOf(operation('group', 'removeContact', { group: news, contact: byId(id) }));
		expect(await resultOf(operation('group', 'getMany', { returnAll: true }))).toMatchObject({ contacts: 0 });
	});

	it('deletes a group and keeps its contacts', async () => {
		await saveGroup({ shortcode: 'news' });
		await saveContact({ smsNumber: '+393331234567' });
		await resultOf(operation('group', 'delete', { group: news }));
		expect(await outputOf(operation('group', 'getMany', { returnAll: true }))).toHaveLength(0);
		expect(await outputOf(operation('contact', 'getMany', { returnAll: true }))).toHaveLength(1);
	});

	it('says that a group does not exist', async () => {
		await expect(resultOf(operation('group', 'delete', { group: news }))).rejects.toThrow(/no group/);
	});
});

describe('Contact & Group as the tool of an AI agent', () => {
	it('reads', async () => {
		await saveGroup({ shortcode: 'news' });
		expect(await outputOf({ ...operation('group', 'getMany', { returnAll: true }), asTool: true })).toHaveLength(1);
	});

	it.each([
		['contact', 'createOrUpdate', { smsNumber: '+393331234567' }],
		['contact', 'delete', { contact: byId(1) }],
		['contact', 'merge', { contact: byId(1), mergedContact: byId(2) }],
		['group', 'createOrUpdate', { shortcode: 'news' }],
		['group', 'delete', { group: news }],
		['group', 'addContact', { group: news, contact: byId(1) }],
		['group', 'removeContact', { group: news, contact: byId(1) }],
	])('changes nothing: %s, %s is refused', async (resource, name, parameters) => {
		await expect(resultOf({ ...operation(resource, name, parameters), asTool: true })).rejects.toThrow(
			/may read here, and change nothing/,
		);
	});
});
