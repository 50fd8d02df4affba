/** What a message says. `body` and template parameters may hold `{{field}}` until a message is rendered for one person. */
export type MessageContent = TextContent | TemplateContent;

export interface TextContent {
	type: 'text';
	body: string;
}

/** A template approved by WhatsApp: the only content allowed outside the 24-hour window. */
export interface TemplateContent {
	type: 'template';
	name: string;
	/** As WhatsApp writes it, e.g. `de_AT`. */
	language: string;
	/** Values of the body's positional parameters, in order. */
	bodyParameters: string[];
}
