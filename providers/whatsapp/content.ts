import type { MessageContent } from '../../domain/content';
import type { ProviderError } from '../provider';

/**
 * A message as WhatsApp's own API writes it. LINK Mobility passes the same object through.
 * A link in the text gets its preview.
 */
export function toWhatsAppContent(content: MessageContent) {
	if (content.type === 'text') {
		const preview = /https?:\/\//i.test(content.body) ? { preview_url: true } : {};
		return { type: 'text', text: { body: content.body, ...preview } };
	}
	const parameters = content.bodyParameters.map((text) => ({ type: 'text', text: inOneLine(text) }));
	const components = parameters.length === 0 ? {} : { components: [{ type: 'body', parameters }] };
	return { type: 'template', template: { name: content.name, language: { code: content.language }, ...components } };
}

/** WhatsApp refuses line breaks, tabs and more than four spaces in a value, and with it the message. */
const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Characters a WhatsApp text may have, as Meta documents the body of a text message. */
const longestWhatsAppText = 4096;

/** What WhatsApp would refuse in one person's message, so that nobody asks it to; null for nothing. */
export function faultOfContent(content: MessageContent): ProviderError | null {
	if (content.type === 'text') return [...content.body].length > longestWhatsAppText ? textTooLong : null;
	const empty = content.bodyParameters.findIndex((text) => inOneLine(text) === '');
	return empty === -1 ? null : valueMissing(empty + 1);
}

const textTooLong: ProviderError = {
	class: 'failed',
	code: 'text_too_long',
	message: `The text has more than ${longestWhatsAppText} characters, which is all that a WhatsApp message holds. Shorten it.`,
};

const valueMissing = (position: number): ProviderError => ({
	class: 'failed',
	code: 'value_missing',
	message: `The template's value ${position} is empty for this person, and WhatsApp takes no empty value. Fill it in, or give a default.`,
});
