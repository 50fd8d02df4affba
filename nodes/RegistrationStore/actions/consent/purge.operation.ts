import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { purge, type PurgeKind } from '../../../../services/rights/purge';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [
	{
		displayName: 'Kind',
		name: 'kind',
		type: 'options',
		options: [
			{
				name: 'Contents of Sent Messages',
				value: 'messageContents',
				description: 'Texts and fields of messages that are finished; their states stay. At least 7 days.',
			},
			{
				name: 'Finished Messages',
				value: 'messages',
				description: 'The whole messages; campaigns no longer count them, reports do. At least 30 days.',
			},
			{
				name: 'Invitations',
				value: 'invitations',
				description: 'Used and expired ones, with their evidence. At least 7 days.',
			},
			{
				name: 'Provider Reports',
				value: 'reports',
				description: 'Statuses handed to workflows, and what was not understood. At least 8 days.',
			},
			{
				name: 'Texts of People',
				value: 'inboundTexts',
				description: 'What people wrote, and their profile names; that they said START or STOP stays. At least 2 days.',
			},
		],
		default: 'inboundTexts',
		description: 'What is taken away. Consent and its ledger always stay.',
	},
	{
		displayName: 'Older Than (Days)',
		name: 'olderThanDays',
		type: 'number',
		typeOptions: { minValue: 2 },
		default: 90,
		description: 'Only what is older goes',
	},
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: false,
		description: 'Whether to only count what would go',
	},
];

export const description = updateDisplayOptions({ show: { resource: ['consent'], operation: ['purge'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return await purge(store, {
		kind: parameters.choice<PurgeKind>('kind'),
		olderThanDays: parameters.optionalNumber('olderThanDays') ?? 0,
		dryRun: parameters.flag('dryRun'),
	});
}
