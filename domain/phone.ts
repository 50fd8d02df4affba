import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';

import { InvalidInputError } from './errors';

export interface NormalisedPhone {
	/** E.164 with `+`. */
	phone: string;
	/** ISO 3166 alpha-2; null for numbers of no country (satellite, international toll-free). */
	country: string | null;
	/** False only where the numbering plan says that it is no mobile (a landline, a premium number). */
	isPossibleMobile: boolean;
}

/** What a phone number can be typed as: longer input is refused unread, so that no input costs more than it is worth. */
const MOST_CHARACTERS = 60;
const SCIENTIFIC = /^[+]?\d(?:[.,]\d+)?\s*e\s*[+]?\d{1,3}$/i;
const MOBILE_TYPES = new Set(['MOBILE', 'FIXED_LINE_OR_MOBILE', 'PERSONAL_NUMBER', 'PAGER', 'UAN']);

/**
 * Reads a number as a person types it: `333 1234567`, `+39 333…`, `0039…`, `(0664) 123-4567`.
 * @param country ISO 3166 alpha-2, for numbers typed without a country prefix.
 * @throws {InvalidInputError} with a sentence for the person at the keyboard; it shows at most the last two digits.
 */
export function normalisePhone(text: string, country: string): NormalisedPhone {
	const parsed = parseExisting(text, country);
	const type = parsed.getType();
	return {
		phone: parsed.number,
		country: parsed.country ?? null,
		isPossibleMobile: type === undefined || MOBILE_TYPES.has(type),
	};
}

/** As normalisePhone, the E.164 number alone: a fifth faster, for lists of a million. */
export function phoneOf(text: string, country: string): string {
	return parseExisting(text, country).number;
}

function parseExisting(text: string, country: string) {
	const typed = text
		.slice(0, MOST_CHARACTERS + 1)
		.normalize('NFKC')
		.replace(/\p{Cf}/gu, '')
		.trim()
		.replace(/^tel:/i, '');
	if (typed === '') throw new InvalidInputError('The phone number is empty.');
	if (text.length > MOST_CHARACTERS)
		throw new InvalidInputError(
			`A phone number has at most ${MOST_CHARACTERS} characters; this text has ${text.length}.`,
		);
	if (SCIENTIFIC.test(typed)) {
		throw new InvalidInputError(
			'The phone number is in scientific notation (such as 3.93E+11): a spreadsheet has rounded it and its last digits are lost. Format that column as text and enter the number again.',
		);
	}
	const upperCountry = country.trim().toUpperCase();
	if (!isSupportedCountry(upperCountry)) {
		throw new InvalidInputError(`"${country.slice(0, 20)}" is not a country code. Use two letters, e.g. IT, AT or DE.`);
	}
	const parsed = parsePhoneNumberFromString(withPlus(typed), { defaultCountry: upperCountry, extract: false });
	// Of a number that is valid the type is known in nearly all countries: one look at the numbering plan instead of two.
	const type = parsed?.getType();
	if (!parsed || parsed.ext !== undefined || (type === undefined && !parsed.isValid())) {
		throw new InvalidInputError(
			`"${maskPhone(typed)}" is not a phone number that exists in ${parsed?.country ?? upperCountry}. Check the digits, or type it with its country prefix, e.g. +39 333 1234567.`,
		);
	}
	return parsed;
}

/** 00 is the international prefix in every country we serve; libphonenumber knows it only for the default country. */
function withPlus(typed: string): string {
	return typed.replace(/^\+?\s*00\s*/, '+');
}

/** `+39…67`: enough to recognise a number one knows, not enough to learn one. */
export function maskPhone(phone: string): string {
	const digits = phone.replace(/\D/g, '');
	if (digits.length < 6) return '…';
	return `${phone.startsWith('+') ? `+${digits.slice(0, 2)}` : ''}…${digits.slice(-2)}`;
}

/** ISO 3166 alpha-2 of an E.164 number, null where it cannot be told. */
export function countryOfPhone(phone: string): string | null {
	return parsePhoneNumberFromString(phone)?.country ?? null;
}
