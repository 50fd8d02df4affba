import {
	type CountryCode,
	getCountryCallingCode,
	isSupportedCountry,
	parsePhoneNumberFromString,
	type PhoneNumber,
} from 'libphonenumber-js/max';

import { InvalidInputError } from './errors';
import { lineOf } from './line';
import { numbersIn, tailOf, twoNumbers, withTail } from './phoneText';
import { isWhatsAppUserId } from './whatsAppUserId';

export interface NormalisedPhone {
	/** E.164 with `+`: of the line, as it is dialled today. */
	phone: string;
	/** ISO 3166 alpha-2; null for numbers of no country (satellite, international toll-free). */
	country: string | null;
	/** False only where the numbering plan says that it is no mobile (a landline, a premium number). */
	isPossibleMobile: boolean;
}

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
	const typed = oneIn(text);
	if (typed === null || ZERO_IN_BRACKETS.test(typed)) return null;
	const tail = tailOf(typed);
	if (tail?.standsApart && tail.head.replace(/\D/g, '').length > DIGITS_OF_A_WHOLE_NUMBER) return null;
	const digits = withPlus(typed).replace(/[\s().\-/]/g, '');
	return /^\+[1-9]\d{6,14}$/.test(digits) ? lineOf(digits) : null;
}

function oneIn(text: string): string | null {
	try {
		const [typed = null, ...others] = numbersIn(text);
		return others.length === 0 ? typed : null;
	} catch {
		return null;
	}
}

/** As normalisePhone, the E.164 number alone: a fifth faster, for lists of a million. */
export function phoneOf(text: string, country: string): string {
	return parseExisting(text, country).number;
}

function parseExisting(text: string, country: string): PhoneNumber {
	const upperCountry = country.trim().toUpperCase();
	const [first = '', ...others] = numbersIn(text);
	if (!isSupportedCountry(upperCountry)) {
		throw new InvalidInputError(`"${country.slice(0, 20)}" is not a country code. Use two letters, e.g. IT, AT or DE.`);
	}
	const parsed = readOne(first, upperCountry);
	if (others.some((other) => readOne(other, upperCountry).number !== parsed.number)) throw twoNumbers();
	return parsed;
}

function readOne(typed: string, country: CountryCode): PhoneNumber {
	const { best, other } = meaningOf(typed, country);
	refuseTail(typed, country, best);
	if (!best) {
		throw new InvalidInputError(
			`"${maskPhone(typed)}" is not a phone number that exists in ${countryMeant(typed) ?? country}. Check the digits, or type it with its country prefix, e.g. +39 333 1234567.`,
		);
	}
	if (other) {
		throw new InvalidInputError(
			`"${maskPhone(typed)}" can be two numbers: ${describe(best)} and ${describe(other)}. Write it with + and its country prefix, without (0).`,
		);
	}
	return best;
}

/** Shorter mobile numbers are written in groups like `0664 123 45-67`, and are none yet without the last one. */
const DIGITS_OF_A_WHOLE_NUMBER = 9;

function refuseTail(typed: string, country: CountryCode, whole: PhoneNumber | undefined): void {
	const tail = tailOf(typed);
	if (!tail || (!tail.standsApart && (isInternational(typed) || whole?.country === country))) return;
	const head = meaningOf(tail.head, country).best;
	if (!head) return;
	const isWhole = rankOf(head) === MOBILE && head.nationalNumber.length >= DIGITS_OF_A_WHOLE_NUMBER;
	const isExtended = tail.standsApart ? isWhole || tail.isDecimal : isWhole && whole && head.country !== whole.country;
	if (isExtended) throw withTail(tail.text);
}

function isInternational(typed: string): boolean {
	return typed.startsWith('+') || DOUBLE_ZERO.test(typed);
}

function describe({ country, countryCallingCode }: PhoneNumber): string {
	return country ? `one of ${country}` : `one with +${countryCallingCode}`;
}

const DOUBLE_ZERO = /^0\s*0/;
/** No country's prefix begins with 0, and the shortest numbers with theirs have seven digits. */
const CAN_HAVE_PREFIX = /^\D*[1-9](?:\D*\d){6}/;

/** What a text means; `other` where it can as well be another number. */
interface Meaning {
	best?: PhoneNumber;
	other?: PhoneNumber;
}

/**
 * Exports of other programs, and WhatsApp's own ids, write whole numbers without plus: `4915112345678` has the form of a German landline,
 * and is a mobile number with the prefix of Germany. So both readings count, and a mobile number more than another.
 */
