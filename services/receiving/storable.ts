import { createHash } from 'node:crypto';

import type { IncomingEvent } from '../../providers/provider';

/** PostgreSQL refuses a key of some 2,700 bytes in an index; ids of providers have at most some hundred characters. */
const LONGEST_ID = 300;

/** These are brought there where they are kept (domain/keptText.ts). */
const IS_KEPT = new Set(['text', 'profileName', 'description']);

/**
 * The same event with every id, type and name as both databases can hold it: PostgreSQL refuses NUL, half a surrogate pair and a key
 * without end, and one such must not cost the rest of a request. Texts are brought there where they are kept.
 */
export function storable<Event extends IncomingEvent>(event: Event): Event {
	const cleaned = Object.entries(event).map(([name, value]: [string, unknown]) => [
		name,
		IS_KEPT.has(name) ? value : stored(value, name === 'content' ? Infinity : LONGEST_ID),
	]);
	return Object.fromEntries(cleaned) as Event;
}

/** Contents are not deep: whoever reads them sees to it. */
function stored(value: unknown, longest: number): unknown {
	if (typeof value === 'string') return shortened(value.toWellFormed().replaceAll('\0', '\uFFFD'), longest);
	if (Array.isArray(value)) return value.map((each) => stored(each, longest));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, stored(each, longest)]));
}

/** Two long ones that differ stay two. */
function shortened(text: string, longest: number): string {
	if (text.length <= longest) return text;
	return `${text.slice(0, longest - 33).toWellFormed()}:${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
