import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import type { Channel, Purpose } from '../../../../domain/channel';
import { sendMessage } from '../../../../services/sending/sendAndReply';
import { contentFields, readContent } from '../../../shared/content';
import { countryOption } from '../../../shared/fields';
import { readSender, senderLocator } from '../../../shared/locators';
import { attachedProviders } from '../../../shared/providers';
import type { Call } from '../../../shared/router';
import { idempotencyKeyOption, keyOfSend } from '../../idempotencyKey';
import { purposeField } from '../../purposeField';

const properties: INodeProperties[] = [
	{
		displayName: 'Channel',
		name: 'channel',
		type: 'options',
		options: [
			{ name: 'SMS', value: 'sms' },
			{ name: 'WhatsApp', value: 'whatsapp' },
		],
		default: 'whatsapp',
	},
	senderLocator(),
	{
		displayName: 'To',
		name: 'to',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. +39 333 1234567',
		description:
			'The person’s number. The message goes out only where there is consent to it; otherwise the item says the reason.',
	},
	purposeField,
	...contentFields({ channel: ['whatsapp'] }, { channel: ['sms'] }),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [countryOption, idempotencyKeyOption],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['send'] } }, properties);

export async function execute(call: Call) {
	const { node, store, parameters } = call;
	const channel = parameters.choice<Channel>('channel');
	const to = parameters.text('to');
	return await sendMessage(store, await attachedProviders(node), {
		channel,
		sender: readSender(parameters),
		to,
		country: parameters.optionalText('options.country'),
		purpose: parameters.choice<Purpose>('purpose'),
		content: readContent(parameters, channel === 'whatsapp'),
		idempotencyKey: parameters.optionalText('options.idempotencyKey') ?? (await keyOfSend(call, to)),
	});
}
