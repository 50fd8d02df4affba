import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { exportConsent } from '../../../../services/consentRecords';
import type { Call } from '../../../shared/router';
import { internationalNumberField } from '../../numberField';

const properties: INodeProperties[] = [{ ...internationalNumberField, required: true }];

export const description = updateDisplayOptions({ show: { resource: ['consent'], operation: ['export'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return await exportConsent(store, { number: parameters.text('number') });
}
