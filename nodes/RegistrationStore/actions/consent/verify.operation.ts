import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { verifyConsent } from '../../../../services/rights/verifyLedger';
import type { Call } from '../../../shared/router';
import { internationalNumberField } from '../../numberField';

const properties: INodeProperties[] = [
	{
		...internationalNumberField,
		description: 'With international prefix. When empty, the records of all people are verified.',
	},
];

export const description = updateDisplayOptions({ show: { resource: ['consent'], operation: ['verify'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return await verifyConsent(store, { number: parameters.optionalText('number') });
}
