import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { invite } from '../../../../services/invite';
import { countryOption } from '../../../shared/fields';
import { groupLocator, readGroup, readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';
import { numberField } from '../../numberField';

const HOUR_MS = 60 * 60_000;

const properties: INodeProperties[] = [
	senderLocator({ description: 'The WhatsApp number of yours that the person shall write to. When empty, the only one there is.' }),
	numberField,
	groupLocator({ description: 'The group that the person joins by writing. When empty, none.' }),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Consent Text',
				name: 'consentText',
				type: 'string',
				default: '',
				description: 'What the person agreed to, word for word: kept as evidence',
			},
			{
				displayName: 'Consents to SMS',
				name: 'smsConsent',
				type: 'boolean',
				default: false,
				description: 'Whether the person agreed to advertising by SMS too',
			},
			countryOption,
			{
				displayName: 'Expires After (Hours)',
				name: 'expiresInHours',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 168,
				description: 'How long the invitation waits for the person’s first message',
			},
			{
				displayName: 'Form Version',
				name: 'formVersion',
				type: 'string',
				default: '',
				description: 'Of the form where the person left the number: kept as evidence',
			},
			{
				displayName: 'Language',
				name: 'language',
				type: 'string',
				default: '',
				placeholder: 'e.g. it',
				description: 'The person’s, as two letters',
			},
			{
				displayName: 'Visitor Address',
				name: 'address',
				type: 'string',
				default: '',
				description: 'The IP address the number was typed in from: kept as evidence',
			},
			{
				displayName: 'Visitor Browser',
				name: 'userAgent',
				type: 'string',
				default: '',
				description: 'The browser’s name for itself: kept as evidence',
			},
		],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['registration'], operation: ['invite'] } }, properties);

export async function execute({ store, parameters }: Call) {
	const hours = parameters.optionalNumber('options.expiresInHours');
	return await invite(store, {
		sender: readSender(parameters),
		number: parameters.text('number'),
		country: parameters.optionalText('options.country'),
		group: readGroup(parameters) || undefined,
		language: parameters.optionalText('options.language'),
		evidence: {
			formVersion: parameters.optionalText('options.formVersion'),
			consentText: parameters.optionalText('options.consentText'),
			smsConsent: parameters.flag('options.smsConsent'),
			address: parameters.optionalText('options.address'),
			userAgent: parameters.optionalText('options.userAgent'),
		},
		expiresInMs: hours === undefined ? undefined : hours * HOUR_MS,
	});
}
