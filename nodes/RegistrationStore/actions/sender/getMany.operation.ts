import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { listSenders, type SenderView } from '../../../../services/senders';
import { pageFields } from '../../../shared/fields';
import { readPages } from '../../../shared/pages';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [...pageFields];

export const description = updateDisplayOptions({ show: { resource: ['sender'], operation: ['getMany'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return await readPages<SenderView>(parameters, (limit, last) => listSenders(store, { limit, afterId: last?.id }));
}
