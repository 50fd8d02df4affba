/** What somebody typed to find a person: digits as they stand in E.164, where it looks like part of a number. */
export interface NumberSearch {
	digits: string;
	/** Typed with + or 00: the digits stand at the beginning. */
	fromStart: boolean;
}

const LOOKS_LIKE_NUMBER = /^\+?[\d\s().\-/]+$/;

/**
 * Reads part of a number as people type it: `333 123`, `+39 333…`, `0039333`, `(0664) 12`.
 * A leading 0 is a prefix that E.164 mostly leaves out, so the digits behind it are looked for.
 * @returns null for what is no part of a number.
 */
export function readNumberSearch(text: string): NumberSearch | null {
	const typed = text
		.normalize('NFKC')
		.replace(/\p{Cf}/gu, '')
		.trim();
	if (!LOOKS_LIKE_NUMBER.test(typed)) return null;
	const digits = typed.replace(/\D/g, '');
	const fromStart = typed.startsWith('+') || digits.startsWith('00');
	const kept = digits.startsWith('00') ? digits.slice(2) : digits.startsWith('0') ? digits.slice(1) : digits;
	return kept === '' ? null : { digits: kept, fromStart };
}
