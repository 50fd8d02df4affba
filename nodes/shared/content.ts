import type { INodeProperties } from 'n8n-workflow';

import type { MessageContent } from '../../domain/content';
import type { ItemParameters } from './parameters';

type Shown = Record<string, string[]>;

/** What to say: a text, or an approved template by choice. The two arguments say when there is that choice, and when there is none. */
export function contentFields(withTemplates: Shown, textOnly: Shown): INodeProperties[] {
	const forTemplates = { show: { ...withTemplates, contentType: ['template'] } };
	const text: INodeProperties = {
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		description:
			'At most 4,096 characters. In campaigns {{name}} and other fields of the contact, written without spaces, stand for each person’s own.',
	};
	return [
		{
			displayName: 'Content',
			name: 'contentType',
			type: 'options',
			options: [
				{
					name: 'Template',
					value: 'template',
					description:
						'Approved by WhatsApp; the only content allowed more than 24 hours after the person’s last message',
				},
				{ name: 'Text', value: 'text', description: 'Free text, within 24 hours of the person’s last message' },
			],
			default: 'text',
			displayOptions: { show: withTemplates },
		},
		{ ...text, displayOptions: { show: { ...withTemplates, contentType: ['text'] } } },
		{ ...text, displayOptions: { show: textOnly } },
		{
			displayName: 'Template Name',
			name: 'templateName',
			type: 'string',
			// Not required for n8n: where the channel is an expression it shows every field, and would insist on this one for a text too.
			default: '',
			placeholder: 'e.g. spring_offer',
			displayOptions: forTemplates,
			description: 'As it was approved',
		},
		{
			displayName: 'Template Language',
			name: 'templateLanguage',
			type: 'string',
			default: 'en',
			placeholder: 'e.g. de_AT',
			displayOptions: forTemplates,
			description: 'As WhatsApp writes it',
		},
		{
			displayName: 'Template Parameters',
			name: 'templateParameters',
			type: 'string',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Parameter' },
			default: [],
			displayOptions: forTemplates,
			description:
				'What stands for {{1}}, {{2}} … in the template’s body, in this order. In campaigns a parameter may be {{name}} or another field of the contact.',
		},
	];
}

/** Reads what `contentFields` asks. `templatesAllowed`: whether the choice was shown at all. */
export function readContent(parameters: ItemParameters, templatesAllowed: boolean): MessageContent {
	if (templatesAllowed && parameters.choice('contentType') === 'template') {
		return {
			type: 'template',
			name: parameters.text('templateName'),
			language: parameters.text('templateLanguage'),
			bodyParameters: parameters.texts('templateParameters'),
		};
	}
	return { type: 'text', body: parameters.body('text') };
}
