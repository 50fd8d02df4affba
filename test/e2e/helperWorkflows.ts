import type { WantedWorkflow } from '../../sandbox/n8n/importPlan';
import type { WorkflowNode } from '../../sandbox/n8n/workflow';

const locator = (mode: string, value: string): object => ({ __rl: true, mode, value });
const anySender = locator('list', '');

/** A range that a test cannot leave by running at midnight. */
export const yesterdayAndToday = {
	period: 'custom',
	from: '={{ $now.minus({ days: 1 }).toISODate() }}',
	to: '={{ $now.plus({ days: 1 }).toISODate() }}',
};

/** Each is a webhook that hands its JSON body to one operation of ours and answers with the items that come out. */
export const helperWorkflows: WantedWorkflow[] = [
	calling('send', 'sendMessage', {
		resource: 'message',
		operation: 'send',
		channel: '={{ $json.body.channel }}',
		sender: anySender,
		to: '={{ $json.body.to }}',
		purpose: '={{ $json.body.purpose || "service" }}',
		contentType: 'text',
		text: '={{ $json.body.text }}',
		options: { country: 'IT' },
	}),
	calling('reply', 'sendMessage', {
		resource: 'message',
		operation: 'reply',
		eventId: '={{ $json.body.eventId }}',
		text: '={{ $json.body.text }}',
		options: { idempotencyKey: '={{ $json.body.key }}' },
	}),
	calling('campaign', 'sendMessage', {
		resource: 'campaign',
		operation: 'create',
		key: '={{ $json.body.key }}',
		channels: '={{ $json.body.channels }}',
		whatsAppSender: anySender,
		smsSender: anySender,
		groups: '={{ $json.body.groups }}',
		purpose: '={{ $json.body.purpose || "advertisement" }}',
		contentType: 'text',
		text: '={{ $json.body.text }}',
		options: {},
	}),
	calling('get-campaign', 'sendMessage', {
		resource: 'campaign',
		operation: 'get',
		campaign: locator('id', '={{ $json.body.campaign }}'),
	}),
	calling('check', 'registrationStore', {
		resource: 'registration',
		operation: 'check',
		sender: anySender,
		numbers: '={{ $json.body.numbers }}',
		options: { country: 'IT' },
	}),
	calling('verify', 'registrationStore', { resource: 'consent', operation: 'verify', options: {} }),
	calling('contacts', 'contactGroup', { resource: 'contact', operation: 'getMany', returnAll: true, options: {} }),
	calling('groups', 'contactGroup', { resource: 'group', operation: 'getMany', returnAll: true, options: {} }),
	calling('contact', 'contactGroup', {
		resource: 'contact',
		operation: 'createOrUpdate',
		smsNumber: '={{ $json.body.smsNumber || "" }}',
		whatsAppNumber: '={{ $json.body.whatsAppNumber || "" }}',
		options: { country: 'IT' },
	}),
	calling('delete-contact', 'contactGroup', {
		resource: 'contact',
		operation: 'delete',
		contact: locator('id', '={{ $json.body.contactId }}'),
	}),
	calling('report', 'messagingReport', { resource: 'report', operation: 'summary', ...yesterdayAndToday, options: {} }),
];

/** Sends to a list and stops at the first that fails, as a workflow does where nothing else was chosen. */
export const sendToList: WantedWorkflow = (() => {
	const { nodes, ...workflow } = calling('send-to-list', 'sendMessage', {
		resource: 'message',
		operation: 'send',
		channel: 'sms',
		sender: anySender,
		to: '={{ $json.to }}',
		purpose: 'service',
		text: 'Your parcel is here.',
		options: { country: 'IT' },
	});
	const [webhook, node] = nodes as [WorkflowNode, WorkflowNode];
	const split: WorkflowNode = {
		id: 'split-list',
		name: 'Split',
		type: 'n8n-nodes-base.splitOut',
		typeVersion: 1,
		position: [150, 0],
		parameters: { fieldToSplitOut: 'body.list', options: {} },
	};
	return {
		...workflow,
		nodes: [webhook, split, { ...node, onError: 'stopWorkflow' }],
		connections: {
			Webhook: { main: [[{ node: 'Split', type: 'main', index: 0 }]] },
			Split: { main: [[{ node: 'Ours', type: 'main', index: 0 }]] },
		},
	};
})();

export function helperUrl(n8nUrl: string, name: string): string {
	return `${n8nUrl}/webhook/helper/${name}`;
}

function calling(name: string, type: string, parameters: Record<string, unknown>): WantedWorkflow {
	const webhook: WorkflowNode = {
		id: `webhook-${name}`,
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		position: [0, 0],
		webhookId: `helper-${name}`,
		parameters: {
			httpMethod: 'POST',
			path: `helper/${name}`,
			responseMode: 'lastNode',
			responseData: 'allEntries',
			options: {},
		},
	};
	const node: WorkflowNode = {
		id: `node-${name}`,
		name: 'Ours',
		type: `n8n-nodes-optin.${type}`,
		typeVersion: 1,
		position: [300, 0],
		parameters,
		onError: 'continueRegularOutput',
	};
	return {
		id: `helper${name.replaceAll('-', '')}`.slice(0, 21),
		name: `Helper: ${name}`,
		nodes: [webhook, node],
		connections: { Webhook: { main: [[{ node: 'Ours', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	};
}
