import type { INodeProperties } from 'n8n-workflow';

import { providerOptions } from '../shared/providers';

export const properties: INodeProperties[] = [
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: providerOptions,
		default: 'meta',
		description: 'Whose messages arrive here. Each provider needs a trigger of its own.',
	},
	{
		displayName:
			'Enter the production URL above in Meta’s app settings under WhatsApp → Configuration, with the verify token of the credential, and subscribe to the fields “messages”, “user_preferences” and “standby”. While n8n starts, it answers every webhook with 200 and loses it: let a proxy answer 503 meanwhile (docs/behind-a-proxy.md).',
		name: 'metaNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { provider: ['meta'] } },
	},
	{
		displayName:
			'Enter the production URL above, with ?key= and the webhook secret of the credential behind it, in websms’ rule for received messages. While n8n starts, it answers every webhook with 200 and loses it: let a proxy answer 503 meanwhile (docs/behind-a-proxy.md).',
		name: 'websmsNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { provider: ['websms'] } },
	},
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: 'optin',
		required: true,
		description: 'The last part of the URL',
	},
	{
		displayName: 'Hand Over Statuses',
		name: 'handOverStatuses',
		type: 'boolean',
		noDataExpression: true,
		default: false,
		description:
			'Whether to start the workflow for each “sent”, “delivered” and “read” too. Messages and reports know them anyway; with this on, a campaign starts up to three executions a message.',
	},
];
