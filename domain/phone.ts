import {
	type CountryCode,
	isSupportedCountry,
	parsePhoneNumberFromString,
	type PhoneNumber,
} from 'libphonenumber-js/max';

import { InvalidInputError } from './errors';
import { lineOf } from './line';
import { isWhatsAppUserId } from './whatsAppUserId';

export interface NormalisedPhone {
	/** E.164 with `+`: of the line, as it is dialled today. */
	phone: string;
	/** ISO 3166 alpha-2; null for numbers of no country (satellite, international toll-free). */
	country: string | null;
	/** False only where the numbering plan says that it is no mobile (a landline, a premium number). */
	isPossibleMobile: boolean;
}

/** What a phone number can be typed as: longer input is refused unread, so that no input costs more than it is worth. */
const MOST_CHARACTERS = 60;
/** What tables and data tools make of a number: `393331239001.0`, `(+39) 333 1234567`. */
const ZEROS_BEHIND = /^(\+?\d{7,15})[.,]0{1,6}$/;
const PREFIX_IN_BRACKETS = /^\(\s*(\+|00)\s*(\d{1,4})\s*\)/;
/** Behind a number that is whole already: other decimals, an extension. */
const STRAY_TAIL = /^\+?\d{7,15}\s*([.,]\d{1,6}|[-–/]\s*\d{1,3})$/;
const TWO_NUMBERS =
	/\d(?:[\s().-]*\d){6,}\s*(?:[,;/|]|\bor\b|\boder\b|\bo\b|\bou\b|\bof\b)\s*\+?\(?\d(?:[\s().-]*\d){6,}/i;
const SCIENTIFIC = /^[+]?\d(?:[.,]\d+)?\s*e\s*[+]?\d{1,3}$/i;
/** Personal numbers (+44 70, +49 700), pagers and company numbers cost their callers dearly and take no SMS. */
const MOBILE_TYPES = new Set(['MOBILE', 'FIXED_LINE_OR_MOBILE']);

/**
 * Reads a number as a person types it: `333 1234567`, `+39 333…`, `0039…`, `(0664) 123-4567`.
 * @param country ISO 3166 alpha-2, for numbers typed without a country prefix.
 * @throws {InvalidInputError} with a sentence for the person at the keyboard; it shows at most the last two digits.
 */
export function normalisePhone(text: string, country: string): NormalisedPhone {
	if (isWhatsAppUserId(text.trim()))
		throw new InvalidInputError(
			`"${text.trim().slice(0, 6)}…" is a WhatsApp user id, and here a phone number is needed.`,
		);
	const parsed = parseExisting(text, country);
	const type = parsed.getType();
	return {
		phone: parsed.number,
		country: parsed.country ?? null,
		isPossibleMobile: type === undefined || MOBILE_TYPES.has(type),
	};
}

export function isPhone(text: string, country: string): boolean {
	try {
		parseExisting(text, country);
		return true;
	} catch {
		return false;
	}
}

/** The line of a whole international number, whether or not a numbering plan knows it; null for anything else. */
export function writtenOut(text: string): string | null {
	const digits = text.replace(/[\s().\-/]|^tel:/g, '').replace(/^00/, '+');
	return /^\+[1-9]\d{6,14}$/.test(digits) ? lineOf(digits) : null;
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
		.replace(/^["'`’=]+|["'`’]+$/g, '')
		.replace(/^(?:tel|p):/i, '')
		.replace(PREFIX_IN_BRACKETS, '$1$2')
		.replace(ZEROS_BEHIND, '$1');
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
	const tail = STRAY_TAIL.exec(typed)?.[1];
	if (tail !== undefined) {
		throw new InvalidInputError(
			`The phone number ends in "${tail}", which is no part of a number: a spreadsheet's decimals, or an extension. Enter the number alone.`,
		);
	}
	if (TWO_NUMBERS.test(typed)) {
		throw new InvalidInputError('These are two phone numbers. Enter one of them.');
	}
	const upperCountry = country.trim().toUpperCase();
	if (!isSupportedCountry(upperCountry)) {
		throw new InvalidInputError(`"${country.slice(0, 20)}" is not a country code. Use two letters, e.g. IT, AT or DE.`);
	}
	const parsed = parseLine(withPlus(typed), upperCountry);
	if (!parsed || parsed.ext !== undefined || !isKnown(parsed)) {
		throw new InvalidInputError(
			`"${maskPhone(typed)}" is not a phone number that exists in ${parsed?.country ?? upperCountry}. Check the digits, or type it with its country prefix, e.g. +39 333 1234567.`,
		);
	}
	return parsed;
}

/** A number in another form is read in the one dialled today. */
function parseLine(text: string, defaultCountry: CountryCode): PhoneNumber | undefined {
	const parsed = parsePhoneNumberFromString(text, { defaultCountry, extract: false });
	if (!parsed || parsed.ext !== undefined) return parsed;
	const line = lineOf(parsed.number);
	return line === parsed.number ? parsed : parsePhoneNumberFromString(line);
}

/** Of a number that is valid the type is known in nearly all countries: one look at the numbering plan instead of two. */
function isKnown(parsed: PhoneNumber): boolean {
	return parsed.getType() !== undefined || parsed.isValid();
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

/** Whether some country's numbers begin and are as long as this one (E.164): far less than being assigned, and no plan of today is asked. */
export function canExist(phone: string): boolean {
	return parsePhoneNumberFromString(phone)?.isPossible() ?? false;
}

/** ISO 3166 alpha-2 of an E.164 number, null where it cannot be told. */
export function countryOfPhone(phone: string): string | null {
	return parsePhoneNumberFromString(phone)?.country ?? null;
}
