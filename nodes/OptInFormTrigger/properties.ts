import type { INodeProperties } from 'n8n-workflow';

import { DEFAULT_COLOUR } from '../../services/optInForm/style';
import { FIELD } from '../../services/optInForm/settings';
import { groupLocator, senderLocator } from '../shared/locators';

/** What the company decides about its form. Empty texts are filled by the form itself, in its language. */
export const properties: INodeProperties[] = [
	{
		displayName: `Share the Production URL, show it in a frame, or let a form of your own post to it: fields <code>${FIELD.phone}</code> and <code>${FIELD.consent}</code>, and <code>${FIELD.group}</code> where a group is asked for.`,
		name: 'notice',
		type: 'notice',
		default: '',
	},
	senderLocator({ displayName: 'WhatsApp Sender', description: 'The number that people write to. When empty, the only one of yours that sends WhatsApp.' }),
	groupLocator({ description: 'What people join by the form. When empty, none.' }),
	{
		displayName: 'Language',
		name: 'language',
		type: 'options',
		options: [
			{ name: 'English', value: 'en' },
			{ name: 'German', value: 'de' },
			{ name: 'Italian', value: 'it' },
		],
		default: 'en',
		description: 'Of everything on the form that you do not write yourself',
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
		placeholder: 'e.g. I would like to receive news from Bäckerei Holzner by WhatsApp. I can end this at any time by writing STOP.',
		description: 'Stands beside the box to tick, and is kept with each consent. When empty, the form’s own words in its language.',
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
		description: 'Whether the consent text says that advertising comes by SMS too. Only then is it recorded as consent to SMS.',
	},
	{
		displayName: 'Privacy Notice URL',
		name: 'privacyUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/privacy',
		description: 'Web address of your privacy notice, linked below the form',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
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
				description: 'Of the button and the upper edge, as #rrggbb. The text on it is black or white, whichever reads better.',
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
				displayName: 'Logo',
				name: 'logo',
				type: 'string',
				default: '',
				placeholder: 'e.g. data:image/png;base64,iVBORw0…',
				description: 'As a data URL, because the form loads nothing from elsewhere',
			},
		],
	},
];
