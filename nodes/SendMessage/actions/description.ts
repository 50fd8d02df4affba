import type { INodeProperties } from 'n8n-workflow';

import { operationField } from '../../shared/fields';
import { descriptionsOf } from '../../shared/router';
import { table } from './table';

export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Campaign', value: 'campaign' },
			{ name: 'Message', value: 'message' },
		],
		default: 'message',
	},
	operationField(
		'message',
		[
			{
				name: 'Reply',
				value: 'reply',
				action: 'Reply to a message',
				description: 'Answer what a person wrote, e.g. confirm START or STOP',
			},
			{
				name: 'Send',
				value: 'send',
				action: 'Send a message',
				description: 'Write to one person, where there is consent to it',
			},
		],
		'send',
	),
	operationField(
		'campaign',
		[
			{
				name: 'Cancel',
				value: 'cancel',
				action: 'Cancel a campaign',
				description: 'Send none of the messages still queued',
			},
			{
				name: 'Create',
				value: 'create',
				action: 'Create a campaign',
				description: 'Queue one text for many people. The Campaign Trigger delivers it.',
			},
			{
				name: 'Deliver',
				value: 'deliver',
				action: 'Deliver campaigns',
				description: 'Send what is queued, for at most 20 seconds. Goes behind the Campaign Trigger.',
			},
			{ name: 'Get', value: 'get', action: 'Get a campaign', description: 'How far a campaign is' },
			{ name: 'Get Many', value: 'getMany', action: 'Get many campaigns' },
			{ name: 'Pause', value: 'pause', action: 'Pause a campaign' },
			{
				name: 'Preview',
				value: 'preview',
				action: 'Preview a campaign',
				description: 'Count who would be written to and who left out. Nothing is kept or sent.',
			},
			{ name: 'Resume', value: 'resume', action: 'Resume a campaign' },
		],
		'create',
	),
	...descriptionsOf(table),
];
