import type { IDataObject } from 'n8n-workflow';

import type { FormSettings } from '../../services/optInForm/settings';
import { FORM_TEXTS, type FormLanguage } from '../../services/optInForm/texts';

/** What can read a node's parameters: the context of a webhook among others. */
export interface ParameterReader {
	getNodeParameter(name: string, fallback?: unknown): unknown;
}

/** The node's parameters as the form wants them. What an expression left undefined counts as empty. */
export function readFormSettings(node: ParameterReader): FormSettings {
	const options = (node.getNodeParameter('options', {}) ?? {}) as IDataObject;
	const text = (name: string): string => textOf(node.getNodeParameter(name, ''));
	return {
		sender: senderOf(node.getNodeParameter('sender', '')),
		group: locatorOf(node.getNodeParameter('group', '')).value,
		groupQuestion: textOf(options.groupQuestion),
		language: languageOf(text('language')),
		title: text('title'),
		text: text('text'),
		button: textOf(options.button),
		consentText: text('consentText'),
		consentVersion: text('consentVersion'),
		consentCoversSms: node.getNodeParameter('consentCoversSms', false) === true,
		privacyUrl: text('privacyUrl').trim(),
		country: textOf(options.country).trim().toUpperCase(),
		colour: textOf(options.colour).trim(),
		logo: textOf(options.logo).trim(),
	};
}

function languageOf(text: string): FormLanguage {
	return text in FORM_TEXTS ? (text as FormLanguage) : 'en';
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
