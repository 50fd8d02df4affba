import { dutch } from './languages/dutch';
import { english } from './languages/english';
import { french } from './languages/french';
import { german } from './languages/german';
import { italian } from './languages/italian';
import { portuguese } from './languages/portuguese';
import { spanish } from './languages/spanish';

export type FormLanguage = 'en' | 'it' | 'de' | 'fr' | 'es' | 'pt' | 'nl';

/** Every word the visitor reads that the company has not written itself. */
export interface FormTexts {
	title: string;
	introduction: string;
	phone: string;
	example: (number: string) => string;
	anyCountry: string;
	consent: string;
	consentWithSms: string;
	privacy: string;
	button: string;
	trap: string;
	problem: string;
	/** Behind the label of a field that may stay empty. */
	optional: string;
	/** Labels of the fields that the form knows itself. */
	name: string;
	email: string;
	language: string;
	/** Above the groups to tick. */
	groups: string;
	choose: string;
	phoneMissing: string;
	phoneWrong: string;
	phoneNotMobile: string;
	countryNotAllowed: string;
	fieldMissing: string;
	emailWrong: string;
	dateWrong: string;
	choiceWrong: string;
	consentMissing: string;
	lastStep: string;
	lastStepText: string;
	openWhatsApp: string;
	orWrite: (text: string) => string;
	scan: string;
	qrCode: string;
	whatNext: string;
	next: readonly string[];
	tryAgain: string;
	unavailable: string;
	back: string;
	tooMany: string;
	tooManyText: string;
	wrongFormat: string;
	notReady: string;
	notReadyText: string;
}

export const FORM_TEXTS: Record<FormLanguage, FormTexts> = {
	en: english,
	it: italian,
	de: german,
	fr: french,
	es: spanish,
	pt: portuguese,
	nl: dutch,
};

/** Each language by its own name, for whoever chooses one. */
export const LANGUAGE_NAMES: Record<FormLanguage, string> = {
	en: 'English',
	it: 'Italiano',
	de: 'Deutsch',
	fr: 'Français',
	es: 'Español',
	pt: 'Português',
	nl: 'Nederlands',
};

export function isFormLanguage(text: string): text is FormLanguage {
	return Object.hasOwn(FORM_TEXTS, text);
}

/** Of what a browser says it prefers (RFC 9110, Accept-Language) the first that the form speaks; English where it speaks none. */
export function preferredLanguage(accepted: string): FormLanguage {
	const wanted = accepted
		.slice(0, 1_000)
		.split(',')
		.map((range, index) => {
			const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
			const weight = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find((each) => each !== undefined);
			return { language: tag.split('-')[0] ?? '', weight: weight === undefined ? 1 : Number(weight), index };
		})
		.filter(({ weight }) => weight > 0)
		.sort((one, other) => other.weight - one.weight || one.index - other.index);
	return wanted.map(({ language }) => language).find(isFormLanguage) ?? 'en';
}
