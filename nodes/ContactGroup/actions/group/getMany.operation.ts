import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { type GroupView, listGroups } from '../../../../services/contacts/groups';
import { pageFields } from '../../../shared/fields';
import { readPages } from '../../../shared/pages';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [...pageFields];

export const description = updateDisplayOptions({ show: { resource: ['group'], operation: ['getMany'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return await readPages<GroupView>(parameters, (limit, after) => listGroups(store, { limit, after }));
}
