import type { INodeProperties } from 'n8n-workflow';

export const numberField: INodeProperties = {
	displayName: 'Phone Number',
	name: 'number',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. +39 333 1234567',
	description: 'As people write it. Without international prefix, the sender’s country is meant.',
};

/** Where no sender's country can help. */
export const internationalNumberField: INodeProperties = {
	...numberField,
	required: false,
	description: 'With international prefix',
};
