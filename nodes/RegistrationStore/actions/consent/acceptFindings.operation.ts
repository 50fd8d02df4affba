import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { acceptFindings } from '../../../../services/rights/acceptFindings';
import type { Call } from '../../../shared/router';
import { internationalNumberField } from '../../numberField';

const properties: INodeProperties[] = [
	{
		displayName:
			'Verify found that the records of this person say another thing than the store, and nothing is sent to them since. Look what happened before you accept what the store says now.',
		name: 'acceptNotice',
		type: 'notice',
		default: '',
	},
	{ ...internationalNumberField, required: true },
	{
		displayName: 'Accepted By',
		name: 'acceptedBy',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Anna Rossi',
		description: 'Who vouches for it. Kept in the ledger.',
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Repaired by hand after the disk failed, the person was asked',
		description: 'What happened and what was done. Kept in the ledger.',
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['consent'], operation: ['acceptFindings'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await acceptFindings(store, {
		number: parameters.text('number'),
		acceptedBy: parameters.text('acceptedBy'),
		reason: parameters.text('reason'),
	});
}
