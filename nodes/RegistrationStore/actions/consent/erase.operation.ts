import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { erasePerson } from '../../../../services/rights/erase';
import type { Call } from '../../../shared/router';
import { executionDataNote } from '../../executionData';
import { wholeNumberField } from '../../numberField';

const properties: INodeProperties[] = [
	{
		displayName:
			'This cannot be undone. Contact, invitations, what was written and sent, and the fields of the consent records go. That nobody may advertise to this person is kept as a keyed hash, until they write START themselves.',
		name: 'eraseNotice',
		type: 'notice',
		default: '',
	},
	wholeNumberField,
];

export const description = updateDisplayOptions({ show: { resource: ['consent'], operation: ['erase'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return {
		...(await erasePerson(store, { number: parameters.text('number') })),
		n8nExecutions: executionDataNote(process.env),
	};
}
