import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { listRegistrations, type ListedRegistration } from '../../../../services/registrations/lists';
import type { RegistrationState } from '../../../../store/schema';
import { pageFields } from '../../../shared/fields';
import { groupLocator, readGroup, readSender, senderLocator } from '../../../shared/locators';
import { readPages } from '../../../shared/pages';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [
	...pageFields,
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options: [
			groupLocator({ description: 'Only people in this group' }),
			{
				displayName: 'Search',
				name: 'search',
				type: 'string',
				default: '',
				placeholder: 'e.g. 333 123',
				description: 'Part of the number as you would write it, of the contact’s name or of the WhatsApp user ID',
			},
			{
				displayName: 'Lost by Number Change',
				name: 'lost',
				type: 'boolean',
				default: false,
				description:
					'Whether to return only people who had registered with a number of yours that was replaced, and have not answered on the new one: invite them again, e.g. by SMS',
			},
			senderLocator({ whenEmpty: 'All', description: 'Only registrations for this number of yours' }),
			{
				displayName: 'Since',
				name: 'since',
				type: 'dateTime',
				default: '',
				description: 'Only registrations that came into their state at this time or later',
			},
			{
				displayName: 'State',
				name: 'state',
				type: 'options',
				options: [
					{ name: 'Active', value: 'active', description: 'May be written to' },
					{ name: 'Any', value: '' },
					{ name: 'Ended', value: 'ended', description: 'By STOP, by the provider or by hand' },
					{ name: 'Invited', value: 'invited', description: 'Has filled in the form and not yet written' },
					{ name: 'Waiting', value: 'waiting', description: 'On the waiting list, because the package is full' },
				],
				default: 'active',
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Mask Numbers',
				name: 'maskNumbers',
				type: 'boolean',
				default: false,
				description:
					'Whether to show numbers like +39…67, where the list goes to somebody who does not need them. Revoke takes the item’s handle instead.',
			},
			{
				displayName: 'Page Token',
				name: 'pageToken',
				type: 'string',
				default: '',
				description: 'To go on after a page: the pageToken of its last item. When empty, the list begins.',
			},
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['registration'], operation: ['getMany'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	const filters = {
		sender: readSender(parameters, 'filters.sender') || undefined,
		group: readGroup(parameters, 'filters.group') || undefined,
		state: (parameters.text('filters.state') || undefined) as RegistrationState | undefined,
		since: parameters.optionalTime('filters.since'),
		search: parameters.optionalText('filters.search'),
		lostByNumberChange: parameters.flag('filters.lost'),
		masked: parameters.flag('options.maskNumbers'),
	};
	const begin = parameters.optionalText('options.pageToken');
	return await readPages<ListedRegistration>(parameters, (limit, last) =>
		listRegistrations(store, { ...filters, limit, after: last?.pageToken ?? begin }),
	);
}
