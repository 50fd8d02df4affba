import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { getUsage } from '../../../../services/registrations/registrations';
import { readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [senderLocator()];

export const description = updateDisplayOptions(
	{ show: { resource: ['registration'], operation: ['getUsage'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await getUsage(store, { sender: readSender(parameters) });
}
