/** Crockford's base 32: no i, l, o, u, so that no code reads as another or as a word. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const CODE = /^[0-9][0-9a-hjkmnp-tv-z]{6}$/;

export const INVITATION_CODE_BYTES = 7;

/**
 * The seven characters of an invitation, e.g. `4k7q2mx`. The first is a digit and a shortcode begins with a letter,
 * so the two are never taken for each other.
 * @param randomBytes INVITATION_CODE_BYTES bytes of a cryptographic source.
 */
export function newInvitationCode(randomBytes: Uint8Array): string {
	const characters = Array.from(
		randomBytes.subarray(0, INVITATION_CODE_BYTES),
		(byte, index) => ALPHABET[index === 0 ? byte % 10 : byte % 32],
	);
	if (characters.length < INVITATION_CODE_BYTES)
		throw new RangeError(`An invitation code needs ${INVITATION_CODE_BYTES} random bytes.`);
	return characters.join('');
}

/** The code in a word that somebody typed or copied, null where it is none. Reads o as 0, i and l as 1, as Crockford does. */
export function readInvitationCode(word: string): string | null {
	if (word.length !== 7) return null;
	const code = word.toLowerCase().replaceAll('o', '0').replace(/[il]/g, '1');
	return /^[0-9]/.test(word) && CODE.test(code) ? code : null;
}
