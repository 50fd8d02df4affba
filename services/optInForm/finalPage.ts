import { html, Html } from '../shared/html';
import { qrCodeSvg } from './qrCode';
import { page, textsOf } from './page';
import type { FormSettings } from './settings';

/** What the visitor needs for the last step. */
export interface FinalView {
	/** The company's WhatsApp number as people write it. */
	number: string;
	/** The click-to-chat link. */
	link: string;
	/** What the link types in, e.g. `START NEWS 4k7q2mx`. */
	text: string;
}

/** The same page for a number that is registered already: the form must not tell a stranger who is a customer. */
export function finalPage(settings: FormSettings, { number, link, text }: FinalView): string {
	const texts = textsOf(settings);
	return page(settings, {
		title: texts.lastStep,
		body: html`<h1>${texts.lastStep}</h1>
<p class="soft">${texts.lastStepText}</p>
<a class="button" href="${link}" target="_blank" rel="noopener noreferrer">${texts.openWhatsApp}</a>
<p class="or">${withWords(texts.orWrite, text)} <span class="number">${number}</span></p>
<div class="code">${new Html(qrCodeSvg(link, texts.qrCode))}<p class="hint">${texts.scan}</p></div>
<h2>${texts.whatNext}</h2>
<ol>${texts.next.map((step) => html`<li>${step}</li>`)}</ol>`,
	});
}

/** The sentence with the words to type made bold. */
function withWords(sentence: (words: string) => string, words: string): Html {
	const [before = '', after = ''] = sentence('\n').split('\n');
	return html`${before}<span class="words">${words}</span>${after}`;
}
