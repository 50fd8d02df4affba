import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { type CampaignView, listCampaigns } from '../../../../services/sending/campaigns';
import { pageFields } from '../../../shared/fields';
import { readPages } from '../../../shared/pages';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [...pageFields];

export const description = updateDisplayOptions(
	{ show: { resource: ['campaign'], operation: ['getMany'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await readPages<CampaignView>(parameters, (limit, last) =>
		listCampaigns(store, { limit, before: last?.campaignId }),
	);
}
