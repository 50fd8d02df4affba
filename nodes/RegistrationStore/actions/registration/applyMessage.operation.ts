import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import type { Channel } from '../../../../domain/channel';
import { applyMessage } from '../../../../services/registrations/registrations';
import { readSender, senderLocator } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [
	senderLocator({ description: 'The number of yours that the person wrote to. When empty, the only one there is.' }),
	{
		displayName: 'From',
		name: 'from',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. +39 333 1234567',
		description: 'Who wrote it',
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		default: '',
		description: 'What the person wrote, e.g. START NEWS or STOP',
	},
	{
		displayName: 'Message ID',
		name: 'messageId',
		type: 'string',
		default: '',
		required: true,
		description: 'The provider’s own ID of the message. The same one twice is applied once.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Channel',
				name: 'channel',
				type: 'options',
				options: [
					{ name: 'SMS', value: 'sms' },
					{ name: 'WhatsApp', value: 'whatsapp' },
				],
				default: 'whatsapp',
				description: 'What the person wrote by',
			},
			{
				displayName: 'Message Type',
				name: 'messageType',
				type: 'string',
				default: 'text',
				description: 'As the provider names it: text, image, button, reaction, …',
			},
			{
				displayName: 'Sent At',
				name: 'sentAt',
				type: 'dateTime',
				default: '',
				description: 'By the provider’s clock. When empty, now.',
			},
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['registration'], operation: ['applyMessage'] } },
	properties,
);

export async function execute({ store, parameters }: Call) {
	return await applyMessage(store, {
		sender: readSender(parameters),
		from: parameters.text('from'),
		text: parameters.body('text'),
		messageType: parameters.optionalText('options.messageType'),
		messageId: parameters.text('messageId'),
		channel: parameters.optionalText('options.channel') as Channel | undefined,
		sentAt: parameters.optionalTime('options.sentAt'),
	});
}
