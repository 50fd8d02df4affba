import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { createOrUpdateContact } from '../../../../services/contacts/contacts';
import { countryOption } from '../../../shared/fields';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [
	{
		displayName: 'SMS Number',
		name: 'smsNumber',
		type: 'string',
		default: '',
		placeholder: 'e.g. +39 333 1234567',
	},
	{
		displayName: 'WhatsApp Number',
		name: 'whatsAppNumber',
		type: 'string',
		default: '',
		placeholder: 'e.g. +39 333 1234567',
		description:
			'Or the WhatsApp user ID of somebody whose number is not known. Used only where that person has registered: a number is not consent.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			countryOption,
			{
				displayName: 'Fields',
				name: 'fields',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add Field',
				default: {},
				description: 'Fields of your own, for texts such as “Dear {{firstName}}”',
				options: [
					{
						displayName: 'Field',
						name: 'field',
						values: [
							{ displayName: 'Name', name: 'name', type: 'string', default: '' },
							{ displayName: 'Value', name: 'value', type: 'string', default: '' },
						],
					},
				],
			},
			{
				displayName: 'Group Names or IDs',
				name: 'groups',
				type: 'multiOptions',
				typeOptions: { loadOptionsMethod: 'getGroups' },
				default: [],
				description:
					'Groups to put the contact into; one that the person left by STOP is refused and named in the result. Choose from the list, or specify IDs or shortcodes using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			},
			{
				displayName: 'Language',
				name: 'language',
				type: 'string',
				default: '',
				placeholder: 'e.g. it',
				description: 'As two letters',
			},
			{ displayName: 'Name', name: 'name', type: 'string', default: '' },
			{
				displayName: 'SMS Consent Date',
				name: 'smsConsentAt',
				type: 'dateTime',
				default: '',
				description: 'When the person agreed to advertising by SMS. When empty, now.',
			},
			{
				displayName: 'SMS Consent Source',
				name: 'smsConsentSource',
				type: 'string',
				default: '',
				placeholder: 'e.g. Paper form of 3 May 2026',
				description: 'Where the person agreed to advertising by SMS. When empty, no consent is recorded.',
			},
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['contact'], operation: ['createOrUpdate'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	const source = parameters.optionalText('options.smsConsentSource');
	return await createOrUpdateContact(store, {
		smsNumber: parameters.optionalText('smsNumber'),
		whatsAppNumber: parameters.optionalText('whatsAppNumber'),
		country: parameters.optionalText('options.country'),
		name: parameters.optionalText('options.name'),
		language: parameters.optionalText('options.language'),
		fields: parameters.pairs('options.fields'),
		groups: parameters.list('options.groups'),
		smsConsent: source === undefined ? undefined : { source, at: parameters.optionalTime('options.smsConsentAt') },
	});
}
