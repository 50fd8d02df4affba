import type { IncomingEvent } from '../../providers/provider';

/**
 * The same event with every id, type and name as both databases can hold it: PostgreSQL refuses NUL and half a surrogate pair, and one
 * such character must not cost the rest of a request. Texts and contents are brought there where they are kept.
 */
export function storable<Event extends IncomingEvent>(event: Event): Event {
	const cleaned = Object.entries(event).map(([name, value]: [string, unknown]) => [
		name,
		name === 'sender' || name === 'from' ? ofStrings(value as object) : IS_KEPT.has(name) ? value : stored(value),
	]);
	return Object.fromEntries(cleaned) as Event;
}

/** These are brought there where they are kept (domain/keptText.ts). */
const IS_KEPT = new Set(['text', 'profileName', 'description']);

const ofStrings = (part: object): object =>
	Object.fromEntries(Object.entries(part).map(([name, value]: [string, unknown]) => [name, stored(value)]));

function stored(value: unknown): unknown {
	return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value;
}
