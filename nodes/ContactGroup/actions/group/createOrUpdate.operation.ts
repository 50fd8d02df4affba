import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { createOrUpdateGroup } from '../../../../services/contacts/groups';
import { groupLocator, readGroup } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [
	{
		displayName: 'Shortcode',
		name: 'shortcode',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. news',
		description:
			'What people write after START and STOP. A letter, then up to 19 letters and digits. A group is known by it.',
	},
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		placeholder: 'e.g. Newsletter',
		description: 'When empty, the shortcode, or the name the group has',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			groupLocator({
				displayName: 'Change the Shortcode Of',
				name: 'groupToChange',
				description:
					'An existing group that gets the shortcode above. Its contacts stay, and whoever left it by STOP stays out.',
			}),
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['group'], operation: ['createOrUpdate'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await createOrUpdateGroup(store, {
		shortcode: parameters.text('shortcode'),
		name: parameters.optionalText('name'),
		group: readGroup(parameters, 'options.groupToChange'),
	});
}
