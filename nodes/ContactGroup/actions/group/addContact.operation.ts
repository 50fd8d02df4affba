import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { addContactToGroup } from '../../../../services/contacts/groups';
import { contactLocator, groupLocator, readGroup, readId } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [groupLocator({ required: true }), contactLocator()];

export const description = updateDisplayOptions(
	{ show: { resource: ['group'], operation: ['addContact'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await addContactToGroup(store, { group: readGroup(parameters), contactId: readId(parameters, 'contact') });
}
