import type { INodeProperties } from 'n8n-workflow';

import { groupLocator } from '../shared/locators';

/** Groups to tick, beside the one that everybody joins. */
export const groupsField: INodeProperties = {
	displayName: 'Groups to Tick',
	name: 'groups',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add group',
	default: {},
	description: 'A box for each. Who ticks several joins all of them with the one message they send.',
	options: [
		{
			displayName: 'Group',
			name: 'group',
			values: [
				groupLocator({ required: true }),
				{
					displayName: 'Label',
					name: 'label',
					type: 'string',
					default: '',
					placeholder: 'e.g. The weekly recipe',
					description: 'Stands beside the box. When empty, the name of the group.',
				},
			],
		},
	],
};

/** What the form asks for beside the number. */
export const fieldsField: INodeProperties = {
	displayName: 'Fields',
	name: 'fields',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add field',
	default: {},
	description:
		'What else the form asks for. The contact gets it when the person registers; what is filled there already stays.',
	options: [
		{
			displayName: 'Field',
			name: 'field',
			values: [
				{
					displayName: 'Type',
					name: 'type',
					type: 'options',
					options: [
						{ name: 'Choice', value: 'choice', description: 'One of several' },
						{ name: 'Date', value: 'date' },
						{ name: 'E-Mail', value: 'email', description: 'Becomes the custom field “email”' },
						{ name: 'Language', value: 'language', description: 'Becomes the contact’s language' },
						{ name: 'Name', value: 'name', description: 'Becomes the contact’s name' },
						{ name: 'Text', value: 'text' },
					],
					default: 'name',
				},
				{
					displayName: 'Label',
					name: 'label',
					type: 'string',
					default: '',
					placeholder: 'e.g. Your shop',
					description:
						'Stands above the field. Name, e-mail and language have a word of the form’s own when it is empty.',
				},
				{
					displayName: 'Field Name',
					name: 'name',
					type: 'string',
					displayOptions: { show: { type: ['choice', 'date', 'text'] } },
					default: '',
					placeholder: 'e.g. shop',
					description: 'Of the contact’s custom field, and of the input in a form of your own. When empty, the label.',
				},
				{
					displayName: 'Choices',
					name: 'choices',
					type: 'string',
					typeOptions: { rows: 3 },
					displayOptions: { show: { type: ['choice'] } },
					default: '',
					placeholder: 'e.g. Bolzano, Merano',
					description: 'Separated by commas or line breaks',
				},
				{
					displayName: 'Required',
					name: 'required',
					type: 'boolean',
					default: false,
					description: 'Whether the form is refused without it',
				},
			],
		},
	],
};
