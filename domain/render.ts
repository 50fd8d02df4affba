import type { MessageContent } from './content';

/** `{{ name }}`: a field of the person, by its name; letters, digits, spaces, dots, dashes and underscores of any script. */
const PLACEHOLDER = /\{\{\s*([\p{L}\p{N}_.\- ]+?)\s*\}\}/gu;

export type Fields = Record<string, string>;

export function hasPlaceholders(content: MessageContent): boolean {
	return textsOf(content).some((text) => text.search(PLACEHOLDER) >= 0);
}

/** Fills in the person's fields. Names are compared without case; a field the person does not have becomes nothing. */
export function render(content: MessageContent, fields: Fields): MessageContent {
	const values = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
	const fill = (text: string): string =>
		text.replace(PLACEHOLDER, (_, name: string) => values.get(name.toLowerCase()) ?? '');
	return content.type === 'text'
		? { ...content, body: fill(content.body) }
		: { ...content, bodyParameters: content.bodyParameters.map(fill) };
}

function textsOf(content: MessageContent): string[] {
	return content.type === 'text' ? [content.body] : content.bodyParameters;
}
