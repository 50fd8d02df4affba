import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { type ContactView, listContacts } from '../../../../services/contacts/contacts';
import { pageFields } from '../../../shared/fields';
import { groupLocator, readGroup } from '../../../shared/locators';
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
			groupLocator({ description: 'Only contacts in this group' }),
			{ displayName: 'Search', name: 'search', type: 'string', default: '', description: 'Part of a name or number' },
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['contact'], operation: ['getMany'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	const filters = {
		search: parameters.optionalText('filters.search'),
		group: readGroup(parameters, 'filters.group') || undefined,
	};
	return await readPages<ContactView>(parameters, (limit, after) => listContacts(store, { ...filters, limit, after }));
}
