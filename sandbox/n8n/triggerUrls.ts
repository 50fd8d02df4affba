import type { Workflow, WorkflowNode } from './workflow';

/** Path behind the webhook id, by the type of our triggers, unless a parameter of the node says another. */
const pathOfType: Record<string, string> = {
	'n8n-nodes-optin.whatsAppOptInTrigger': 'optin',
	'n8n-nodes-optin.optInFormTrigger': 'form',
};

export interface TriggerUrl {
	/** The node's type without the package, e.g. `whatsAppOptInTrigger`. */
	type: string;
	node: WorkflowNode;
	/** The production URL: `<base>/webhook/<webhookId>/<path>`. */
	url: string;
}

/** The webhook URLs of our triggers in a workflow; those of disabled nodes are left out. */
export function triggerUrls(workflow: Workflow, n8nUrl: string): TriggerUrl[] {
	return workflow.nodes.flatMap((node) => {
		const usual = pathOfType[node.type];
		const path = usual !== undefined && typeof node.parameters['path'] === 'string' ? node.parameters['path'] : usual;
		if (path === undefined || node.webhookId === undefined || node.disabled === true) return [];
		return [
			{ type: node.type.replace('n8n-nodes-optin.', ''), node, url: `${n8nUrl}/webhook/${node.webhookId}/${path}` },
		];
	});
}
