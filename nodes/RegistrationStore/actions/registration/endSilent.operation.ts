import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { endSilent } from '../../../../services/registrations/endSilent';
import { readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [
	senderLocator(),
	{
		displayName: 'Silent for Months',
		name: 'months',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 24,
		description:
			'Registrations end of people who have not written to this number for so many months, nor were registered within them',
	},
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: true,
		description: 'Whether to only count them, and end none',
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['registration'], operation: ['endSilent'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await endSilent(store, {
		sender: readSender(parameters),
		months: parameters.optionalNumber('months') ?? 24,
		dryRun: parameters.flag('dryRun'),
	});
}
