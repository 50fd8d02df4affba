import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { createCampaign } from '../../../../services/sending/campaigns';
import { attachedProviders } from '../../../shared/providers';
import type { Call } from '../../../shared/router';
import { audienceFields, audienceOptions, readAudience } from '../../audienceFields';

const properties: INodeProperties[] = [
	{
		displayName: 'Key',
		name: 'key',
		type: 'string',
		default: '=execution-{{ $execution.id }}',
		required: true,
		description:
			'A word of your own for this campaign. The same key twice makes one campaign, so that running this again sends nothing twice.',
	},
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		placeholder: 'e.g. Summer sale',
		description: 'For lists and reports. When empty, the key.',
	},
	...audienceFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			...audienceOptions,
			{
				displayName: 'Starts At',
				name: 'startsAt',
				type: 'dateTime',
				default: '',
				description: 'When the first message may go out. When empty, at once.',
			},
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['campaign'], operation: ['create'] } },
	properties,
);

export async function execute({ node, store, parameters }: Call) {
	const input = {
		key: parameters.text('key'),
		name: parameters.optionalText('name'),
		...readAudience(parameters),
		startsAt: parameters.optionalTime('options.startsAt'),
	};
	return await createCampaign(store, input, await attachedProviders(node));
}
