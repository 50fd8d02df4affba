import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { confirmRestore, type RestoreConfirmation } from '../../../../services/rights/restore';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [
	{
		displayName:
			'A restored backup has forgotten the opt-outs given since. Read them back with Import Opt-Outs before you confirm: from then on messages are sent again.',
		name: 'confirmNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Confirmed By',
		name: 'confirmedBy',
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
		placeholder: 'e.g. Backup of 12 May restored, opt-outs read back up to 14 May',
		description: 'What happened and what was done. Kept in the ledger.',
	},
	{
		displayName: 'Queued Messages',
		name: 'queued',
		type: 'options',
		options: [
			{
				name: 'Give Up',
				value: 'giveUp',
				description: 'They may have been sent since the backup: they become unknown and are not sent',
			},
			{
				name: 'Keep',
				value: 'keep',
				description: 'Nothing was sent since, for example because the store was only moved',
			},
		],
		default: 'giveUp',
		description: 'What becomes of the messages that wait to be sent since before the restore',
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['consent'], operation: ['confirmRestore'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await confirmRestore(store, {
		confirmedBy: parameters.text('confirmedBy'),
		reason: parameters.text('reason'),
		queued: parameters.choice<RestoreConfirmation['queued']>('queued'),
	});
}
