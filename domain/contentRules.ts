import type { Channel } from './channel';
import type { MessageContent } from './content';
import { InvalidInputError } from './errors';

/** WhatsApp's own limit; an SMS of that length would be 27 parts, and providers refuse it sooner. */
export const LONGEST_TEXT = 4096;

/** @throws {InvalidInputError} for content that could be sent to nobody. */
export function assertSendable(content: MessageContent, channels: readonly Channel[]): void {
	if (content.type === 'template') {
		if (channels.includes('sms'))
			throw new InvalidInputError('A template can go out by WhatsApp only. Choose WhatsApp, or write a text.');
		if (content.name.trim() === '' || content.language.trim() === '')
			throw new InvalidInputError('The template needs its name and its language, e.g. de_AT.');
		return;
	}
	if (content.body.trim() === '') throw new InvalidInputError('The message has no text.');
	const length = [...content.body].length;
	if (length > LONGEST_TEXT)
		throw new InvalidInputError(`The text has ${length} characters; at most ${LONGEST_TEXT} can be sent. Shorten it.`);
}
