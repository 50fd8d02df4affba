import type { INodeProperties } from 'n8n-workflow';

import { FORM_LIMITS } from '../../domain/invitationLimits';
import { DEFAULT_COLOUR } from '../../services/optInForm/style';
import { FIELD } from '../../services/optInForm/settings';
import { limitsField } from '../shared/invitationLimits';
import { groupLocator, senderLocator } from '../shared/locators';
import { fieldsField, groupsField } from './collections';

/** What the company decides about its form. Empty texts are filled by the form itself, in its language. */
export const properties: INodeProperties[] = [
	{
		displayName: `Share the Production URL, show it in a frame, or let a form of your own post to it: fields <code>${FIELD.phone}</code>, <code>${FIELD.consent}</code>, <code>${FIELD.group}</code> where groups are asked for (the shortcodes of those ticked), and further fields by their names.`,
		name: 'notice',
		type: 'notice',
		default: '',
	},
	senderLocator({
		displayName: 'WhatsApp Sender',
		description: 'The number that people write to. When empty, the only one of yours that sends WhatsApp.',
	}),
	groupLocator({ description: 'What everybody joins by the form. When empty, none.' }),
	groupsField,
	{
		displayName: 'Language',
		name: 'language',
		type: 'options',
		options: [
			{ name: 'Dutch', value: 'nl' },
			{ name: 'English', value: 'en' },
			{ name: 'French', value: 'fr' },
			{ name: 'German', value: 'de' },
			{ name: 'Italian', value: 'it' },
			{ name: 'Portuguese', value: 'pt' },
			{ name: 'Spanish', value: 'es' },
			{ name: 'That of the Visitor’s Browser', value: 'auto' },
		],
		default: 'en',
		description:
			'Of everything on the form that you do not write yourself. By browser, <code>?language=de</code> at the end of the URL chooses one.',
	},
	{
		displayName: 'Title',
		name: 'title',
		type: 'string',
		default: '',
		placeholder: 'e.g. Our news on WhatsApp',
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		placeholder: 'e.g. Offers and opening hours, twice a month at most.',
		description: 'Stands below the title. An empty line begins a new paragraph.',
	},
	{
		displayName: 'Consent Text',
		name: 'consentText',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		placeholder:
			'e.g. I would like to receive news from Bäckerei Holzner by WhatsApp. I can end this at any time by writing STOP.',
		description:
			'Stands beside the box to tick, and is kept with each consent. When empty, the form’s own words in its language.',
	},
	{
		displayName: 'Consent Version',
		name: 'consentVersion',
		type: 'string',
		default: '1',
		required: true,
		description: 'Kept with each consent. Give another one whenever you change the text.',
	},
	{
		displayName: 'Consent Covers SMS',
		name: 'consentCoversSms',
		type: 'boolean',
		default: false,
		description:
			'Whether the consent text says that advertising comes by SMS too. Only then is it recorded as consent to SMS.',
	},
	{
		displayName: 'Privacy Notice URL',
		name: 'privacyUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/privacy',
		description: 'Web address of your privacy notice, linked below the form',
	},
	fieldsField,
	limitsField(FORM_LIMITS),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Background',
				name: 'background',
				type: 'color',
				default: '#f3f5f7',
				description: 'Behind the form, as #rrggbb. Text is dark or light, whichever reads better.',
			},
			{
				displayName: 'Button',
				name: 'button',
				type: 'string',
				default: '',
				placeholder: 'e.g. Continue',
			},
			{
				displayName: 'Colour',
				name: 'colour',
				type: 'color',
				default: DEFAULT_COLOUR,
				description:
					'Of the button and the upper edge, as #rrggbb. The text on it is black or white, whichever reads better.',
			},
			{
				displayName: 'Countries Allowed',
				name: 'countries',
				type: 'string',
				default: '',
				placeholder: 'e.g. IT, AT, DE',
				description:
					'Of the numbers invited, as two letters each; * for all. When empty, your own and those of the European Economic Area, Switzerland and the United Kingdom.',
			},
			{
				displayName: 'Country',
				name: 'country',
				type: 'string',
				default: '',
				placeholder: 'e.g. IT',
				description: 'Of numbers typed without international prefix, as two letters. When empty, the sender’s country.',
			},
			{
				displayName: 'Group Question',
				name: 'groupQuestion',
				type: 'string',
				default: '',
				placeholder: 'e.g. Send me the weekly recipe too',
				description: 'Makes the group a box to tick. When empty, everybody joins the group.',
			},
			{
				displayName: 'Layout',
				name: 'layout',
				type: 'options',
				options: [
					{ name: 'Card', value: 'card', description: 'A card on a ground, as a page of its own' },
					{ name: 'Plain', value: 'plain', description: 'Without card and margin, for a frame in your own page' },
				],
				default: 'card',
			},
			{
				displayName: 'Logo',
				name: 'logo',
				type: 'string',
				default: '',
				placeholder: 'e.g. data:image/png;base64,iVBORw0…',
				description: 'As a data URL, because the form loads nothing from elsewhere',
			},
			{
				displayName: 'Theme',
				name: 'theme',
				type: 'options',
				options: [
					{ name: 'As the Visitor’s Device', value: 'auto' },
					{ name: 'Dark', value: 'dark' },
					{ name: 'Light', value: 'light' },
				],
				default: 'auto',
				description: 'Light or dark, where no background is given',
			},
		],
	},
];
