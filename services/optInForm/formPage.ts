import { html, type Html, paragraphs } from '../html';
import { page, textsOf } from './page';
import { FIELD, type FormSettings } from './settings';
import type { FormTexts } from './texts';

/** What the visitor has typed, kept when the page comes back with an error. */
export interface FormValues {
	phone: string;
	group: boolean;
	consent: boolean;
}

export type FormError = 'phoneMissing' | 'phoneWrong' | 'phoneNotMobile' | 'consentMissing';

export interface FormView {
	values: FormValues;
	errors: readonly FormError[];
	/** A mobile number as people of the default country write it; null where there is no country. */
	example: string | null;
}

export const EMPTY_FORM: FormValues = { phone: '', group: false, consent: false };

/** The words of consent as the visitor reads them: the company's, or the form's own. */
export function consentText(settings: FormSettings): string {
	const texts = textsOf(settings);
	return settings.consentText.trim() || (settings.consentCoversSms ? texts.consentWithSms : texts.consent);
}

export function formPage(settings: FormSettings, view: FormView): string {
	const texts = textsOf(settings);
	const title = settings.title.trim() || texts.title;
	const problem = view.errors.length > 0;
	return page(settings, {
		title: problem ? `${texts.problem}: ${title}` : title,
		body: html`<h1>${title}</h1>
<div class="soft">${paragraphs(settings.text.trim() || texts.introduction)}</div>
<form method="post" action="" accept-charset="utf-8" novalidate>
${phoneField(texts, view)}
${settings.group !== '' && settings.groupQuestion.trim() !== '' && tick(FIELD.group, html`${settings.groupQuestion.trim()}`, view.values.group, null)}
${consentField(settings, view)}
<div class="trap" aria-hidden="true"><label>${texts.trap}<input name="${FIELD.trap}" tabindex="-1" autocomplete="off"></label></div>
<button class="button" type="submit">${settings.button.trim() || texts.button}</button>
</form>
${privacyLink(settings, texts)}`,
	});
}

function phoneField(texts: FormTexts, { values, errors, example }: FormView): Html {
	const wrong = errors.find((error) => error !== 'consentMissing') ?? null;
	return html`<div class="field">
<label class="label" for="phone">${texts.phone}</label>
<p class="hint" id="phone-hint">${example === null ? texts.anyCountry : texts.example(example)}</p>
<input id="phone" name="${FIELD.phone}" type="tel" inputmode="tel" autocomplete="tel" maxlength="60" required value="${values.phone}" aria-describedby="phone-hint${wrong && ' phone-wrong'}"${wrong && html` aria-invalid="true" autofocus`}>
${wrong && html`<p class="wrong" id="phone-wrong" role="alert">${texts[wrong]}</p>`}
</div>`;
}

function consentField(settings: FormSettings, { values, errors }: FormView): Html {
	const wrong = errors.includes('consentMissing') ? textsOf(settings).consentMissing : null;
	return tick(FIELD.consent, html`${consentText(settings)}`, values.consent, wrong, errors.length === 1);
}

function tick(name: string, label: Html, ticked: boolean, wrong: string | null, focus = false): Html {
	return html`<div class="field">
<label class="tick"><input name="${name}" type="checkbox" value="yes"${ticked && html` checked`}${wrong !== null && html` aria-invalid="true" aria-describedby="${name}-wrong"`}${wrong !== null && focus && html` autofocus`}><span>${label}</span></label>
${wrong !== null && html`<p class="wrong" id="${name}-wrong" role="alert">${wrong}</p>`}
</div>`;
}

/** Only a web address may stand in a link: `javascript:` and the like are left out. */
function privacyLink(settings: FormSettings, texts: FormTexts): Html | null {
	if (!/^https?:\/\/[^\s]+$/i.test(settings.privacyUrl)) return null;
	return html`<p class="privacy"><a href="${settings.privacyUrl}" target="_blank" rel="noopener noreferrer">${texts.privacy}</a></p>`;
}
