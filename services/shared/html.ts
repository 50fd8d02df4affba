const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
	'`': '&#96;',
};

/** Control characters but tab and line feed: no text needs them, and some readers stumble over them. */
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Makes any text safe inside an element and inside a quoted attribute. */
export function escapeHtml(text: string): string {
	return text
		.replace(/\p{Cs}/gu, '\ufffd')
		.replace(CONTROL_CHARACTERS, '')
		.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}

/** Markup that is safe already. Made by `html`, so that a forgotten escape is a value that cannot be written down. */
export class Html {
	constructor(readonly text: string) {}
}

export type HtmlValue = string | number | Html | readonly Html[] | null | false;

/** Markup with values: each is escaped, except what `html` has made; null and false are left out. */
export function html(markup: TemplateStringsArray, ...values: HtmlValue[]): Html {
	return new Html(markup.map((part, index) => part + write(values[index] ?? null)).join(''));
}

function write(value: HtmlValue): string {
	if (value === null || value === false) return '';
	if (value instanceof Html) return value.text;
	if (typeof value === 'object') return value.map(({ text }) => text).join('');
	return escapeHtml(String(value));
}

/** A text typed by a person: empty lines part paragraphs, other line ends are kept. */
export function paragraphs(text: string): readonly Html[] {
	return text
		.split(/\r?\n\s*\n/)
		.filter((paragraph) => paragraph.trim() !== '')
		.map((paragraph) => html`<p>${lines(paragraph.trim())}</p>`);
}

function lines(paragraph: string): readonly Html[] {
	return paragraph.split(/\r?\n/).map((line, index) => (index === 0 ? html`${line}` : html`<br>${line}`));
}
