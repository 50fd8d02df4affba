import { updateDisplayOptions } from 'n8n-workflow';

import { summarise } from '../../../../services/reporting/summarise';
import type { Call } from '../../../shared/router';
import { rangeFields, readRange } from '../../rangeFields';

export const description = updateDisplayOptions(
	{ show: { resource: ['report'], operation: ['summary'] } },
	rangeFields,
);

export async function execute({ node, store, parameters }: Call) {
	return await summarise(store, readRange(node, store, parameters));
}
