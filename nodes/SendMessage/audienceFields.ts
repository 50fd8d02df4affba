import type { INodeProperties } from 'n8n-workflow';

import type { AudienceChannel } from '../../domain/audience';
import type { Purpose } from '../../domain/channel';
import { contentFields, readContent } from '../shared/content';
import { readSender, senderLocator } from '../shared/locators';
import type { ItemParameters } from '../shared/parameters';
import { purposeField } from './purposeField';

const BY_WHATSAPP: AudienceChannel[] = ['whatsapp', 'both', 'whatsappElseSms'];
const BY_SMS: AudienceChannel[] = ['sms', 'both', 'whatsappElseSms'];

const fields: INodeProperties[] = [
	{
		displayName: 'Channels',
		name: 'channels',
		type: 'options',
		options: [
			{ name: 'SMS', value: 'sms' },
			{ name: 'SMS and WhatsApp', value: 'both', description: 'Two messages to a person who has both' },
			{ name: 'WhatsApp', value: 'whatsapp' },
			{
				name: 'WhatsApp Where Registered, Else SMS',
				value: 'whatsappElseSms',
				description: 'One message to each person',
			},
		],
		default: 'whatsappElseSms',
	},
	senderLocator({
		displayName: 'WhatsApp Sender',
		name: 'whatsAppSender',
		description: 'When empty, the only one of yours that sends WhatsApp',
	}),
	senderLocator({
		displayName: 'SMS Sender',
		name: 'smsSender',
		description: 'When empty, the only one of yours that sends SMS',
	}),
	{
		displayName: 'Group Names or IDs',
		name: 'groups',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getGroups' },
		default: [],
		description:
			'The people of any of these groups. Choose from the list, or specify IDs or shortcodes using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	purposeField,
	...contentFields({ channels: ['whatsapp'] }, { channels: BY_SMS }),
];

/** What Preview and Create have in common: to whom, by which channel, what. */
export const audienceFields = fields.map(onlyForItsChannel);

export const audienceOptions: INodeProperties[] = [
	{
		displayName: 'Excluded Group Names or IDs',
		name: 'excludedGroups',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getGroups' },
		default: [],
		description:
			'The people of these groups are left out. Choose from the list, or specify IDs or shortcodes using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Further Numbers',
		name: 'numbers',
		type: 'string',
		default: '',
		placeholder: 'e.g. +39 333 1234567, +43 660 1234567',
		description: 'Separated by commas or line breaks',
	},
];

export function readAudience(parameters: ItemParameters) {
	const channels = parameters.choice<AudienceChannel>('channels');
	return {
		channels,
		whatsAppSender: BY_WHATSAPP.includes(channels) ? readSender(parameters, 'whatsAppSender') : '',
		smsSender: BY_SMS.includes(channels) ? readSender(parameters, 'smsSender') : '',
		groups: parameters.list('groups'),
		excludedGroups: parameters.list('options.excludedGroups'),
		numbers: parameters.list('options.numbers'),
		purpose: parameters.choice<Purpose>('purpose'),
		content: readContent(parameters, channels === 'whatsapp'),
	};
}

function onlyForItsChannel(field: INodeProperties): INodeProperties {
	if (field.name === 'whatsAppSender') return { ...field, displayOptions: { show: { channels: BY_WHATSAPP } } };
	if (field.name === 'smsSender') return { ...field, displayOptions: { show: { channels: BY_SMS } } };
	return field;
}
