import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { listSearch, loadOptions } from '../../nodes/shared/lists';
import { createCampaign } from '../../services/sending/campaigns';
import { createOrUpdateContact } from '../../services/contacts/contacts';
import { createOrUpdateGroup } from '../../services/contacts/groups';
import { enterHouse, type NodeHouse, smsSender, whatsAppSender } from './nodeHouse';

let house: NodeHouse;

beforeEach(async () => {
	house = await enterHouse();
});

afterEach(async () => {
	await house.leave();
});

const editor = () => ({ getCredentials: async () => house.storeCredential }) as unknown as ILoadOptionsFunctions;

describe('the lists of the editor', () => {
	it('show senders, and find them by part of the number', async () => {
		expect((await listSearch.searchSenders.call(editor())).results.map(({ name }) => name)).toEqual([
			whatsAppSender,
			smsSender,
		]);
		expect((await listSearch.searchSenders.call(editor(), '0212')).results).toHaveLength(1);
	});

	it('show contacts page after page, with their numbers masked', async () => {
		for (let count = 0; count < 60; count++)
			await createOrUpdateContact(house.store, {
				smsNumber: `+3933312345${String(count).padStart(2, '0')}`,
				name: `Person ${count}`,
			});
		const first = await listSearch.searchContacts.call(editor());
		const second = await listSearch.searchContacts.call(editor(), undefined, first.paginationToken as string);
		expect([first.results.length, second.results.length, second.paginationToken]).toEqual([50, 10, undefined]);
		expect(first.results[0]?.name).toBe('Person 0 · +39…00');
	});

	it('show groups with their shortcodes, for one and for several', async () => {
		const { id } = await createOrUpdateGroup(house.store, { shortcode: 'news', name: 'Newsletter' });
		expect((await listSearch.searchGroups.call(editor())).results).toEqual([{ name: 'Newsletter (news)', value: id }]);
		expect(await loadOptions.getGroups.call(editor())).toEqual([{ name: 'Newsletter (news)', value: String(id) }]);
	});

	it('choose a campaign by its key, which no other campaign has for an id', async () => {
		await createCampaign(house.store, {
			key: '2',
			name: 'Spring',
			purpose: 'service',
			channels: 'sms',
			whatsAppSender: '',
			smsSender: '',
			groups: [],
			numbers: ['+393331234567'],
			content: { type: 'text', body: 'Hello' },
		});
		expect((await listSearch.searchCampaigns.call(editor())).results).toEqual([
			{ name: 'Spring (running)', value: '2' },
		]);
	});
});
