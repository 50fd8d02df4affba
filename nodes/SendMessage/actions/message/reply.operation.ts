import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { InvalidInputError } from '../../../../domain/errors';
import { reply } from '../../../../services/sending/sendAndReply';
import { attachedProviders } from '../../../shared/providers';
import type { Call } from '../../../shared/router';
import { idempotencyKeyOption, keyOfReply } from '../../idempotencyKey';

const properties: INodeProperties[] = [
	{
		displayName: 'Event ID',
		name: 'eventId',
		type: 'string',
		default: '={{ $json.eventId }}',
		required: true,
		description:
			'What the person wrote, as the WhatsApp Opt-In Trigger hands it over. Each message permits one reply within 24 hours, a STOP its confirmation within 15 minutes.',
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		description: 'At most 4,096 characters',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [idempotencyKeyOption],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['reply'] } }, properties);

export async function execute(call: Call) {
	const { node, store, parameters } = call;
	const eventId = parameters.optionalNumber('eventId');
	if (eventId === undefined || !Number.isSafeInteger(eventId) || eventId < 1) {
		throw new InvalidInputError(
			'There is no event to reply to. Connect this node behind the WhatsApp Opt-In Trigger, or give the eventId of an event.',
		);
	}
	return await reply(store, await attachedProviders(node), {
		eventId,
		body: parameters.body('text'),
		idempotencyKey: parameters.optionalText('options.idempotencyKey') ?? keyOfReply(call, eventId),
	});
}
