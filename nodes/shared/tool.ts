import type { IExecuteFunctions, INodePropertyOptions } from 'n8n-workflow';

/**
 * True when an AI agent runs the node. n8n has two ways: it calls the node from within the agent, where the context says so;
 * or the engine runs it like any node, under the name that n8n gives to the tool made of it (n8n 2.41: tool-generation/ai-tools).
 */
export function isRunAsTool(node: IExecuteFunctions): boolean {
	return node.isToolExecution() || node.getNode().type.endsWith('Tool');
}

/** Hides an operation from the tool that n8n makes of a node. The router refuses it too: what is hidden can still be set. */
export function notAsTool(option: INodePropertyOptions): INodePropertyOptions {
	return { ...option, displayOptions: { show: { '@tool': [false] } } };
}
