import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { exportPerson } from '../../../../services/rights/exportPerson';
import type { Call } from '../../../shared/router';
import { wholeNumberField } from '../../numberField';

const properties: INodeProperties[] = [wholeNumberField];

export const description = updateDisplayOptions({ show: { resource: ['consent'], operation: ['export'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return await exportPerson(store, { number: parameters.text('number') });
}
