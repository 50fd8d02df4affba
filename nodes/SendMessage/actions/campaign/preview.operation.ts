import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { previewCampaign } from '../../../../services/sending/campaigns';
import { attachedProviders } from '../../../shared/providers';
import type { Call } from '../../../shared/router';
import { audienceFields, audienceOptions, readAudience } from '../../audienceFields';

const properties: INodeProperties[] = [
	...audienceFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: audienceOptions,
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['campaign'], operation: ['preview'] } },
	properties,
);

export async function execute({ node, store, parameters }: Call) {
	return await previewCampaign(store, readAudience(parameters), await attachedProviders(node));
}
