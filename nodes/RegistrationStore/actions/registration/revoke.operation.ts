import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { InvalidInputError } from '../../../../domain/errors';
import { revokeHandles, revokeRegistration, revokeRegistrations } from '../../../../services/registrations/revoke';
import { countryOption } from '../../../shared/fields';
import { readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';
import { numbersField } from '../../numbersField';

const properties: INodeProperties[] = [
	{
		displayName: 'Choose People By',
		name: 'by',
		type: 'options',
		options: [
			{
				name: 'Handle',
				value: 'handle',
				description:
					'The handle of an item of Get Many, also where that shows no numbers. It cannot be guessed, so a web page’s form may carry it.',
			},
			{ name: 'Phone Number', value: 'number', description: 'As people write it, or a WhatsApp user ID' },
		],
		default: 'number',
	},
	{ ...senderLocator(), displayOptions: { show: { by: ['number'] } } },
	{ ...numbersField, displayOptions: { show: { by: ['number'] } } },
	{
		displayName: 'Handles',
		name: 'handles',
		type: 'string',
		default: '',
		required: true,
		description: 'One, or several separated by commas or line breaks. Each becomes an item.',
		displayOptions: { show: { by: ['handle'] } },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [countryOption],
		displayOptions: { show: { by: ['number'] } },
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['registration'], operation: ['revoke'] } },
	properties,
);

/** One person: what is wrong fails the item. Several: each is an item, and tells its own error. */
export async function execute({ store, parameters }: Call) {
	if (parameters.choice('by') === 'handle') {
		const handles = parameters.list('handles');
		if (handles.length === 0) throw new InvalidInputError('There is no handle. Take it from an item of Get Many.');
		return await revokeHandles(store, { handles });
	}
	const sender = readSender(parameters);
	const country = parameters.optionalText('options.country');
	const numbers = parameters.list('numbers');
	const [number] = numbers;
	if (number === undefined) throw new InvalidInputError('There is no number to revoke. Give at least one.');
	if (numbers.length === 1) return await revokeRegistration(store, { sender, number, country });
	return await revokeRegistrations(store, { sender, numbers, country });
}