function meaningOf(typed: string, country: CountryCode): Meaning {
	if (isInternational(typed)) {
		const [best, other = dialledAbroad(typed, country)] = existing(zeroReadings(withPlus(typed)), country);
		return best && other?.number !== best.number ? { best, other } : { best };
	}
	const [national] = existing([nationalOf(typed, country)], country);
	const [international, withoutZero] = CAN_HAVE_PREFIX.test(typed) ? existing(zeroReadings(`+${typed}`), country) : [];
	if (!national || !international || national.number === international.number)
		return { best: national ?? international, other: withoutZero };
	const isNational = rankOf(national) >= rankOf(international);
	if (!isNational) return { best: international, other: withoutZero };
	const isTie = rankOf(national) === rankOf(international) && !AREA_IN_BRACKETS.test(typed);
	return { best: national, other: isTie ? international : undefined };
}

/** The numbers among these texts, each once. */
function existing(texts: readonly string[], country: CountryCode): PhoneNumber[] {
	const numbers = texts.flatMap((text) => {
		const parsed = parseLine(text, country);
		return parsed && parsed.ext === undefined && rankOf(parsed) > NONE ? [parsed] : [];
	});
	return numbers.filter(({ number }, index) => numbers.findIndex((other) => other.number === number) === index);
}

/** `(51) 98765-4321`: only a number of one's own country is written so. */
const AREA_IN_BRACKETS = /^\s*\(\s*\d+\s*\)/;

/** Where another prefix than 00 is dialled for abroad, such as 001 in Korea: what the text means to a telephone there. */
function dialledAbroad(typed: string, country: CountryCode): PhoneNumber | undefined {
	const abroad = DOUBLE_ZERO.test(typed) ? parseLine(typed, country) : undefined;
	return abroad && abroad.countryCallingCode !== getCountryCallingCode(country) && rankOf(abroad) > NONE
		? abroad
		: undefined;
}

/** For the message: whose number it would be. */
function countryMeant(typed: string): string | undefined {
	return isInternational(typed) ? parsePhoneNumberFromString(withPlus(typed), { extract: false })?.country : undefined;
}

const ZERO_IN_BRACKETS = /\(\s*0\s*\)/;

/** `+49 (0)171…`: the zero dialled at home. In Italy it is part of a landline's number, and of no mobile's. */
function zeroReadings(text: string): string[] {
	const without = text.replace(/^(\+\D*\d{1,3}\D*)\(\s*0\s*\)/, '$1 ');
	const plain = mexican(without === text ? text : text.replace(ZERO_IN_BRACKETS, '0'));
	return without === text ? [plain] : [plain, mexican(without)];
}

/** Mexico's prefixes of calls to mobiles and between cities, not dialled since 3 August 2019 (ift.org.mx), stand in many address books. */
function mexican(text: string): string {
	return text.replace(/^\+\s*52\D*0?(?:44|45|1)(?=(?:\D*\d){10}$)/, '+52 ');
}

function nationalOf(typed: string, country: CountryCode): string {
	return country === 'MX' ? typed.replace(/^\D*0(?:44|45|1)(?=(?:\D*\d){10}$)/, '') : typed;
}

/** A number in another form is read in the one dialled today. */
function parseLine(text: string, defaultCountry: CountryCode): PhoneNumber | undefined {
	const parsed = parsePhoneNumberFromString(text, { defaultCountry, extract: false });
	if (!parsed || parsed.ext !== undefined) return parsed;
	const line = lineOf(parsed.number);
	return line === parsed.number ? parsed : parsePhoneNumberFromString(line);
}

const NONE = 0;
const EXISTS = 1;
const MOBILE = 2;

/** Of a number that is valid the type is known in nearly all countries: one look at the numbering plan instead of two. */
function rankOf(parsed: PhoneNumber): number {
	const type = parsed.getType();
	if (type === undefined) return parsed.isValid() ? EXISTS : NONE;
	// A mailbox has its person's number and a digit more, and is nobody's.
	if (type === 'VOICEMAIL') return NONE;
	return MOBILE_TYPES.has(type) ? MOBILE : EXISTS;
}

/** 00 is the international prefix in every country we serve; libphonenumber knows it only for the default country. */
function withPlus(typed: string): string {
	return typed.replace(/^\+?\s*0\s*0\s*/, '+');
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
