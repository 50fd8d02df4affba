import fc from 'fast-check';

import { clickToChatLink } from '../../domain/clickToChat';
import { InvalidInputError } from '../../domain/errors';
import { maskPhone, normalisePhone, writtenOut } from '../../domain/phone';

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

	it.each([
		['4915112345678', 'DE', '+4915112345678'],
		['491711234567', 'DE', '+491711234567'],
		['49(0)171 1234567', 'DE', '+491711234567'],
		['4901511 2345678', 'DE', '+4915112345678'],
		['393331234567', 'DE', '+393331234567'],
		['39 333 1234567', 'DE', '+393331234567'],
		['436641234567', 'DE', '+436641234567'],
		['447911123456', 'AT', '+447911123456'],
		['33612345678', 'IT', '+33612345678'],
		['355691234567', 'IT', '+355691234567'],
		['+48 (0) 501 234 567', 'PL', '+48501234567'],
		['+39 (0)333 1234567', 'DE', '+393331234567'],
		['(51) 98765-4321', 'BR', '+5551987654321'],
	])('with its prefix and no plus (%s in %s) is %s', (typed, country, phone) => {
		expect(normalisePhone(typed, country).phone).toBe(phone);
	});

	it.each([
		['51987654321', 'BR', 'PE'],
		['13123456789', 'CN', 'US'],
		['4792345678', 'US', 'NO'],
		['+39 (0)331 777888', 'DE', 'IT'],
		['001 501 622 1234', 'KR', 'BZ'],
	])('that can be two (%s in %s) is refused, and what to do is said', (typed, country, other) => {
		expect(() => normalisePhone(typed, country)).toThrow(
			new RegExp(`can be two numbers: .*one of ${other}.*Write it with \\+ and its country prefix`),
		);
	});

	it.each([
		'whatsapp:+393331234567',
		'WhatsApp: +39 333 1234567',
		'sms:+393331234567',
		'tel:+39-333-123-4567',
		'393331234567@c.us',
		'393331234567@s.whatsapp.net',
		'393331234567:12@s.whatsapp.net',
		'https://wa.me/393331234567',
		'wa.me/+393331234567?text=Hi',
		'https://api.whatsapp.com/send?phone=393331234567',
		'whatsapp://send?phone=393331234567',
		'++393331234567',
		'+39 333 1234567 ::: 0039 333 1234567',
		'333 1234567;',
	])('as other programs write it (%s) is read, in any country', (typed) => {
		expect(normalisePhone(typed, typed.startsWith('333') ? 'IT' : 'DE').phone).toBe('+393331234567');
	});

	it.each(['044 55 1234 5678', '045 55 1234 5678', '01 55 1234 5678', '+52 044 55 1234 5678', '+52 1 55 1234 5678'])(
		'with a prefix that Mexico no longer dials (%s) is read',
		(typed) => {
			expect(normalisePhone(typed, 'MX').phone).toBe('+525512345678');
		},
	);

	it.each([
		['0664 1234567-0', /ends in "-0"/],
		['0664 / 123 45 67 - 12', /ends in "-12"/],
		['+43 664 1234567-89', /ends in "-89"/],
		['0664 1234567/8', /ends in "\/8"/],
		['0664 1234567 8', /ends in "8"/],
		['+43 664 1234567 DW 12', /ends in "12"/],
		['tel:+43-664-1234567;ext=1', /ends in "1"/],
		['+39 333 123 4567.5', /ends in ".5"/],
		['+39 333 1234567 ::: +39 333 7654321', /two phone numbers/],
		['+39 333 1234567\n+39 333 7654321', /two phone numbers/],
		['12345678901234@lid', /how WhatsApp names a group/],
		['120363025246125486@g.us', /how WhatsApp names a group/],
		['+39 333 12345678', /is not a phone number/],
	])('with something behind or beside it (%s) is refused, and why is said', (typed, reason) => {
		expect(() => normalisePhone(typed, 'AT')).toThrow(reason);
	});

	it.each(['0664/1234567', '0664 123 45-67', '0664-123-45-67', '0664 123 45 67', '0664.123.4567', '06641234567'])(
		'in groups (%s) is whole',
		(typed) => {
			expect(normalisePhone(typed, 'AT').phone).toBe('+436641234567');
		},
	);

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

	it.each([
		'+43 664 1234567-0',
		'+49 (0)171 1234567',
		'+39 333 1234567 ::: +39 333 7654321',
		'+43 664 1234567 DW 1',
		'12345678901234@lid',
	])('%s is no whole number by itself, also where nobody knows its plan', (typed) => {
		expect(writtenOut(typed)).toBeNull();
	});

	it('that a provider told is found again as other programs write it', () => {
		expect(['whatsapp:+39 333 12', '3933312345@s.whatsapp.net', '++3933312345'].map(writtenOut)).toEqual([
			'+3933312',
			'+3933312345',
			'+3933312345',
		]);
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
