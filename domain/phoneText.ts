import { InvalidInputError } from './errors';

/** What a phone number can be typed as: longer input is refused unread, so that no input costs more than it is worth. */
const MOST_CHARACTERS = 60;
/** What tables and data tools make of a number: `393331239001.0`, `(+39) 333 1234567`. */
const ZEROS_BEHIND = /^(\+?\d{7,15})[.,]0{1,6}$/;
const PREFIX_IN_BRACKETS = /^\(\s*(\+|00)\s*(\d{1,4})\s*\)/;
/** What stands before a number in links and in other programs: Twilio's `whatsapp:+39…`, RFC 3966's `tel:`, Meta's `p:`. */
const SCHEME = /^(?:tel|p|phone|whatsapp|sms|smsto|mms|callto)\s*:\s*(?:\/\/)?\s*/i;
/** WhatsApp's own ids and links hold the whole number, with its country prefix and without a plus (faq.whatsapp.com/5913398998672934). */
const WHATSAPP_ADDRESS = /^\+?(\d{7,15})(?::\d{1,3})?@(?:c\.us|s\.whatsapp\.net)$/i;
const WHATSAPP_LINK =
	/^(?:(?:https?:\/\/)?(?:www\.)?(?:wa\.me\/|(?:api|web)\.whatsapp\.com\/send\/?\?phone=)|whatsapp:\/\/send\/?\?phone=)(?:\+|%2B)?(\d{7,15})(?:[/?&].*)?$/i;
const WHATSAPP_ID_OF_NO_NUMBER = /@(?:lid|g\.us|newsletter|broadcast)$/i;
const SCIENTIFIC = /^[+]?\d(?:[.,]\d+)?\s*e\s*[+]?\d{1,3}$/i;
/** Behind a number that is whole already: other decimals, an extension. */
const STRAY_TAIL = /^\+?\d{7,15}\s*([.,]\d{1,6}|[-/]\s*\d{1,3})$/;
const EXTENSION_WORD =
	/\d[\s,;.()]*(?:(?:;?ext|extension|x|dw|durchwahl|kl|klappe|int|interno|poste|ramal|toestel)[\s.:=]*|[#*]\s*)(\d{1,6})$/i;
/** Google Contacts puts ` ::: ` between the numbers of a person. */
const BETWEEN_NUMBERS = /\s*(?::::|[,;|\n\r\t]|\b(?:or|oder|o|ou|of|e|y|et|en|and|und)\b)\s*/i;
const TWO_NUMBERS = /\d(?:[\s().-]*\d){6,}\s*\/\s*\+?\(?\d(?:[\s().-]*\d){6,}/;
const FEWEST_DIGITS = 7;
/** Where numbers have no fixed length, 2026-05-03 would be one. */
const DATE =
	/^(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?:[ T].*)?|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:19|20)\d\d)$/;

/**
 * The numbers in a text that is meant for one, without what programs and people write around them. More than one only where a
 * program has put several together.
 * @throws {InvalidInputError} where it cannot be one.
 */
export function numbersIn(text: string): string[] {
	const typed = text
		.slice(0, MOST_CHARACTERS + 1)
		.normalize('NFKC')
		.replace(/\p{Cf}/gu, '')
		.replace(/\p{Pd}|\u2212/gu, '-')
		.trim();
	if (typed === '') throw new InvalidInputError('The phone number is empty.');
	if (text.length > MOST_CHARACTERS)
		throw new InvalidInputError(
			`A phone number has at most ${MOST_CHARACTERS} characters; this text has ${text.length}.`,
		);
	if (WHATSAPP_ID_OF_NO_NUMBER.test(typed))
		throw new InvalidInputError(
			'This is how WhatsApp names a group, a list, or somebody whose number it hides, and no phone number.',
		);
	if (DATE.test(typed))
		throw new InvalidInputError(
			'This is a date, and no phone number. Format that column as text and enter the number again.',
		);
	const parts = typed.split(BETWEEN_NUMBERS).filter((part) => part.replace(/\D/g, '').length >= FEWEST_DIGITS);
	return (parts.length > 1 ? parts : [typed]).map(numberAlone);
}

function numberAlone(text: string): string {
	const typed = text
		.replace(/^["'`’=]+|["'`’,;|]+$/g, '')
		.trim()
		.replace(WHATSAPP_ADDRESS, '+$1')
		.replace(WHATSAPP_LINK, '+$1')
		.replace(SCHEME, '')
		.replace(/^\+[\s+]*\+/, '+')
		.replace(PREFIX_IN_BRACKETS, '$1$2')
		.replace(ZEROS_BEHIND, '$1');
	if (SCIENTIFIC.test(typed)) {
		throw new InvalidInputError(
			'The phone number is in scientific notation (such as 3.93E+11): a spreadsheet has rounded it and its last digits are lost. Format that column as text and enter the number again.',
		);
	}
	const tail = (STRAY_TAIL.exec(typed) ?? EXTENSION_WORD.exec(typed))?.[1];
	if (tail !== undefined) throw withTail(tail);
	if (TWO_NUMBERS.test(typed)) throw twoNumbers();
	return typed;
}

export function twoNumbers(): InvalidInputError {
	return new InvalidInputError('These are two phone numbers. Enter one of them.');
}

export function withTail(tail: string): InvalidInputError {
	return new InvalidInputError(
		`The phone number ends in "${tail}", which is no part of a number: a spreadsheet's decimals, or an extension. Enter the number alone.`,
	);
}

const LAST_GROUP = /^(.*?(\d+)\)?)(\s*[-/.,]\s*|\s+)(\d{1,4})$/;

/** A last group, which can be an extension or decimals: where numbers have no fixed length, it would make another, longer one. */
export interface Tail {
	head: string;
	/** As it stands there, with what is before it. */
	text: string;
	/** Otherwise it is like the groups before it. */
	standsApart: boolean;
	/** What is before it need be no mobile number to be a whole one. */
	isDecimal: boolean;
}

export function tailOf(typed: string): Tail | null {
	const [, head = '', before = '', separator = '', tail = ''] = LAST_GROUP.exec(typed) ?? [];
	if (head === '') return null;
	const sign = separator.trim();
	const isLone = tail.length === 1;
	return {
		head,
		text: sign + tail,
		standsApart: isLone || (sign !== '' && (before.length >= 5 || !head.slice(0, -before.length).includes(sign))),
		isDecimal: isLone && (sign === '.' || sign === ','),
	};
}
