import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { getCampaign } from '../../../../services/sending/campaigns';
import { campaignLocator, readCampaign } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [campaignLocator()];

export const description = updateDisplayOptions({ show: { resource: ['campaign'], operation: ['get'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return await getCampaign(store, readCampaign(parameters));
}
