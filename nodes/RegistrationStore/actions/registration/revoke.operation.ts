import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { InvalidInputError } from '../../../../domain/errors';
import { revokeRegistration, revokeRegistrations } from '../../../../services/revoke';
import { countryOption } from '../../../shared/fields';
import { readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';
import { numbersField } from '../../numbersField';

const properties: INodeProperties[] = [
	senderLocator(),
	{
		displayName: 'Choose People By',
		name: 'by',
		type: 'options',
		options: [
			{ name: 'Identity ID', value: 'identityId', description: 'The identityId of a list, also of one that shows no numbers' },
			{ name: 'Phone Number', value: 'number', description: 'As people write it, or a WhatsApp user ID' },
		],
		default: 'number',
	},
	{ ...numbersField, displayOptions: { show: { by: ['number'] } } },
	{
		displayName: 'Identity IDs',
		name: 'identityIds',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 17, 18',
		description: 'One, or several separated by commas or line breaks. Each becomes an item.',
		displayOptions: { show: { by: ['identityId'] } },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [countryOption],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['registration'], operation: ['revoke'] } }, properties);

/** One person: what is wrong fails the item. Several: each is an item, and tells its own error. */
export async function execute({ store, parameters }: Call) {
	const sender = readSender(parameters);
	const country = parameters.optionalText('options.country');
	if (parameters.choice('by') === 'identityId') {
		return await revokeRegistrations(store, { sender, identityIds: parameters.list('identityIds').map(readIdentityId) });
	}
	const numbers = parameters.list('numbers');
	const [number] = numbers;
	if (number === undefined) throw new InvalidInputError('There is no number to revoke. Give at least one.');
	if (numbers.length === 1) return await revokeRegistration(store, { sender, number, country });
	return await revokeRegistrations(store, { sender, numbers, country });
}

function readIdentityId(text: string): number {
	if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidInputError(`"${text.slice(0, 40)}" is not the ID of an identity. Take the identityId of an item of Get Many.`);
	return Number(text);
}
