import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

import { formsOf, lineOf } from '../../domain/line';
import { normalisePhone } from '../../domain/phone';

const same: [why: string, told: string, line: string][] = [
	['Belo Horizonte, as WhatsApp tells it', '+553187654321', '+5531987654321'],
	['São Paulo, as WhatsApp tells it', '+5511987654321', '+5511987654321'],
	['Mexico with the old 1', '+5215512345678', '+525512345678'],
	['Argentina without the 9', '+541123456789', '+5491123456789'],
	['Benin before 2024', '+22997123456', '+2290197123456'],
	['Orange in Ivory Coast before 2021', '+22507123456', '+2250707123456'],
	['MTN in Ivory Coast before 2021', '+22505123456', '+2250505123456'],
	['Moov in Ivory Coast before 2021', '+22501123456', '+2250101123456'],
	['Italy has one form', '+393331234567', '+393331234567'],
];

const apart: [why: string, one: string, other: string][] = [
	['two cities of Brazil with the same eight digits', '+551187654321', '+553187654321'],
	['a Brazilian landline and a mobile', '+553132654321', '+5531932654321'],
	['two cities of Mexico', '+525512345678', '+528112345678'],
	['a neighbour in Argentina', '+541123456789', '+5491123456788'],
];

describe('a line has one key', () => {
	it.each(same)('%s', (_why, told, line) => {
		expect(lineOf(told)).toBe(line);
		expect(formsOf(line)).toContain(told);
	});

	it.each(apart)('%s stay apart', (_why, one, other) => {
		expect(lineOf(one)).not.toBe(lineOf(other));
	});

	it('each line of the table is dialled so today', () => {
		for (const [, , line] of same) expect(parsePhoneNumberFromString(line)?.isValid()).toBe(true);
	});

	it.each([
		['31 8765-4321', 'BR', '+5531987654321'],
		['+55 31 8765 4321', 'IT', '+5531987654321'],
		['+52 1 55 1234 5678', 'IT', '+525512345678'],
		['11 15 2345-6789', 'AR', '+5491123456789'],
		['11 2345-6789', 'AR', '+5491123456789'],
		['97 12 34 56', 'BJ', '+2290197123456'],
	])('%s typed in %s', (typed, country, line) => {
		expect(normalisePhone(typed, country).phone).toBe(line);
	});

	const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
	const anyNumber = fc
		.tuple(
			fc.constantFrom('55', '52', '521', '54', '549', '229', '22901', '225', '39', '1', '49'),
			fc.integer({ min: 7, max: 11 }).chain(digits),
		)
		.map(([code, rest]) => `+${code}${rest}`);

	it('is its own line, and each of its forms leads to it and to no other', () => {
		fc.assert(
			fc.property(anyNumber, (number) => {
				const line = lineOf(number);
				expect(lineOf(line)).toBe(line);
				const forms = formsOf(number);
				expect(forms).toContain(number);
				expect(new Set(forms).size).toBe(forms.length);
				for (const form of forms) expect(lineOf(form)).toBe(line);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('joins no two numbers of one form', () => {
		fc.assert(
			fc.property(anyNumber, anyNumber, (one, other) => {
				fc.pre(one.length === other.length && one !== other);
				expect(lineOf(one) === lineOf(other)).toBe(false);
			}),
			{ numRuns: 2_000 },
		);
	});
});
