import { InvalidInputError } from './errors';
import { foldLetters } from './foldText';
import { isDisguisedStop, isHelpWord, isStartWord, isStopWord } from './keyword';

const SHORTCODE = /^\p{L}[\p{L}\p{N}]{0,19}$/u;
const SHORTCODE_CHARACTERS = 20;

/**
 * The form in which shortcodes are stored and compared: `News`, `NEWS` and `ＮＥＷＳ` are `news`, `Café` is `cafe`.
 * @throws {InvalidInputError} where nobody could write it after START.
 */
export function normaliseShortcode(text: string): string {
	const shown = text.slice(0, 40);
	const shortcode = foldLetters(text.slice(0, 200)).trim();
	if (!SHORTCODE.test(shortcode) || text.length > 200) {
		throw new InvalidInputError(
			`"${shown}" is not a shortcode. Use a letter followed by up to ${SHORTCODE_CHARACTERS - 1} letters or digits, without spaces, e.g. NEWS.`,
		);
	}
	// STOP ALL leaves everything.
	if (
		isStartWord(shortcode) ||
		isStopWord(shortcode) ||
		isDisguisedStop(shortcode) ||
		isHelpWord(shortcode) ||
		shortcode === 'all'
	) {
		throw new InvalidInputError(
			`"${shown}" cannot be a shortcode, because it is a word like START, STOP or HELP. Choose another, e.g. NEWS.`,
		);
	}
	return shortcode;
}
