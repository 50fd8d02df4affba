import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { deleteGroup } from '../../../../services/contacts/groups';
import { groupLocator, readGroup } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [groupLocator({ required: true })];

export const description = updateDisplayOptions({ show: { resource: ['group'], operation: ['delete'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return await deleteGroup(store, { group: readGroup(parameters) });
}
