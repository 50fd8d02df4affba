import { createHash } from 'node:crypto';
import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { isEventOf } from '../../services/sending/causingEvent';
import type { Call } from '../shared/router';

export const idempotencyKeyOption: INodeProperties = {
	displayName: 'Idempotency Key',
	name: 'idempotencyKey',
	type: 'string',
	default: '',
	description:
		'The same key twice sends once, and gives the first result again; with another recipient it is an error. When empty: the event of the incoming item, where it comes from a trigger of this package, with this node and recipient; or else this execution with this node, item and recipient. An execution that n8n retries counts as the one it repeats.',
};

/**
 * An event can be handed to a workflow twice (after a crash), and shall be answered once: where the item carries an event,
 * the key is event and node. Recipient and occurrence keep apart the several messages that one event may cause.
 * Otherwise execution, node, run of the node (loops), item and recipient.
 */
export async function keyOfSend(call: Call, to: string): Promise<string> {
	const { node, store, parameters, item } = call;
	const nodeId = node.getNode().id;
	const { itemIndex } = parameters;
	const eventId = eventIdOf(item);
	if (eventId === undefined || !(hasFieldsOfTrigger(item) || (await isEventOf(store, eventId, to))))
		return `execution:${shortHash(20, ...executionOf(node), nodeId, runIndexOf(node), itemIndex, to)}`;
	const recipient = shortHash(6, to);
	const earlier = node.getInputData().slice(0, itemIndex);
	const occurrence = earlier.filter(({ json }) => eventIdOf(json) === eventId).length;
	return `event:${eventId}:${nodeId}:${recipient}${occurrence === 0 ? '' : `:${occurrence}`}`;
}

/** One reply to each event is all there can be, whatever the run. */
export function keyOfReply({ node }: Call, eventId: number): string {
	return `event:${eventId}:${node.getNode().id}`;
}

function eventIdOf({ eventId }: IDataObject): number | undefined {
	const id = typeof eventId === 'string' && /^\d{1,15}$/.test(eventId) ? Number(eventId) : eventId;
	return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined;
}

/** Anybody's data may have a field `eventId`; these beside it only our triggers give. */
function hasFieldsOfTrigger({ event, outcome, receivedAt }: IDataObject): boolean {
	return [event, outcome, receivedAt].every((value) => typeof value === 'string');
}

function shortHash(bytes: number, ...parts: Array<string | number>): string {
	return createHash('sha256')
		.update(parts.join('\n'))
		.digest('hex')
		.slice(0, 2 * bytes);
}

interface WorkflowData {
	$runIndex?: number;
	$execution?: { customData?: { get(key: string): string | undefined; set(key: string, value: string): void } };
}

const dataOf = (node: Call['node']): WorkflowData => node.getWorkflowDataProxy(0) as WorkflowData;

const FIRST_EXECUTION = 'optin_first_execution';

/**
 * n8n retries a failed execution under a new id, from the node that failed, with all its items: those sent before must not be sent again.
 * What an execution keeps as custom data goes along into its retries. Two installations of n8n, and two workflows, count from one each.
 */
function executionOf(node: Call['node']): string[] {
	const id = node.getExecutionId();
	const customData = dataOf(node).$execution?.customData;
	const first = customData?.get(FIRST_EXECUTION);
	if (first === undefined) customData?.set(FIRST_EXECUTION, id);
	return [node.getInstanceId(), node.getWorkflow().id ?? '', first ?? id];
}

const runIndexOf = (node: Call['node']): number => dataOf(node).$runIndex ?? 0;
