import fc from 'fast-check';
import { type CountryCode, getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';

import { InvalidInputError } from '../../domain/errors';
import { lineOf } from '../../domain/line';
import { normalisePhone } from '../../domain/phone';

/** One mobile number of each country, in what it can be written. */
const mobiles = getCountries().flatMap((country) => {
	const example = getExampleNumber(country, examples);
	if (!example) return [];
	const { countryCallingCode: code, nationalNumber: national } = example;
	return [
		{
			country,
			code: String(code),
			national: String(national),
			home: example.formatNational(),
			line: lineOf(example.number),
		},
	];
});

/** What a text is read as: a number, or null where it is refused with a sentence. */
function read(text: string, country: string): string | null {
	try {
		return normalisePhone(text, country).phone;
	} catch (error) {
		expect(error).toBeInstanceOf(InvalidInputError);
		return null;
	}
}

const grouped = fc
	.tuple(
		fc.constantFrom(' ', '-', '.', '/', '\u00a0', ' - '),
		fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 1, maxLength: 8 }),
	)
	.map(([separator, sizes]) => (digits: string): string => {
		const groups: string[] = [];
		let rest = digits;
		for (const size of sizes) {
			if (rest.length <= size + 1) break;
			groups.push(rest.slice(0, size));
			rest = rest.slice(size);
		}
		return [...groups, rest].join(separator);
	});

describe('A mobile number of any country', () => {
	const anyMobile = fc.constantFrom(...mobiles);
	const anyCountry = fc.constantFrom<CountryCode>(...getCountries());
	const asItIs = (digits: string): string => digits;

	it('with its prefix is the same number however it is written and wherever it is read, or is refused, and never another', () => {
		fc.assert(
			fc.property(
				anyMobile,
				fc.oneof(
					fc.constantFrom<CountryCode>('DE', 'AT', 'IT', 'CH', 'FR', 'ES', 'GB', 'NL', 'PT', 'US', 'BR'),
					anyCountry,
				),
				fc.constantFrom('+', '++', '00', '', '(+', '+ ', '0 0', 'whatsapp:+', 'tel:+', 'tel:', 'https://wa.me/'),
				fc.constantFrom('', ' (0)', '(0)', '0', ' (0) '),
				fc.oneof(fc.constant(asItIs), grouped),
				fc.constantFrom('', '@s.whatsapp.net', '.0', ' ::: '),
				({ code, national, line }, country, before, zero, group, behind) => {
					const prefix = before === '(+' ? `(+${code}) ` : `${before}${code}`;
					const number = `${prefix}${zero}${group(national)}`;
					const text = behind === ' ::: ' ? `${number}${behind}${number}` : number + behind;
					// In some countries a 0 belongs to the number, in others none is dialled at home and nobody writes one.
					const zeroed = read(`+${code}0${national}`, country);
					fc.pre(zero.trim() === '' || zeroed === line || (zero !== '0' && zeroed === null));
					expect([line, null]).toContain(read(text, country));
				},
			),
			{ numRuns: 20_000 },
		);
	});

	it.each(mobiles)(
		'as it is dialled in $country is that number there, or refused',
		({ country, national, home, line }) => {
			for (const text of [home, national, home.replace(/\D/g, ''), `${home} `])
				expect([line, null]).toContain(read(text, country));
			// China's without prefix look like North American ones: 131 2345 6789 is +1 312 345 6789 too.
			if (country !== 'CN') expect(read(home, country)).toBe(line);
		},
	);

	it.each(mobiles)(
		'of $country as a bare international number is read in lists of DE, AT, IT, CH, FR, ES, or can be two numbers',
		({ code, national, line }) => {
			for (const country of ['DE', 'AT', 'IT', 'CH', 'FR', 'ES']) {
				try {
					expect(normalisePhone(`${code}${national}`, country).phone).toBe(line);
				} catch (error) {
					expect((error as Error).message).toMatch(/can be two numbers/);
				}
			}
		},
	);

	it('with + or 00, written without anything else, is always read', () => {
		for (const { code, national, line } of mobiles)
			for (const before of ['+', '00', 'whatsapp:+', '+ ', 'tel:+'])
				expect(read(`${before}${code}${national}`, 'DE')).toBe(line);
	});

	it('with an extension or decimals behind is not another, longer number', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...mobiles.filter(({ national }) => national.length >= 9)),
				fc.constantFrom('-', ' - ', '/', ' / ', '.', ',', ' DW ', ' x', ' ext. ', ';ext=', '#'),
				fc.integer({ min: 0, max: 99 }),
				fc.constantFrom('+', '00', 'home'),
				({ country, code, national, home, line }, sign, extension, before) => {
					// Indonesia's 0812-345-678-10 is a number like the others.
					fc.pre(before !== 'home' || !home.includes(sign.trim()));
					const number = before === 'home' ? home : `${before}${code} ${national}`;
					expect([line, null]).toContain(read(`${number}${sign}${extension}`, country));
				},
			),
			{ numRuns: 5_000 },
		);
	});
});
