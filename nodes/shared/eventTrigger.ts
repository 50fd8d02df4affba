import type { INodeExecutionData, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';

import { EventPump } from '../../services/handOver/eventPump';
import type { HandedEvent } from '../../services/handOver/claimedEvents';
import { emitUntilEnd } from './executionEnd';
import { forgetCredentials } from './keptCredentials';
import { inboxOf } from './inbox';
import { storeSource } from './store';

/** How long a test run waits for an event before it ends with nothing: a status report brings none. */
const TEST_WAIT_MS = 5_000;

/**
 * Hands stored events to the workflow for as long as the trigger is on, and says what became of their executions. Returns at once, whether or not the store is there: the pump keeps trying.
 */
export function handOverEvents(
	node: ITriggerFunctions,
	toItems: (events: HandedEvent[]) => INodeExecutionData[][],
): ITriggerResponse {
	forgetCredentials();
	const isTestRun = node.getMode() === 'manual';
	const pump = new EventPump({
		acquire: storeSource(node),
		inbox: inboxOf(node),
		emit: async (events) => {
			if (isTestRun) {
				node.emit(toItems(events));
				return 'ended';
			}
			return await emitUntilEnd(node, toItems(events));
		},
		onError: (error) =>
			node.logger.error(
				`Events of "${node.getNode().name}" wait: ${error instanceof Error ? error.message : String(error)}`,
			),
	});
	if (!isTestRun) {
		pump.start();
		return { closeFunction: () => pump.stop() };
	}

	let giveUp: NodeJS.Timeout | undefined;
	return {
		manualTriggerFunction: async () => {
			pump.start();
			giveUp = setTimeout(() => node.emit(toItems([])), TEST_WAIT_MS);
		},
		closeFunction: async () => {
			clearTimeout(giveUp);
			await pump.stop();
		},
	};
}
