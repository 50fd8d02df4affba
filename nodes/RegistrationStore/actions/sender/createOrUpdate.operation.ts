import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import type { ProviderName } from '../../../../domain/provider';
import { createOrUpdateSender } from '../../../../services/senders/senders';
import type { RegistrationPolicy, StopScope } from '../../../../store/schema';
import { providerOptions } from '../../../shared/providers';
import { readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [
	{
		displayName: 'Phone Number',
		name: 'phone',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. +39 02 12345678',
		description: 'Your number, with international prefix: what a sender is known by',
	},
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		options: providerOptions,
		default: 'meta',
	},
	{
		displayName: 'Sends WhatsApp',
		name: 'sendsWhatsApp',
		type: 'boolean',
		default: true,
		description: 'Whether WhatsApp messages go out from this number',
	},
	{
		displayName: 'Sends SMS',
		name: 'sendsSms',
		type: 'boolean',
		default: true,
		displayOptions: { show: { provider: ['websms'] } },
		description: 'Whether SMS go out from this number',
	},
	{
		displayName: 'Provider Sender ID',
		name: 'providerSenderId',
		type: 'string',
		default: '',
		displayOptions: { show: { sendsWhatsApp: [true] } },
		description: 'What the provider calls this number: Meta’s phone number ID, websms’ channel UUID',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Country',
				name: 'country',
				type: 'string',
				default: '',
				placeholder: 'e.g. IT',
				description:
					'Of numbers that people type without international prefix, as two letters. When empty, the number’s own.',
			},
			{
				displayName: 'Language',
				name: 'language',
				type: 'string',
				default: '',
				placeholder: 'e.g. it',
				description: 'Of people whose language is not known, as two letters',
			},
			{
				displayName: 'Name',
				name: 'name',
				type: 'string',
				default: '',
				description: 'For lists and reports',
			},
			{
				displayName: 'Package Limit',
				name: 'packageLimit',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description: 'Most active registrations; who comes later waits for a free place. 0 for no limit.',
			},
			{
				displayName: 'Rate per Second',
				name: 'ratePerSecond',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 80,
				description: 'Most messages a second',
			},
			{
				displayName: 'Registration Policy',
				name: 'policy',
				type: 'options',
				options: [
					{ name: 'Any Message', value: 'anyMessage', description: 'Whoever writes is registered' },
					{ name: 'Keyword Only', value: 'keywordOnly', description: 'Only START registers' },
					{
						name: 'Keyword or Invitation',
						value: 'keywordOrInvitation',
						description: 'START registers, and any message of a person who was invited',
					},
				],
				default: 'anyMessage',
			},
			senderLocator({
				displayName: 'Replaces',
				name: 'replaces',
				whenEmpty: 'None',
				description:
					'The old number that this one was changed from. It sends no more; its registrations do not count for this one, its opt-outs do. Registration: Get Many lists who is to be invited again.',
			}),
			{
				displayName: 'SMS Sender Name',
				name: 'smsSenderAddress',
				type: 'string',
				default: '',
				description:
					'What people see as the sender of an SMS. When empty, the number. Nobody can answer STOP to a name.',
			},
			{
				displayName: 'STOP Ends',
				name: 'stopScope',
				type: 'options',
				options: [
					{ name: 'All Senders', value: 'allSenders', description: 'The registrations with all your numbers' },
					{ name: 'This Sender Only', value: 'thisSender', description: 'The registration with the number written to' },
				],
				default: 'allSenders',
			},
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['sender'], operation: ['createOrUpdate'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	const provider = parameters.choice<ProviderName>('provider');
	return await createOrUpdateSender(store, {
		phone: parameters.text('phone'),
		name: parameters.optionalText('options.name'),
		provider,
		providerSenderId: parameters.optionalText('providerSenderId'),
		smsSenderAddress: parameters.optionalText('options.smsSenderAddress'),
		sendsWhatsApp: parameters.flag('sendsWhatsApp'),
		sendsSms: provider === 'websms' && parameters.flag('sendsSms'),
		policy: parameters.optionalText('options.policy') as RegistrationPolicy | undefined,
		stopScope: parameters.optionalText('options.stopScope') as StopScope | undefined,
		packageLimit: limitOf(parameters.optionalNumber('options.packageLimit')),
		ratePerSecond: parameters.optionalNumber('options.ratePerSecond'),
		country: parameters.optionalText('options.country'),
		language: parameters.optionalText('options.language'),
		replaces: readSender(parameters, 'options.replaces') || undefined,
	});
}

/** Not said: as it was. 0: none. */
function limitOf(value: number | undefined): number | null | undefined {
	return value === 0 ? null : value;
}
