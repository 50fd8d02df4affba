import { isObject, textOf } from './providerRequest';
import type { JsonObject } from './providerRequest';

/** What Meta refuses about a message, with its error code. */
export class MetaContentError extends Error {
	override readonly name = 'MetaContentError';

	constructor(
		readonly code: number,
		message: string,
	) {
		super(message);
	}
}

export interface ReadableContent {
	/** As the phone shows it. */
	text: string;
	isTemplate: boolean;
}

const mediaTypes = new Set(['image', 'video', 'audio', 'document', 'sticker']);

/** Checks a message's content as the Cloud API does. @throws {MetaContentError} */
export function metaContent(body: JsonObject): ReadableContent {
	const type = textOf(body['type']) ?? 'text';
	const part = body[type];
	if (!isObject(part)) throw new MetaContentError(131008, `Required parameter is missing: ${type}.`);
	if (type === 'text') return { text: textBody(part), isTemplate: false };
	if (type === 'template') return { text: templateText(part), isTemplate: true };
	if (mediaTypes.has(type)) return { text: mediaText(type, part), isTemplate: false };
	if (type === 'interactive') return { text: interactiveText(part), isTemplate: false };
	if (type === 'reaction') return { text: `[reaction] ${textOf(part['emoji']) ?? 'removed'}`, isTemplate: false };
	throw new MetaContentError(
		100,
		`Param type must be one of {AUDIO, DOCUMENT, IMAGE, INTERACTIVE, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got "${type}".`,
	);
}

function textBody(part: JsonObject): string {
	const text = textOf(part['body']);
	if (text === undefined) throw new MetaContentError(131008, "Required parameter is missing: text['body'].");
	if (text.length > 4_096) throw new MetaContentError(100, "Param text['body'] must be at most 4096 characters long.");
	return text;
}

function templateText(part: JsonObject): string {
	const name = textOf(part['name']);
	const language = isObject(part['language']) ? textOf(part['language']['code']) : undefined;
	if (name === undefined) throw new MetaContentError(131008, "Required parameter is missing: template['name'].");
	if (language === undefined)
		throw new MetaContentError(131008, "Required parameter is missing: template['language']['code'].");
	const components = Array.isArray(part['components']) ? part['components'].filter(isObject) : [];
	const values = components
		.filter((component) => component['type'] === 'body')
		.flatMap((component) => (Array.isArray(component['parameters']) ? component['parameters'].filter(isObject) : []))
		.map((parameter) => textOf(parameter['text']) ?? '…');
	return `[template ${name}, ${language}]${values.length === 0 ? '' : `\n${values.join('\n')}`}`;
}

function mediaText(type: string, part: JsonObject): string {
	const source = textOf(part['link']) ?? textOf(part['id']);
	if (source === undefined)
		throw new MetaContentError(131008, `Required parameter is missing: ${type}['link'] or ${type}['id'].`);
	return `[${type}] ${textOf(part['caption']) ?? ''} ${source}`.replace(/ {2,}/g, ' ');
}

function interactiveText(part: JsonObject): string {
	const text = isObject(part['body']) ? textOf(part['body']['text']) : undefined;
	if (text === undefined)
		throw new MetaContentError(131008, "Required parameter is missing: interactive['body']['text'].");
	return text;
}
