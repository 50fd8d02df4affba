/** What a person typed about themselves on a form, beside the number. It waits with the invitation until they register. */
export interface PersonFields {
	name?: string;
	language?: string;
	/** Custom fields of the contact. */
	fields?: Record<string, string>;
}

/** Of each value a person types: enough for a name or an address, too little to fill a database with. */
export const FIELD_CHARACTERS = 300;
export const MOST_FIELDS = 20;
const NAME_CHARACTERS = 60;

/** The same with every part cut to its bounds; null where nothing is left. Names and values come from outside. */
export function boundedFields({ name, language, fields = {} }: PersonFields): PersonFields | null {
	const custom = Object.entries(fields)
		.map(([key, value]): [string, string] => [key.trim().slice(0, NAME_CHARACTERS), clean(value)])
		.filter(([key, value]) => key !== '' && key !== '__proto__' && value !== '')
		.slice(0, MOST_FIELDS);
	const bounded: PersonFields = {
		...(nameIn(name ?? '') !== '' && { name: nameIn(name ?? '') }),
		...(clean(language ?? '') !== '' && { language: clean(language ?? '').slice(0, 20) }),
		...(custom.length > 0 && { fields: Object.fromEntries(custom) }),
	};
	return Object.keys(bounded).length === 0 ? null : bounded;
}

const LINK =
	/:\/\/|\bwww\.|[\p{L}\d]\.\p{L}{2,}(?:[/?#:]|$)|\p{L}{2,}\.(?:com|net|org|info|io|me|ly|biz|xyz|top|site|shop|link|click)\b|@/iu;

/** A campaign greets people by their name: one that holds a link is none. */
function nameIn(text: string): string {
	const name = clean(text);
	return LINK.test(name) ? '' : name;
}

/** One line, without what no database and no mail holds. */
function clean(text: string): string {
	return text
		.slice(0, FIELD_CHARACTERS)
		.replace(/[\p{Cc}\p{Surrogate}]+/gu, ' ')
		.trim();
}
