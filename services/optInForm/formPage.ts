import { html, type Html, paragraphs } from '../shared/html';
import { type FieldError, fieldLabel, fieldName, type FormField, heldUnder } from './fields';
import { page, textsOf } from './page';
import { FIELD, type FormSettings } from './settings';
import { type FormTexts, LANGUAGE_NAMES } from './texts';

/** What the visitor has typed, kept when the page comes back with an error. */
export interface FormValues {
	phone: string;
	/** Values of the groups ticked. */
	groups: readonly string[];
	consent: boolean;
	/** By name. */
	fields: Readonly<Record<string, string>>;
}

export type FormError = 'phoneMissing' | 'phoneWrong' | 'phoneNotMobile' | 'countryNotAllowed' | 'consentMissing';

/** A group to tick. */
export interface GroupChoice {
	/** What the box sends. */
	value: string;
	label: string;
}

export interface FormView {
	values: FormValues;
	errors: readonly FormError[];
	/** By name of the field. */
	fieldErrors: Readonly<Record<string, FieldError>>;
	groups: readonly GroupChoice[];
	/** A mobile number as people of the default country write it; null where there is no country. */
	example: string | null;
}

export const EMPTY_FORM: FormValues = { phone: '', groups: [], consent: false, fields: {} };

/** The words of consent as the visitor reads them: the company's, or the form's own. */
export function consentText(settings: FormSettings): string {
	const texts = textsOf(settings);
	return settings.consentText.trim() || (settings.consentCoversSms ? texts.consentWithSms : texts.consent);
}

export function formPage(settings: FormSettings, view: FormView): string {
	const texts = textsOf(settings);
	const title = settings.title.trim() || texts.title;
	const firstWrong = whereWrong(settings, view);
	return page(settings, {
		title: firstWrong === null ? title : `${texts.problem}: ${title}`,
		body: html`<h1>${title}</h1>
<div class="soft">${paragraphs(settings.text.trim() || texts.introduction)}</div>
<form method="post" action="" accept-charset="utf-8" novalidate>
${phoneField(texts, view)}
${settings.fields.map((field, index) => furtherField(settings, view, field, { id: `field-${index}`, focus: firstWrong === fieldName(field) }))}
${groupBoxes(settings, view)}
${consentField(settings, view, firstWrong === FIELD.consent)}
<div class="trap" aria-hidden="true"><label>${texts.trap}<input name="${FIELD.trap}" tabindex="-1" autocomplete="off"></label></div>
<button class="button" type="submit">${settings.button.trim() || texts.button}</button>
</form>
${privacyLink(settings, texts)}`,
	});
}

/** The name of the first field to correct, where the cursor goes; null: all is well. */
function whereWrong({ fields }: FormSettings, { errors, fieldErrors }: FormView): string | null {
	if (errors.some((error) => error !== 'consentMissing')) return FIELD.phone;
	return (
		fields.map(fieldName).find((name) => Object.hasOwn(fieldErrors, name)) ?? (errors.length > 0 ? FIELD.consent : null)
	);
}

function phoneField(texts: FormTexts, { values, errors, example }: FormView): Html {
	const wrong = errors.find((error) => error !== 'consentMissing') ?? null;
	return html`<div class="field">
<label class="label" for="phone">${texts.phone}</label>
<p class="hint" id="phone-hint">${example === null ? texts.anyCountry : texts.example(example)}</p>
<input id="phone" class="number-field" name="${FIELD.phone}" type="tel" inputmode="tel" autocomplete="tel" maxlength="60" required value="${values.phone}" aria-describedby="phone-hint${wrong && ' phone-wrong'}"${wrong && html` aria-invalid="true" autofocus`}>
${wrong && html`<p class="wrong" id="phone-wrong" role="alert">${texts[wrong]}</p>`}
</div>`;
}

const AUTOCOMPLETE: Partial<Record<FormField['type'], string>> = { name: 'name', email: 'email', language: 'language' };

function furtherField(
	settings: FormSettings,
	{ values, fieldErrors }: FormView,
	field: FormField,
	{ id, focus }: { id: string; focus: boolean },
): Html {
	const texts = textsOf(settings);
	const name = fieldName(field);
	const wrong = heldUnder(fieldErrors, name);
	const value = heldUnder(values.fields, name) ?? (field.type === 'language' ? settings.language : '');
	const common = html`id="${id}" name="${name}" autocomplete="${AUTOCOMPLETE[field.type] ?? 'off'}"${field.required && html` required`}${wrong !== undefined && html` aria-invalid="true" aria-describedby="${id}-wrong"`}${focus && html` autofocus`}`;
	return html`<div class="field">
<label class="label" for="${id}">${fieldLabel(field, texts)}${!field.required && html` <span class="optional">${texts.optional}</span>`}</label>
${inputOf(field, common, value, texts)}
${wrong !== undefined && html`<p class="wrong" id="${id}-wrong" role="alert">${texts[wrong]}</p>`}
</div>`;
}

function inputOf(field: FormField, common: Html, value: string, texts: FormTexts): Html {
	if (field.type === 'choice') return select(common, ['', ...field.choices], value, (choice) => choice || texts.choose);
	if (field.type === 'language')
		return select(
			common,
			Object.keys(LANGUAGE_NAMES),
			value,
			(language) => LANGUAGE_NAMES[language as keyof typeof LANGUAGE_NAMES],
		);
	const type = field.type === 'email' || field.type === 'date' ? field.type : 'text';
	return html`<input ${common} type="${type}" maxlength="300" value="${value}">`;
}

function select(common: Html, options: readonly string[], value: string, labelOf: (option: string) => string): Html {
	return html`<select ${common}>${options.map((option) => html`<option value="${option}"${option === value && html` selected`}>${labelOf(option)}</option>`)}</select>`;
}

function groupBoxes(settings: FormSettings, { values, groups }: FormView): Html | null {
	const boxes = groups.map(({ value, label }) =>
		tick({ name: FIELD.group, value }, html`${label}`, values.groups.includes(value), null),
	);
	if (boxes.length === 0) return null;
	// One box says itself what it is for.
	return boxes.length === 1 && settings.groups.length === 0
		? html`${boxes}`
		: html`<fieldset class="field groups"><legend class="label">${textsOf(settings).groups}</legend>${boxes}</fieldset>`;
}

function consentField(settings: FormSettings, { values, errors }: FormView, focus: boolean): Html {
	const wrong = errors.includes('consentMissing') ? textsOf(settings).consentMissing : null;
	return tick({ name: FIELD.consent, value: 'yes' }, html`${consentText(settings)}`, values.consent, wrong, focus);
}

function tick(
	{ name, value }: { name: string; value: string },
	label: Html,
	ticked: boolean,
	wrong: string | null,
	focus = false,
): Html {
	return html`<div class="field">
<label class="tick"><input name="${name}" type="checkbox" value="${value}"${ticked && html` checked`}${wrong !== null && html` aria-invalid="true" aria-describedby="${name}-wrong"`}${wrong !== null && focus && html` autofocus`}><span>${label}</span></label>
${wrong !== null && html`<p class="wrong" id="${name}-wrong" role="alert">${wrong}</p>`}
</div>`;
}

/** Only a web address may stand in a link: `javascript:` and the like are left out. */
function privacyLink(settings: FormSettings, texts: FormTexts): Html | null {
	if (!/^https?:\/\/[^\s]+$/i.test(settings.privacyUrl)) return null;
	return html`<p class="privacy"><a href="${settings.privacyUrl}" target="_blank" rel="noopener noreferrer">${texts.privacy}</a></p>`;
}
