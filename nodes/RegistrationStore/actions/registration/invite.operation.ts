import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { countriesAllowed, FORM_LIMITS, OPERATOR_LIMITS } from '../../../../domain/invitationLimits';
import { invite } from '../../../../services/invitations/invite';
import { countryOption } from '../../../shared/fields';
import { limitsField, readLimits } from '../../../shared/invitationLimits';
import { groupLocator, readGroup, readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';
import { numberField } from '../../numberField';

const HOUR_MS = 60 * 60_000;

const properties: INodeProperties[] = [
	senderLocator({
		description: 'The WhatsApp number of yours that the person shall write to. When empty, the only one there is.',
	}),
	numberField,
	groupLocator({ description: 'The group that the person joins by writing. When empty, none.' }),
	{
		displayName: 'Asked For by the Person',
		name: 'byPerson',
		type: 'boolean',
		default: false,
		description:
			'Whether the person has asked for it themselves just now, on a form of yours. Then they are invited even if they once said STOP, and the limits are those of a form. Otherwise who is registered or has opted out is refused.',
	},
	limitsField(OPERATOR_LIMITS),
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
			{
				displayName: 'Countries Allowed',
				name: 'countries',
				type: 'string',
				default: '*',
				placeholder: 'e.g. IT, AT, DE',
				description: 'Of the numbers invited, as two letters each; * for all',
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
				displayName: 'Further Groups',
				name: 'furtherGroups',
				type: 'string',
				default: '',
				placeholder: 'e.g. recipes, events',
				description: 'Shortcodes. Who answers with the code of the invitation joins these, too.',
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

export const description = updateDisplayOptions(
	{ show: { resource: ['registration'], operation: ['invite'] } },
	properties,
);

export async function execute({ node, store, parameters }: Call) {
	const hours = parameters.optionalNumber('options.expiresInHours');
	const byPerson = parameters.flag('byPerson');
	const group = readGroup(parameters);
	return await invite(store, {
		sender: readSender(parameters),
		number: parameters.text('number'),
		country: parameters.optionalText('options.country'),
		groups: [...(group === '' ? [] : [group]), ...parameters.list('options.furtherGroups')],
		origin: byPerson ? 'form' : 'operator',
		limits: {
			...readLimits(
				node.getNodeParameter('limits', parameters.itemIndex, {}),
				byPerson ? FORM_LIMITS : OPERATOR_LIMITS,
			),
			countries: countriesAllowed(parameters.text('options.countries') || '*', ''),
		},
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
