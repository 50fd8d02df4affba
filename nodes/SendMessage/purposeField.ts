import type { INodeProperties } from 'n8n-workflow';

export const purposeField: INodeProperties = {
	displayName: 'Purpose',
	name: 'purpose',
	type: 'options',
	options: [
		{
			name: 'Advertisement',
			value: 'advertisement',
			description: 'By SMS to people with a recorded consent only. A STOP ends it on every channel.',
		},
		{
			name: 'Service',
			value: 'service',
			description: 'What the person asked for, such as a confirmation or a reminder of an appointment',
		},
	],
	default: 'advertisement',
};
