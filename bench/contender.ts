import type { WantedWorkflow } from '../sandbox/n8n/importPlan';
import type { CredentialTypes } from '../sandbox/n8n/attachCredentials';
import type { Credential, WorkflowNode } from '../sandbox/n8n/workflow';

export interface ContenderSurroundings {
	/** Of an n8n that has not been started yet; n8n makes `.n8n` in it. */
	userFolder: string;
	gatewayUrl: string;
	smtpPort: number;
	/** Messages of the warm-up and of the measurement. */
	counts: BatchCounts;
}

export interface BatchCounts {
	warmUp: number;
	measured: number;
}

export type Batch = keyof BatchCounts;

/** What goes into the n8n of one contender. */
export interface Installation {
	credentials: Credential[];
	/** Types of credentials by type of node. */
	credentialTypes: CredentialTypes;
	/** One of them begins with `triggerNode`. */
	workflows: WantedWorkflow[];
	/** For n8n. */
	env: Record<string, string>;
}

/** One of the two ways to send the same messages. */
export interface Contender {
	name: string;
	prepare(surroundings: ContenderSurroundings): Promise<Installation>;
	/** Body of the POST that sets off a batch. */
	body(batch: Batch, counts: BatchCounts): object;
}

export const benchText = 'Today everything is half price.';

export const triggerPath = 'bench';

/** Answers at once; what follows runs on. */
export const triggerNode: WorkflowNode = {
	id: 'bench-webhook',
	name: 'Webhook',
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	position: [0, 0],
	webhookId: 'bench',
	parameters: { httpMethod: 'POST', path: triggerPath, responseMode: 'onReceived', options: {} },
};

/** Nodes one after the other. */
export function chain(id: string, name: string, nodes: WorkflowNode[]): WantedWorkflow {
	const connections = Object.fromEntries(
		nodes
			.slice(0, -1)
			.map((node, index) => [node.name, { main: [[{ node: nodes[index + 1]?.name, type: 'main', index: 0 }]] }]),
	);
	return { id, name, nodes, connections, settings: { executionOrder: 'v1' } };
}
