import type { INodeProperties } from 'n8n-workflow';

import { countryOption } from '../shared/fields';

const columnMapping: INodeProperties = {
	displayName: 'Column Mapping',
	name: 'columnMapping',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Column',
	default: {},
	description:
		'What columns mean whose name does not say it. All others are recognised by their names, or become fields of the contact.',
	options: [
		{
			displayName: 'Column',
			name: 'column',
			values: [
				{
					displayName: 'Column',
					name: 'column',
					type: 'string',
					default: '',
					placeholder: 'e.g. Contact 1',
					description: 'Its name in the file, or its number: 1 is the first one',
				},
				{
					displayName: 'Field Name',
					name: 'fieldName',
					type: 'string',
					default: '',
					displayOptions: { show: { meaning: ['field'] } },
					description: 'What the field is called in texts. When empty, as in the file.',
				},
				{
					displayName: 'Meaning',
					name: 'meaning',
					type: 'options',
					options: [
						{ name: 'Field of Your Own', value: 'field' },
						{ name: 'First Name', value: 'firstName' },
						{ name: 'Groups', value: 'groups' },
						{ name: 'Language', value: 'language' },
						{ name: 'Last Name', value: 'lastName' },
						{ name: 'Name', value: 'name' },
						{ name: 'Not Imported', value: 'ignore' },
						{ name: 'SMS Consent Date', value: 'smsConsentDate' },
						{ name: 'SMS Consent Source', value: 'smsConsentSource' },
						{ name: 'SMS Number', value: 'smsNumber' },
						{ name: 'WhatsApp Number', value: 'whatsAppNumber' },
						{ name: 'WhatsApp User ID', value: 'whatsAppUserId' },
					],
					default: 'smsNumber',
				},
			],
		},
	],
};

const fileOptions: INodeProperties[] = [
	{
		displayName: 'Delimiter',
		name: 'delimiter',
		type: 'options',
		displayOptions: { show: { '/source': ['file'] } },
		options: [
			{ name: 'Automatic', value: 'auto' },
			{ name: 'Comma', value: ',' },
			{ name: 'Pipe', value: '|' },
			{ name: 'Semicolon', value: ';' },
			{ name: 'Tab', value: 'tab' },
		],
		default: 'auto',
		description: 'What stands between the cells of a CSV file',
	},
	{
		displayName: 'Encoding',
		name: 'encoding',
		type: 'options',
		displayOptions: { show: { '/source': ['file'] } },
		options: [
			{ name: 'Automatic', value: 'auto' },
			{ name: 'Latin-1 (Windows-1252)', value: 'windows-1252' },
			{ name: 'UTF-16 Big Endian', value: 'utf-16be' },
			{ name: 'UTF-16 Little Endian', value: 'utf-16le' },
			{ name: 'UTF-8', value: 'utf-8' },
		],
		default: 'auto',
		description: 'How the letters of a CSV file are stored',
	},
	{
		displayName: 'Header',
		name: 'header',
		type: 'options',
		displayOptions: { show: { '/source': ['file'] } },
		options: [
			{ name: 'Automatic', value: 'auto', description: 'The first row is a header unless a number stands in it' },
			{ name: 'No', value: 'no', description: 'The first row is a contact already' },
			{ name: 'Yes', value: 'yes', description: 'The first row names the columns' },
		],
		default: 'auto',
		description: 'Whether the first row names the columns',
	},
	{
		displayName: 'Header Row',
		name: 'headerRow',
		type: 'number',
		displayOptions: { show: { '/source': ['file'] } },
		typeOptions: { minValue: 1 },
		default: 1,
		description:
			'The number of the row that names the columns, where a title stands above it. Rows above are left out.',
	},
	{
		displayName: 'Sheet',
		name: 'sheet',
		type: 'string',
		displayOptions: { show: { '/source': ['file'] } },
		default: '',
		placeholder: 'e.g. Contacts',
		description: 'Which sheet of an XLSX file is read. When empty, the first one that is not hidden.',
	},
];

export const importFields: INodeProperties[] = [
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		options: [
			{ name: 'File (CSV or XLSX)', value: 'file', description: 'A file in a binary field of the item' },
			{ name: 'Items', value: 'items', description: 'Each incoming item is one contact' },
		],
		default: 'file',
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		displayOptions: { show: { source: ['file'] } },
		hint: 'The name of the input binary field containing the file',
	},
	{
		displayName: 'Group Names or IDs',
		name: 'groups',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getGroups' },
		default: [],
		description:
			'The groups that all contacts join, except people who left one by STOP. Choose from the list, or specify IDs or shortcodes using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: false,
		description: 'Whether to only tell what would be done, and write nothing',
	},
	{
		displayName:
			'Importing a WhatsApp number registers nobody, and no opt-out is lifted. Wrong rows leave by the second output, Rejected.',
		name: 'importNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			columnMapping,
			{
				...countryOption,
				description: 'Of numbers without international prefix, as two letters. When empty, the one all senders share.',
			},
			...fileOptions,
			{
				displayName: 'Make Missing Groups',
				name: 'makeGroups',
				type: 'boolean',
				default: false,
				description:
					'Whether to make groups that a column of the file names and that are not there. Otherwise such rows are rejected.',
			},
			{
				displayName: 'SMS Consent Date',
				name: 'smsConsentAt',
				type: 'dateTime',
				default: '',
				description:
					'When all people of the file agreed to advertising by SMS; only together with the source. Leave empty where the file has columns for it.',
			},
			{
				displayName: 'SMS Consent Source',
				name: 'smsConsentSource',
				type: 'string',
				default: '',
				placeholder: 'e.g. Fair of 3 May 2026, paper list',
				description:
					'Where all people of the file agreed to advertising by SMS; only together with the date. Leave empty where the file has columns for it.',
			},
		],
	},
];
