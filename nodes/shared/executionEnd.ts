import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';

import type { ExecutionEnd } from '../../services/handOver/eventPump';

/** Starts an execution. Resolves with its end. @throws what kept n8n from starting it. */
export async function emitUntilEnd(node: ITriggerFunctions, items: INodeExecutionData[][]): Promise<ExecutionEnd> {
	const over = node.helpers.createDeferredPromise<IRun>();
	node.emit(items, undefined, over);
	return await over.promise.then(endOf, endOfCancelled);
}

/**
 * n8n tells a run that died (a worker killed, its job "stalled") as it tells one that failed: status `error`. What tells them
 * apart is that in the one no node is known to have run.
 */
function endOf(run: IRun | undefined): ExecutionEnd {
	// Whatever n8n's types say.
	if (run === undefined) return 'notStarted';
	const { status, finished, data } = run;
	if (finished === true || status === 'success' || status === 'waiting' || status === 'canceled') return 'ended';
	if (status !== 'error') return 'died';
	const { lastNodeExecuted, runData } = data.resultData;
	return lastNodeExecuted !== undefined || Object.keys(runData).length > 0 ? 'ended' : 'died';
}

/** By hand or by the workflow's own time limit: that is an end. By n8n going down: the next start takes it up. */
async function endOfCancelled(error: Error & { reason?: unknown }): Promise<ExecutionEnd> {
	const { reason } = error;
	if (reason === 'shutdown') return 'died';
	return reason === 'manual' || reason === 'timeout' ? 'ended' : await Promise.reject(error);
}
