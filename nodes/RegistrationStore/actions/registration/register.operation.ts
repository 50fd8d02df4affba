import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { registerByHand } from '../../../../services/registrations/registrations';
import { readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';
import { numberField } from '../../numberField';

const properties: INodeProperties[] = [
	senderLocator(),
	numberField,
	{
		displayName: 'Source',
		name: 'source',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Paper form of 3 May 2026, drawer 4',
		description:
			'Where and when the person agreed. It goes into the consent ledger; a person who said STOP is refused all the same.',
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['registration'], operation: ['register'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await registerByHand(store, {
		sender: readSender(parameters),
		number: parameters.text('number'),
		source: parameters.text('source'),
	});
}
