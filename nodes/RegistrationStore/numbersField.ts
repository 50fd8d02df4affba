import type { INodeProperties } from 'n8n-workflow';

export const numbersField: INodeProperties = {
	displayName: 'Phone Numbers',
	name: 'numbers',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +39 333 1234567, +43 660 1234567',
	description: 'One, or several separated by commas or line breaks. Each becomes an item.',
};
