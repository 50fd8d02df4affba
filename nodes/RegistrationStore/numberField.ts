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

/** Whose data is given out or taken away: no country is guessed, nothing is searched. */
export const wholeNumberField: INodeProperties = {
	...numberField,
	displayName: 'Number or WhatsApp User ID',
	placeholder: 'e.g. +39 333 1234567 or IT.123',
	description:
		'The whole number with its international prefix, or the user ID that WhatsApp gives to people without a number',
};
