import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { InvalidInputError } from '../../../../domain/errors';
import { checkRegistrations } from '../../../../services/registrations/registrations';
import { countryOption } from '../../../shared/fields';
import { readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';
import { numbersField } from '../../numbersField';

const properties: INodeProperties[] = [
	senderLocator(),
	numbersField,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [countryOption],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['registration'], operation: ['check'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	const numbers = parameters.list('numbers');
	if (numbers.length === 0) throw new InvalidInputError('There is no number to check. Give at least one.');
	return await checkRegistrations(store, {
		sender: readSender(parameters),
		numbers,
		country: parameters.optionalText('options.country'),
	});
}
