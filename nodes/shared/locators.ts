import type { INodeProperties } from 'n8n-workflow';

import { InvalidInputError } from '../../domain/errors';
import type { ItemParameters } from './parameters';

type LocatorOptions = Partial<Pick<INodeProperties, 'displayName' | 'name' | 'required' | 'description'>>;

const idMode = (what: string): NonNullable<INodeProperties['modes']>[number] => ({
	displayName: 'By ID',
	name: 'id',
	type: 'string',
	placeholder: 'e.g. 7',
	validation: [
		{ type: 'regex', properties: { regex: '^[0-9]*$', errorMessage: `The ID of a ${what} is a whole number` } },
	],
});

const listMode = (searchListMethod: string, placeholder: string): NonNullable<INodeProperties['modes']>[number] => ({
	displayName: 'From List',
	name: 'list',
	type: 'list',
	placeholder,
	typeOptions: { searchListMethod, searchable: true },
});

/** One of the company's numbers. Empty: the only one there is for the channel, or what `whenEmpty` says. */
export function senderLocator({
	whenEmpty = 'The only one',
	...options
}: LocatorOptions & { whenEmpty?: string } = {}): INodeProperties {
	return {
		displayName: 'Sender',
		name: 'sender',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description: 'The number of yours that is meant. When empty, the only one there is.',
		modes: [
			listMode('searchSenders', whenEmpty),
			{ displayName: 'By Phone Number', name: 'phone', type: 'string', placeholder: 'e.g. +39 02 12345678' },
			idMode('sender'),
		],
		...options,
	};
}

export function groupLocator(options: LocatorOptions = {}): INodeProperties {
	return {
		displayName: 'Group',
		name: 'group',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		modes: [
			listMode('searchGroups', 'Select a group'),
			{ displayName: 'By Shortcode', name: 'shortcode', type: 'string', placeholder: 'e.g. news' },
			idMode('group'),
		],
		...options,
	};
}

export function contactLocator(options: LocatorOptions = {}): INodeProperties {
	return {
		displayName: 'Contact',
		name: 'contact',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		modes: [listMode('searchContacts', 'Select a contact'), idMode('contact')],
		...options,
	};
}

export function campaignLocator(options: LocatorOptions = {}): INodeProperties {
	return {
		displayName: 'Campaign',
		name: 'campaign',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		modes: [
			listMode('searchCampaigns', 'Select a campaign'),
			{
				displayName: 'By Key',
				name: 'key',
				type: 'string',
				placeholder: 'e.g. summer-sale',
				hint: 'The key given when the campaign was created',
			},
			idMode('campaign'),
		],
		...options,
	};
}

/** What the services take for a sender: '' for the only one, its id, or its number with `+`. */
export function readSender(parameters: ItemParameters, name = 'sender'): string {
	const { mode, value } = parameters.locator(name);
	if (value === '') return '';
	if (mode !== 'phone') return value;
	// Digits alone would be taken for an id.
	return /^\d+$/.test(value) && !value.startsWith('00') ? `+${value}` : value;
}

/** What the services take for a group: its id, or its shortcode. '' where none was chosen. */
export function readGroup(parameters: ItemParameters, name = 'group'): string {
	return parameters.locator(name).value;
}

/** @throws {InvalidInputError} where none was chosen, or the id is none. */
export function readId(parameters: ItemParameters, name: string): number {
	const { value } = parameters.locator(name);
	if (!/^[1-9]\d{0,15}$/.test(value)) {
		throw new InvalidInputError(
			value === ''
				? `No ${name} is chosen. Choose one, or give its ID.`
				: `"${value.slice(0, 40)}" is not the ID of a ${name}. IDs are whole numbers.`,
		);
	}
	return Number(value);
}

/** Campaigns are named by the key they were created with, which the list chooses too, or by id. @throws {InvalidInputError} where none was chosen. */
export function readCampaign(parameters: ItemParameters): string {
	const { mode, value } = parameters.locator('campaign');
	return mode === 'id' || value === '' ? String(readId(parameters, 'campaign')) : value;
}
