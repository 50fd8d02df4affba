import type { IDataObject } from 'n8n-workflow';

import { FORM_LIMITS } from '../../domain/invitationLimits';
import type { FieldType, FormField } from '../../services/optInForm/fields';
import type { FormSettings } from '../../services/optInForm/settings';
import { type FormLanguage, isFormLanguage, preferredLanguage } from '../../services/optInForm/texts';
import { readLimits } from '../shared/invitationLimits';
import { splitList } from '../shared/parameters';

/** What can read a node's parameters: the context of a webhook among others. */
export interface ParameterReader {
	getNodeParameter(name: string, fallback?: unknown): unknown;
}

/** What the visitor's request says about their language. */
export interface Preference {
	/** `?language=` of the form's address, for a company's page in that language. */
	asked: string;
	/** Accept-Language of the browser. */
	accepted: string;
}

/** The node's parameters as the form wants them. What an expression left undefined counts as empty. */
export function readFormSettings(node: ParameterReader, preference: Preference): FormSettings {
	const options = (node.getNodeParameter('options', {}) ?? {}) as IDataObject;
	const text = (name: string): string => textOf(node.getNodeParameter(name, ''));
	return {
		sender: senderOf(node.getNodeParameter('sender', '')),
		group: locatorOf(node.getNodeParameter('group', '')).value,
		groupQuestion: textOf(options.groupQuestion),
		groups: entriesOf(node.getNodeParameter('groups', {}), 'group').map((entry) => ({
			group: locatorOf(entry.group).value,
			label: textOf(entry.label),
		})),
		fields: entriesOf(node.getNodeParameter('fields', {}), 'field').map(fieldOf),
		language: languageOf(text('language'), preference),
		title: text('title'),
		text: text('text'),
		button: textOf(options.button),
		consentText: text('consentText'),
		consentVersion: text('consentVersion'),
		consentCoversSms: node.getNodeParameter('consentCoversSms', false) === true,
		privacyUrl: text('privacyUrl').trim(),
		country: textOf(options.country).trim().toUpperCase(),
		colour: textOf(options.colour).trim(),
		background: textOf(options.background).trim(),
		theme: options.theme === 'light' || options.theme === 'dark' ? options.theme : 'auto',
		layout: options.layout === 'plain' ? 'plain' : 'card',
		logo: textOf(options.logo).trim(),
		limits: readLimits(node.getNodeParameter('limits', {}), FORM_LIMITS),
		countries: textOf(options.countries),
	};
}

function languageOf(text: string, { asked, accepted }: Preference): FormLanguage {
	if (text !== 'auto') return isFormLanguage(text) ? text : 'en';
	const wanted = asked.toLowerCase();
	return isFormLanguage(wanted) ? wanted : preferredLanguage(accepted);
}

/** The entries of a fixed collection. */
function entriesOf(held: unknown, name: string): IDataObject[] {
	const list = typeof held === 'object' && held !== null ? (held as IDataObject)[name] : undefined;
	return Array.isArray(list)
		? (list as unknown[]).filter((entry): entry is IDataObject => typeof entry === 'object' && entry !== null)
		: [];
}

const TYPES = new Set<string>(['name', 'email', 'language', 'text', 'choice', 'date'] satisfies FieldType[]);

function fieldOf(entry: IDataObject): FormField {
	const type = textOf(entry.type);
	return {
		type: TYPES.has(type) ? (type as FieldType) : 'text',
		label: textOf(entry.label),
		name: textOf(entry.name),
		required: entry.required === true,
		choices: splitList(entry.choices),
	};
}

/** Digits alone would be taken for an id. */
function senderOf(held: unknown): string {
	const { mode, value } = locatorOf(held);
	return mode === 'phone' && /^\d+$/.test(value) && !value.startsWith('00') ? `+${value}` : value;
}

function locatorOf(held: unknown): { mode: string; value: string } {
	if (typeof held === 'object' && held !== null && 'value' in held) {
		return { mode: 'mode' in held ? textOf(held.mode) : '', value: textOf(held.value).trim() };
	}
	return { mode: '', value: textOf(held).trim() };
}

function textOf(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
