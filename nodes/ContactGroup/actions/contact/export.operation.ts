import { Readable } from 'node:stream';
import { type IDataObject, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { exportCsv, exportItems } from '../../../../services/contacts/export';
import { groupLocator, readGroup } from '../../../shared/locators';
import { type Call, Outputs } from '../../../shared/router';

const properties: INodeProperties[] = [
	{
		displayName: 'Format',
		name: 'format',
		type: 'options',
		options: [
			{
				name: 'CSV File',
				value: 'csv',
				description:
					'One item with the file. Cells that a spreadsheet would run as a formula have an apostrophe in front.',
			},
			{ name: 'Items', value: 'items', description: 'One item for each contact' },
		],
		default: 'csv',
		description: 'Either can be imported again, and changes nothing then',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		displayOptions: { show: { format: ['csv'] } },
		hint: 'The name of the output binary field to put the file in',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'File Name',
				name: 'fileName',
				type: 'string',
				default: 'contacts.csv',
				displayOptions: { show: { '/format': ['csv'] } },
			},
			groupLocator({ description: 'Only contacts in this group' }),
		],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['contact'], operation: ['export'] } }, properties);

export async function execute({ node, store, parameters }: Call) {
	const filter = { group: readGroup(parameters, 'options.group') || undefined };
	if (parameters.choice('format') === 'items') {
		const items: object[] = [];
		for await (const page of exportItems(store, filter)) items.push(...page);
		return items;
	}
	const fileName = parameters.optionalText('options.fileName') ?? 'contacts.csv';
	let contacts = 0;
	const file = Readable.from(exportCsv(store, filter, (count) => (contacts += count)));
	const binary = await node.helpers.prepareBinaryData(file, fileName, 'text/csv');
	const json: IDataObject = { contacts, fileName };
	return new Outputs([[{ json, binary: { [parameters.text('binaryPropertyName') || 'data']: binary } }]]);
}
