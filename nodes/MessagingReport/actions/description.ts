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
		options: [{ name: 'Report', value: 'report' }],
		default: 'report',
	},
	operationField(
		'report',
		[
			{
				name: 'Email',
				value: 'email',
				action: 'Make a report as an email',
				description: 'Subject, HTML and text, to be sent by a Send Email node',
			},
			{
				name: 'Summary',
				value: 'summary',
				action: 'Summarise messages and registrations',
				description: 'The figures as data',
			},
		],
		'summary',
	),
	...descriptionsOf(table),
];
