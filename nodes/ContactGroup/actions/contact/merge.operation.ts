import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { type KeptNumber, mergeContacts } from '../../../../services/contacts/merge';
import { contactLocator, readId } from '../../../shared/locators';
import type { ItemParameters } from '../../../shared/parameters';
import type { Call } from '../../../shared/router';

const keptNumber = (displayName: string, name: string): INodeProperties => ({
	displayName,
	name,
	type: 'options',
	options: [
		{ name: 'Of the Contact Kept', value: 'kept' },
		{ name: 'Of the Contact Merged', value: 'merged' },
		{ name: 'Refuse if Different', value: '' },
	],
	default: '',
	description:
		'Which number is kept where both contacts have one and they differ. Opt-outs said at the other one hold for the number kept, too.',
});

const properties: INodeProperties[] = [
	contactLocator({
		displayName: 'Contact to Keep',
		description: 'Stays, with its ID. Where both say something, what it says counts.',
	}),
	contactLocator({
		displayName: 'Contact to Merge',
		name: 'mergedContact',
		description: 'Its numbers, fields, groups and messages go to the contact kept; then it is deleted',
	}),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [keptNumber('SMS Number to Keep', 'smsNumber'), keptNumber('WhatsApp Number to Keep', 'whatsAppNumber')],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['contact'], operation: ['merge'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return await mergeContacts(store, {
		keptId: readId(parameters, 'contact'),
		mergedId: readId(parameters, 'mergedContact'),
		smsNumber: choiceOf(parameters, 'options.smsNumber'),
		whatsAppNumber: choiceOf(parameters, 'options.whatsAppNumber'),
	});
}

function choiceOf(parameters: ItemParameters, name: string): KeptNumber | undefined {
	const choice = parameters.text(name);
	return choice === 'kept' || choice === 'merged' ? choice : undefined;
}
