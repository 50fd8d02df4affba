import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { InvalidInputError } from '../../../../domain/errors';
import { deliver } from '../../../../services/sending/deliver';
import { attachedProviders } from '../../../shared/providers';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [
	{
		displayName: 'Slot',
		name: 'slot',
		type: 'string',
		default: '={{ $json.slot }}',
		required: true,
		description: 'The permission to deliver that the Campaign Trigger gives out',
	},
	{
		displayName: 'Sender ID',
		name: 'senderId',
		type: 'string',
		default: '={{ $json.senderId }}',
		required: true,
		description: 'The sender that the slot is for, as the Campaign Trigger gives it out',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Run For (Seconds)',
				name: 'runForSeconds',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 20 },
				default: 20,
				description: 'How long one execution delivers before the next one takes over',
			},
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['campaign'], operation: ['deliver'] } },
	properties,
);

export async function execute({ node, store, parameters }: Call) {
	const slot = parameters.text('slot');
	const senderId = parameters.optionalNumber('senderId');
	if (slot === '' || senderId === undefined) {
		throw new InvalidInputError(
			'There is no slot to deliver in. Connect this node to the output "Deliver" of the Campaign Trigger.',
		);
	}
	const runForSeconds = Math.min(20, Math.max(1, parameters.optionalNumber('options.runForSeconds') ?? 20));
	return await deliver(store, await attachedProviders(node), {
		slot,
		senderId,
		runForMs: runForSeconds * 1000,
		signal: node.getExecutionCancelSignal(),
	});
}
