import fc from 'fast-check';

import { InvalidInputError } from '../../domain/errors';
import { normalisePhone, writtenOut } from '../../domain/phone';

const read = (text: string, country = 'IT'): string => {
	try {
		return normalisePhone(text, country).phone;
	} catch (error) {
		if (error instanceof InvalidInputError) return error.message;
		throw error;
	}
};

describe('Numbers as tables and data tools write them', () => {
	it.each([
		['393331239001.0', 'IT', 'and not +3933312390010, which is somebody else', '+393331239001'],
		['+393331239001.0', 'IT', '', '+393331239001'],
		['+393331239001,00', 'IT', '', '+393331239001'],
		['3331239001.000000', 'IT', '', '+393331239001'],
		['(+39) 333 1234567', 'IT', '', '+393331234567'],
		['(0039) 333 1234567', 'AT', '', '+393331234567'],
		["'3331234567", 'IT', '', '+393331234567'],
		['’+393331234567', 'AT', '', '+393331234567'],
		['="+393331234567"', 'AT', '', '+393331234567'],
		['p:+393331234567', 'AT', '', '+393331234567'],
		['tel:+39-333-1234567', 'AT', '', '+393331234567'],
		['333\u00a0123\u202f4567', 'IT', '', '+393331234567'],
		['333‑123‑4567', 'IT', '', '+393331234567'],
		['３３３１２３４５６７', 'IT', '', '+393331234567'],
		['333.123.4567', 'IT', '', '+393331234567'],
		['0664/1234567', 'AT', '', '+436641234567'],
		['(0664) 123-4567', 'AT', '', '+436641234567'],
	])('%s in %s %s', (text, country, _why, phone) => {
		expect(read(text, country)).toBe(phone);
	});

	it.each(['3331234567.5', '+393331234567.25', '3331234567-8', '3331234567/12', '06641234567 - 0'])(
		'%s ends in what is no part of a number',
		(text) => {
			expect(read(text)).toMatch(/^The phone number ends in ".+", which is no part of a number/);
		},
	);

	it.each([
		'333 1234567 / 334 7654321',
		'3331234567;3347654321',
		'333 1234567 or 334 7654321',
		'+393331234567, +393347654321',
	])('%s are two', (text) => {
		expect(read(text)).toBe('These are two phone numbers. Enter one of them.');
	});

	it('a tail of zeros behind a number leads to that number, whatever else it may look like', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 999_999 }),
				fc.integer({ min: 1, max: 6 }),
				fc.constantFrom('.', ','),
				(n, zeros, point) => {
					const number = `+39333${String(n).padStart(7, '1')}`;
					expect(read(`${number}${point}${'0'.repeat(zeros)}`)).toBe(read(number));
				},
			),
		);
	});

	it.each([
		['+447012345678', 'GB'],
		['+4970012345678', 'DE'],
		['+447641234567', 'GB'],
	])('%s is no mobile', (text, country) => {
		try {
			expect(normalisePhone(text, country).isPossibleMobile).toBe(false);
		} catch (error) {
			expect(error).toBeInstanceOf(InvalidInputError);
		}
	});

	it('reads a whole number without a plan, and nothing else', () => {
		expect(writtenOut('+39 (333) 12-34')).toBe('+393331234');
		expect(writtenOut('0039 333 1234567')).toBe('+393331234567');
		expect(writtenOut('+55 31 8765-4321')).toBe('+5531987654321');
		expect(writtenOut('333 1234567')).toBeNull();
		expect(writtenOut('+39 333 CALL')).toBeNull();
	});
});
