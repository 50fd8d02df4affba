import {
	type IBinaryKeyData,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type IPairedItemData,
	NodeOperationError,
} from 'n8n-workflow';

import type { Store } from '../../store/store';
import { errorText, toNodeError } from './errors';
import { ItemParameters } from './parameters';
import { openNodeStore } from './store';
import { isRunAsTool } from './tool';

/** What an operation gets for one item. */
export interface Call {
	node: IExecuteFunctions;
	store: Store;
	parameters: ItemParameters;
	/** The incoming item's fields. */
	item: IDataObject;
}

/** One file below `actions/`: what it asks, and what it does for one item. */
export interface Operation {
	description: INodeProperties[];
	/** One object becomes one item, a list as many items as it has entries; Outputs says it all. */
	execute(call: Call): Promise<object | object[]>;
}

/** Items by output, for operations with files or with more than one output. */
export class Outputs {
	constructor(
		readonly outputs: ReadonlyArray<
			ReadonlyArray<{
				json: object;
				binary?: IBinaryKeyData;
				/** The incoming item or items it comes from; by default the one the operation runs for. */
				item?: number | number[];
			}>
		>,
	) {}
}

export interface OperationTable {
	/** By resource, then by operation. */
	operations: Record<string, Record<string, Operation>>;
	/** `resource.operation` of those that change nothing: all that an AI agent may run. */
	reading: ReadonlySet<string>;
}

/** The fields of all operations, each shown for its own operation only. */
export function descriptionsOf({ operations }: OperationTable): INodeProperties[] {
	return Object.values(operations).flatMap((byName) => Object.values(byName).flatMap(({ description }) => description));
}

/** Runs the chosen operation for each item, one after the other. A failed item stops the run, or with Continue On Fail becomes `{ error }`. */
export async function route(node: IExecuteFunctions, table: OperationTable): Promise<INodeExecutionData[][]> {
	const items = node.getInputData();
	const results: INodeExecutionData[][] = [[]];
	const handle = await openNodeStore(node).catch((error: unknown) => {
		if (node.continueOnFail()) return error;
		throw toNodeError(node.getNode(), error, 0);
	});

	try {
		for (const [itemIndex, item] of items.entries()) {
			try {
				if (!isStoreHandle(handle)) throw toNodeError(node.getNode(), handle, itemIndex);
				const call: Call = {
					node,
					store: handle.store,
					parameters: new ItemParameters(node, itemIndex),
					item: item.json,
				};
				const rows = await chooseOperation(call, table).execute(call);
				const { outputs } =
					rows instanceof Outputs
						? rows
						: new Outputs([(Array.isArray(rows) ? rows : [rows]).map((json: object) => ({ json }))]);
				for (const [output, entries] of outputs.entries()) {
					const result = (results[output] ??= []);
					for (const { json, binary, item: from = itemIndex } of entries)
						result.push({ json: json as IDataObject, ...(binary && { binary }), pairedItem: pairedItem(from) });
				}
			} catch (error) {
				const nodeError = toNodeError(node.getNode(), error, itemIndex);
				if (!node.continueOnFail()) throw nodeError;
				results[0]?.push({ json: { error: errorText(nodeError) }, pairedItem: { item: itemIndex } });
			}
		}
	} finally {
		if (isStoreHandle(handle)) handle.release();
	}
	return results;
}

function pairedItem(from: number | number[]): IPairedItemData | IPairedItemData[] {
	return Array.isArray(from) ? from.map((item) => ({ item })) : { item: from };
}

function chooseOperation({ node, parameters }: Call, table: OperationTable): Operation {
	const resource = parameters.choice('resource');
	const operation = parameters.choice('operation');
	const chosen = table.operations[resource]?.[operation];
	if (!chosen) {
		throw new NodeOperationError(node.getNode(), `This node has no operation "${operation}" for "${resource}"`, {
			itemIndex: parameters.itemIndex,
			description: 'Choose resource and operation again.',
		});
	}
	if (isRunAsTool(node) && !table.reading.has(`${resource}.${operation}`)) {
		throw new NodeOperationError(node.getNode(), 'An AI agent may read here, and change nothing', {
			itemIndex: parameters.itemIndex,
			description: 'Choose an operation that only reads, or use this node in the workflow itself instead of as a tool.',
		});
	}
	return chosen;
}

function isStoreHandle(value: unknown): value is { store: Store; release(): void } {
	return typeof value === 'object' && value !== null && 'store' in value && 'release' in value;
}
