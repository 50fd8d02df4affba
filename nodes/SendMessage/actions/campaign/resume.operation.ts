import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { resumeCampaign } from '../../../../services/sending/campaigns';
import { campaignLocator, readCampaign } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [campaignLocator()];

export const description = updateDisplayOptions(
	{ show: { resource: ['campaign'], operation: ['resume'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await resumeCampaign(store, readCampaign(parameters));
}
