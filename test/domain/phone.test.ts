import fc from 'fast-check';

import { clickToChatLink } from '../../domain/clickToChat';
import { InvalidInputError } from '../../domain/errors';
import { maskPhone, normalisePhone } from '../../domain/phone';

describe('A phone number', () => {
	it.each(['IT.AbC123', ' US.ENT.12345678901 ', `DE.${'1'.repeat(128)}`])(
		'is not a WhatsApp user id, which is said: %s',
		(id) => {
			expect(() => normalisePhone(id, 'IT')).toThrow(/is a WhatsApp user id, and here a phone number is needed/);
		},
	);

	it.each([
		'333 1234567',
		'+39 333 1234567',
		'0039 333 1234567',
		'+39-333-123.45.67',
		'(333) 1234567',
		'００39 333 1234567',
		'\u200e+39 333 1234567',
		'tel:+393331234567',
	])('typed as "%s" in Italy is one and the same', (typed) => {
		expect(normalisePhone(typed, 'IT')).toEqual({ phone: '+393331234567', country: 'IT', isPossibleMobile: true });
	});

	it('is read by the prefix it has, whatever the country is', () => {
		expect(normalisePhone('+43 664 1234567', 'IT')).toMatchObject({ phone: '+436641234567', country: 'AT' });
		expect(normalisePhone('0664 1234567', 'at')).toMatchObject({ phone: '+436641234567', country: 'AT' });
	});

	it('that can be no mobile is told apart', () => {
		expect(normalisePhone('06 12345678', 'IT').isPossibleMobile).toBe(false);
	});

	it.each(['3.93E+11', '3,93331E+11', '3.93e11'])('in scientific notation (%s) is explained', (typed) => {
		expect(() => normalisePhone(typed, 'IT')).toThrow(/spreadsheet/);
	});

	it.each([
		'',
		'   ',
		'abc',
		'12',
		'+39',
		'333 123',
		'++39 333 1234567 8888 9999',
		'🙂',
		'333 1234567 ext. 12',
		'9'.repeat(100_000),
	])('"%.30s" is refused with a sentence', (typed) => {
		expect(() => normalisePhone(typed, 'IT')).toThrow(InvalidInputError);
	});

	it('is never shown whole in an error', () => {
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom(...'0123456789'), { minLength: 9, maxLength: 25 }),
				fc.constantFrom('', '+'),
				(digits, plus) => {
					const typed = plus + digits.join('');
					try {
						normalisePhone(typed, 'IT');
					} catch (error) {
						expect(error).toBeInstanceOf(InvalidInputError);
						expect((error as Error).message.replace('+39 333 1234567', '')).not.toContain(digits.join('').slice(2, -2));
					}
				},
			),
		);
	});

	it('once normalised stays as it is', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 9_999_999 }), (number) => {
				const { phone } = normalisePhone(`333${String(number).padStart(7, '0')}`, 'IT');
				expect(normalisePhone(phone, 'US').phone).toBe(phone);
				expect(normalisePhone(`00${phone.slice(1)}`, 'US').phone).toBe(phone);
			}),
		);
	});

	it('needs a country that exists', () => {
		expect(() => normalisePhone('333 1234567', 'Italy')).toThrow(/country code/);
	});

	it('is masked to what somebody who knows it recognises', () => {
		expect([maskPhone('+393331234567'), maskPhone('333 1234567'), maskPhone('12')]).toEqual(['+39…67', '…67', '…']);
	});
});

describe('A click-to-chat link', () => {
	it('opens the chat with START, the group and the code typed in', () => {
		expect(clickToChatLink({ senderPhone: '+390212345678', shortcode: 'news', code: '4k7q2mx' })).toBe(
			'https://wa.me/390212345678?text=START%20NEWS%204k7q2mx',
		);
		expect(clickToChatLink({ senderPhone: '+390212345678', shortcode: null, code: null })).toBe(
			'https://wa.me/390212345678?text=START',
		);
	});
});
