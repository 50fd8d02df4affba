import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { removeContactFromGroup } from '../../../../services/contacts/groups';
import { contactLocator, groupLocator, readGroup, readId } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [groupLocator({ required: true }), contactLocator()];

export const description = updateDisplayOptions(
	{ show: { resource: ['group'], operation: ['removeContact'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await removeContactFromGroup(store, {
		group: readGroup(parameters),
		contactId: readId(parameters, 'contact'),
	});
}
