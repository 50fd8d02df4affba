import type { INodeProperties } from 'n8n-workflow';

/** Countries are free text: the list of all is long, and expressions are common here. */
export const countryOption: INodeProperties = {
	displayName: 'Country',
	name: 'country',
	type: 'string',
	default: '',
	placeholder: 'e.g. IT',
	description: 'Of numbers typed without international prefix, as two letters. When empty, the sender’s country.',
};

/** Return All and Limit, as every Get Many has them. */
export const pageFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
];

export function operationField(
	resource: string,
	options: NonNullable<INodeProperties['options']>,
	value: string,
): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options,
		default: value,
	};
}
