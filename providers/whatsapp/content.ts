import type { MessageContent } from '../../domain/content';

/**
 * A message as WhatsApp's own API writes it. LINK Mobility passes the same object through.
 * A link in the text gets its preview.
 */
export function toWhatsAppContent(content: MessageContent) {
	if (content.type === 'text') {
		const preview = /https?:\/\//i.test(content.body) ? { preview_url: true } : {};
		return { type: 'text', text: { body: content.body, ...preview } };
	}
	const parameters = content.bodyParameters.map((text) => ({ type: 'text', text }));
	const components = parameters.length === 0 ? {} : { components: [{ type: 'body', parameters }] };
	return { type: 'template', template: { name: content.name, language: { code: content.language }, ...components } };
}

/** Characters a WhatsApp text may have, as Meta documents the body of a text message. */
export const longestWhatsAppText = 4096;

export function isTooLongForWhatsApp(content: MessageContent): boolean {
	return content.type === 'text' && [...content.body].length > longestWhatsAppText;
}
