import type { INodeProperties } from 'n8n-workflow';

import { operationField } from '../../shared/fields';
import { descriptionsOf } from '../../shared/router';
import { notAsTool } from '../../shared/tool';
import { table } from './table';

export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Contact', value: 'contact', description: 'A person’s numbers, name and fields' },
			{
				name: 'Group',
				value: 'group',
				description: 'People who are written to together, with a shortcode for START and STOP',
			},
		],
		default: 'contact',
	},
	operationField(
		'contact',
		[
			notAsTool({
				name: 'Create or Update',
				value: 'createOrUpdate',
				action: 'Create or update a contact',
				description: 'Create a new record, or update the current one if it already exists (upsert)',
			}),
			notAsTool({
				name: 'Delete',
				value: 'delete',
				action: 'Delete a contact',
				description: 'The person’s registration and opt-outs stay',
			}),
			notAsTool({
				name: 'Export',
				value: 'export',
				action: 'Export contacts',
				description: 'As a CSV file or as items that Import reads again',
			}),
			{ name: 'Get', value: 'get', action: 'Get a contact' },
			{ name: 'Get Many', value: 'getMany', action: 'Get many contacts' },
			notAsTool({
				name: 'Import',
				value: 'import',
				action: 'Import contacts',
				description: 'From a CSV or XLSX file or from items; wrong rows leave by an output of their own',
			}),
			notAsTool({
				name: 'Merge',
				value: 'merge',
				action: 'Merge two contacts',
				description: 'Make one contact of two that are the same person',
			}),
		],
		'getMany',
	),
	operationField(
		'group',
		[
			notAsTool({
				name: 'Add Contact',
				value: 'addContact',
				action: 'Add a contact to a group',
				description: 'Refused where the person left the group by STOP',
			}),
			notAsTool({
				name: 'Create or Update',
				value: 'createOrUpdate',
				action: 'Create or update a group',
				description: 'Create a new record, or update the current one if it already exists (upsert)',
			}),
			notAsTool({ name: 'Delete', value: 'delete', action: 'Delete a group', description: 'Its contacts stay' }),
			{
				name: 'Get Many',
				value: 'getMany',
				action: 'Get many groups',
				description:
					'With the five figures: contacts, reachable by SMS, with a WhatsApp number, registered, really reachable by WhatsApp',
			},
			notAsTool({ name: 'Remove Contact', value: 'removeContact', action: 'Remove a contact from a group' }),
		],
		'getMany',
	),
	...descriptionsOf(table),
];
