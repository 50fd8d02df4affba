import { assertSendable, LONGEST_TEXT } from '../../domain/contentRules';
import { daysOf, quarterOf } from '../../domain/quarterHour';
import { messageIdOf, referenceOf } from '../../domain/reference';
import { hasPlaceholders, render } from '../../domain/render';

describe('A text with fields', () => {
	it('gets each person’s values, nothing for a field they lack, and is not filled in twice', () => {
		const content = { type: 'text', body: 'Dear {{Name}}, {{ date of birth }}{{none}} {{ name }}' } as const;
		expect(render(content, { name: '{{name}}', 'Date of birth': '1.1.' })).toEqual({
			type: 'text',
			body: 'Dear {{name}}, 1.1. {{name}}',
		});
	});

	it('is found in the parameters of a template too', () => {
		const template = { type: 'template', name: 'sale', language: 'it', bodyParameters: ['x', '{{name}}'] } as const;
		expect(hasPlaceholders({ ...template, bodyParameters: ['x', '{{name}}'] })).toBe(true);
		expect(hasPlaceholders({ ...template, bodyParameters: ['{name}'] })).toBe(false);
		expect(render({ ...template, bodyParameters: ['{{name}}'] }, { name: 'Zoë' })).toMatchObject({
			bodyParameters: ['Zoë'],
		});
	});

	it('counts characters as people do', () => {
		expect(() => assertSendable({ type: 'text', body: '😀'.repeat(LONGEST_TEXT) }, ['whatsapp'])).not.toThrow();
		expect(() => assertSendable({ type: 'text', body: '😀'.repeat(LONGEST_TEXT + 1) }, ['whatsapp'])).toThrow(
			/Shorten it/,
		);
	});
});

describe('A reference', () => {
	it('comes back as the message’s id, in its own store only', () => {
		expect(messageIdOf('0a1b2c3d', referenceOf('0a1b2c3d', 17))).toBe(17);
		for (const other of [
			referenceOf('ffffffff', 17),
			'0a1b2c3d-0',
			'0a1b2c3d-',
			'17',
			'',
			null,
			undefined,
			'0a1b2c3d-17-1',
		]) {
			expect(messageIdOf('0a1b2c3d', other)).toBeNull();
		}
	});
});

describe('The days of a report', () => {
	it('begin at midnight of the time zone and follow the change of the clocks', () => {
		const [saturday, sunday, monday] = daysOf('2026-10-24', '2026-10-26', 'Europe/Vienna');
		const hours = (day: { startAt: number; endAt: number } | undefined) =>
			((day?.endAt ?? 0) - (day?.startAt ?? 0)) / 3_600_000;
		expect(saturday).toMatchObject({ day: '2026-10-24', startAt: Date.UTC(2026, 9, 23, 22) });
		expect([hours(saturday), hours(sunday), hours(monday)]).toEqual([24, 25, 24]);
		expect(hours(daysOf('2026-03-29', '2026-03-29', 'Europe/Vienna')[0])).toBe(23);
	});

	it('leave no gap, in zones with odd offsets and without a midnight', () => {
		for (const zone of [
			'Asia/Kathmandu',
			'America/Santiago',
			'Australia/Lord_Howe',
			'Africa/Cairo',
			'Pacific/Apia',
			'UTC',
		]) {
			const days = daysOf('2026-01-01', '2026-12-31', zone);
			expect(days).toHaveLength(365);
			for (const [index, { startAt }] of days.entries()) {
				expect(startAt).toBe(quarterOf(startAt));
				if (index > 0) expect(startAt).toBe(days[index - 1]?.endAt);
			}
		}
	});

	it('are refused where they are none', () => {
		expect(() => daysOf('2026-02-30', '2026-03-01', 'UTC')).toThrow(/"2026-02-30" is not a day/);
		expect(() => daysOf('22.11.2026', '2026-03-01', 'UTC')).toThrow(/YYYY-MM-DD/);
		expect(() => daysOf('2026-03-02', '2026-03-01', 'UTC')).toThrow(/before the first/);
		expect(() => daysOf('2020-01-01', '2026-03-01', 'UTC')).toThrow(/at most/);
		expect(() => daysOf('2026-03-01', '2026-03-01', 'Vienna')).toThrow(/not a time zone/);
	});
});
