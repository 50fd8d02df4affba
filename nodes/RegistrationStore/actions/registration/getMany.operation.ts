import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { listRegistrations, type RegistrationView } from '../../../../services/registrations';
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
				description: 'Part of the number',
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
];

export const description = updateDisplayOptions({ show: { resource: ['registration'], operation: ['getMany'] } }, properties);

export async function execute({ store, parameters }: Call) {
	const filters = {
		sender: readSender(parameters, 'filters.sender') || undefined,
		group: readGroup(parameters, 'filters.group') || undefined,
		state: (parameters.text('filters.state') || undefined) as RegistrationState | undefined,
		since: parameters.optionalTime('filters.since'),
		search: parameters.optionalText('filters.search'),
	};
	return await readPages<RegistrationView>(parameters, (limit, after) => listRegistrations(store, { ...filters, limit, after }));
}
