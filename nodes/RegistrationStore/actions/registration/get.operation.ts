import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { getRegistration } from '../../../../services/registrations/registrations';
import { readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';
import { numberField } from '../../numberField';

const properties: INodeProperties[] = [senderLocator(), numberField];

export const description = updateDisplayOptions(
	{ show: { resource: ['registration'], operation: ['get'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await getRegistration(store, { sender: readSender(parameters), number: parameters.text('number') });
}
