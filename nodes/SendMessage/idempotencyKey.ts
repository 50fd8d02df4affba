import { createHash } from 'node:crypto';
import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Call } from '../shared/router';

export const idempotencyKeyOption: INodeProperties = {
	displayName: 'Idempotency Key',
	name: 'idempotencyKey',
	type: 'string',
	default: '',
	description:
		'The same key twice sends once, and gives the first result again. When empty: the event of the incoming item with this node, or else this execution with this node and item.',
};

/**
 * An event can be handed to a workflow twice (after a crash), and shall be answered once: where the item carries an event,
 * the key is event and node. Recipient and occurrence keep apart the several messages that one event may cause.
 * Otherwise execution, node, run of the node (loops) and item.
 */
export function keyOfSend({ node, parameters, item }: Call, to: string): string {
	const nodeId = node.getNode().id;
	const { itemIndex } = parameters;
	const eventId = eventIdOf(item);
	if (eventId === undefined) return `${node.getExecutionId()}:${nodeId}:${runIndexOf(node)}:${itemIndex}`;
	const recipient = createHash('sha256').update(to).digest('hex').slice(0, 12);
	const earlier = node.getInputData().slice(0, itemIndex);
	const occurrence = earlier.filter(({ json }) => eventIdOf(json) === eventId).length;
	return `event:${eventId}:${nodeId}:${recipient}${occurrence === 0 ? '' : `:${occurrence}`}`;
}

/** One reply to each event is all there can be, whatever the run. */
export function keyOfReply({ node }: Call, eventId: number): string {
	return `event:${eventId}:${node.getNode().id}`;
}

function eventIdOf(item: IDataObject): string | undefined {
	const { eventId } = item;
	if (typeof eventId === 'number' || (typeof eventId === 'string' && eventId !== '')) return String(eventId);
	return undefined;
}

function runIndexOf(node: Call['node']): number {
	const { $runIndex } = node.getWorkflowDataProxy(0) as { $runIndex?: number };
	return $runIndex ?? 0;
}
