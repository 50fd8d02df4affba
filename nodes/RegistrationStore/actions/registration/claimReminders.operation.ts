import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { remind } from '../../../../services/invitations/remind';
import { readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const HOUR_MS = 60 * 60_000;

const properties: INodeProperties[] = [
	senderLocator({
		whenEmpty: 'All',
		description: 'Only invitations to write to this number of yours. When empty, to any.',
	}),
	{
		displayName: 'After (Hours)',
		name: 'afterHours',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 24,
		description: 'Since the person was invited or last reminded',
	},
	{
		displayName: 'Most Reminders',
		name: 'most',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 10 },
		default: 1,
		description: 'How often a person is reminded of one invitation',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['registration'], operation: ['claimReminders'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await remind(store, {
		sender: readSender(parameters),
		afterMs: (parameters.optionalNumber('afterHours') ?? 24) * HOUR_MS,
		most: parameters.optionalNumber('most') ?? 1,
		limit: Math.max(1, Math.floor(parameters.optionalNumber('limit') ?? 50)),
	});
}
