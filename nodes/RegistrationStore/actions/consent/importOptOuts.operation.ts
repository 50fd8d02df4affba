import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { importOptOutFile, importOptOuts } from '../../../../services/rights/importOptOuts';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [
	{
		displayName: 'Read From',
		name: 'readFrom',
		type: 'options',
		options: [
			{ name: 'File', value: 'file', description: 'A file of Export Opt-Outs' },
			{ name: 'Items', value: 'items', description: 'All incoming items together, as Export Opt-Outs gives them' },
		],
		default: 'file',
		description: 'Each opt-out counts from when it was said: a START said later stays',
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryProperty',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the input binary field containing the file',
		displayOptions: { show: { readFrom: ['file'] } },
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['consent'], operation: ['importOptOuts'] } },
	properties,
);

export async function execute({ node, store, parameters }: Call) {
	if (parameters.choice('readFrom') === 'items') {
		// Once for all: reading them one by one would look for people erased as many times.
		if (parameters.itemIndex > 0) return [];
		return await importOptOuts(
			store,
			node.getInputData().map(({ json }) => json),
		);
	}
	const field = parameters.text('binaryProperty') || 'data';
	node.helpers.assertBinaryData(parameters.itemIndex, field);
	return await importOptOutFile(store, await node.helpers.getBinaryDataBuffer(parameters.itemIndex, field));
}
