/** A longer text is cut: it is evidence, not correspondence. */
const TEXT_CHARACTERS_KEPT = 4_096;

/** As both databases can hold it: PostgreSQL holds no NUL, and half a surrogate pair is no text. */
export function keptText(text: string | null, characters = TEXT_CHARACTERS_KEPT): string | null {
	return text === null
		? null
		: text
				.slice(0, characters)
				.replaceAll('\0', '')
				.replace(/\p{Surrogate}/gu, '\ufffd');
}
