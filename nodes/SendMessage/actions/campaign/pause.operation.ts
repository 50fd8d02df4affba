import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { pauseCampaign } from '../../../../services/sending/campaigns';
import { campaignLocator, readCampaign } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [campaignLocator()];

export const description = updateDisplayOptions({ show: { resource: ['campaign'], operation: ['pause'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return await pauseCampaign(store, readCampaign(parameters));
}
