import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { exportOptOutFile, exportOptOuts, type OptOut } from '../../../../services/rights/exportOptOuts';
import { type Call, Outputs } from '../../../shared/router';

const properties: INodeProperties[] = [
	{
		displayName: 'Output As',
		name: 'outputAs',
		type: 'options',
		options: [
			{ name: 'File', value: 'file', description: 'One file, to be kept outside of this machine every day' },
			{ name: 'Items', value: 'items', description: 'One item for each person and scope' },
		],
		default: 'file',
		description:
			'Whoever restores a backup reads the file of the last day back, so that no STOP given since is forgotten',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryProperty',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the output binary field to put the file in',
		displayOptions: { show: { outputAs: ['file'] } },
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['consent'], operation: ['exportOptOuts'] } },
	properties,
);

export async function execute({ node, store, parameters }: Call) {
	if (parameters.choice('outputAs') === 'items') {
		const rows: OptOut[] = [];
		for await (const page of exportOptOuts(store)) rows.push(...page);
		return rows;
	}
	const { file, count } = await exportOptOutFile(store);
	const fileName = `opt-outs-${new Date(store.now()).toISOString().slice(0, 10)}.jsonl`;
	const data = await node.helpers.prepareBinaryData(file, fileName, 'application/x-ndjson');
	return new Outputs([
		[{ json: { count, fileName }, binary: { [parameters.text('binaryProperty') || 'data']: data } }],
	]);
}
