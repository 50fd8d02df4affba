import fc from 'fast-check';

import type { ReportSummary } from '../../../services/reporting/summarise';
import { renderReportEmail } from '../../../services/reporting/email';
import { readMarkup } from '../../support/markup';

const none = {
	accepted: 0,
	sent: 0,
	delivered: 0,
	read: 0,
	failed: 0,
	unknown: 0,
	skipped: 0,
	expired: 0,
	cancelled: 0,
};
const week: ReportSummary = {
	from: '2026-11-16',
	to: '2026-11-18',
	timeZone: 'Europe/Vienna',
	registrations: 84,
	optOuts: 6,
	invitations: 131,
	channels: [
		{ channel: 'sms', ...none, accepted: 1240, sent: 1236, delivered: 1190, failed: 21, unknown: 2, skipped: 85 },
		{
			channel: 'whatsapp',
			...none,
			accepted: 12345,
			sent: 12345,
			delivered: 11980,
			read: 9123,
			failed: 40,
			skipped: 4321,
		},
		{ channel: 'push', ...none, delivered: 14 },
	],
	days: [
		{ day: '2026-11-16', ...none, accepted: 3585, registrations: 40, optOuts: 2, invitations: 60 },
		{ day: '2026-11-17', ...none, accepted: 0, registrations: 0, optOuts: 0, invitations: 0 },
		{ day: '2026-11-18', ...none, accepted: 10000, registrations: 44, optOuts: 4, invitations: 71 },
	],
};
const quiet: ReportSummary = { ...week, channels: week.channels.map((channel) => ({ ...channel, ...none })), days: [] };

const cells = (text: string): string[] => text.split('\n').map((line) => line.replace(/\s+/g, ' ').trim());

describe('The report by e-mail', () => {
	it('gives each state of each channel, and the total', () => {
		const { text } = renderReportEmail(week, { language: 'en' });
		expect(cells(text)).toEqual(
			expect.arrayContaining([
				'SMS WhatsApp Push Total',
				'Accepted by the provider 1,240 12,345 0 13,585',
				'Delivered 1,190 11,980 14 13,184',
				'Read 0 9,123 0 9,123',
				'Left out, with a reason 85 4,321 0 4,406',
				'Unknown, not sent again 2 0 0 2',
				'Mon 16 Nov 3,585 40 2',
			]),
		);
	});

	it('shows what is rare only when there is something in it', () => {
		const { text } = renderReportEmail(week, { language: 'en' });
		expect(text).toContain('Unknown');
		expect(text).not.toContain('Expired');
	});

	it.each([
		['en', 'Messages: 16 – 18 November 2026', '13,585', 'Registrations'],
		['de', 'Nachrichten: 16.–18. November 2026', '13\u00a0585', 'Registrierungen'],
		['it', 'Messaggi: 16–18 novembre 2026', '13.585', 'Registrazioni'],
	] as const)('is written in the language %s with its numbers and days', (language, subject, total, registrations) => {
		const email = renderReportEmail(week, { language });
		expect(email.subject).toBe(subject);
		for (const version of [email.html, email.text]) {
			expect(version).toContain(total);
			expect(version).toContain(registrations);
		}
		expect(email.html).toContain(`<html lang="${language}">`);
	});

	it('says that nothing was sent instead of showing a table of zeros', () => {
		const { html, text } = renderReportEmail(quiet, { language: 'en' });
		for (const version of [html, text]) {
			expect(version).toContain('Nothing was sent in these days.');
			expect(version).not.toContain('Accepted by the provider');
		}
	});

	it('draws bars as table cells in proportion to the largest', () => {
		const { html } = renderReportEmail(week, { language: 'en' });
		const widths = [...html.matchAll(/<td width="(\d+)%" bgcolor="#0b6e4f"/g)].map(([, width]) => Number(width));
		expect(widths).toEqual([10, 100, 36, 100]);
	});

	it('is made for mail clients: no script, no style sheet, no picture, nothing from elsewhere', () => {
		const { elements } = readMarkup(
			renderReportEmail(week, { language: 'de', companyName: 'Holzner', title: 'Woche' }).html,
		);
		const names = new Set(elements.map(({ name }) => name));
		for (const name of ['script', 'style', 'link', 'img', 'svg', 'a', 'iframe', 'div'])
			expect(names).not.toContain(name);
		for (const { attributes } of elements) {
			expect(Object.keys(attributes)).not.toEqual(expect.arrayContaining(['src']));
			expect(JSON.stringify(attributes)).not.toMatch(/https?:|url\(|flex|grid|position:/);
		}
	});

	it('lets no value become markup, and no subject become two lines', () => {
		const text = fc.oneof(
			fc.constantFrom('<script>alert(1)</script>', '"><img src=x>', 'a\r\nBcc: x@example.com', '</td></table>'),
			fc.string({ unit: 'binary', maxLength: 40 }),
		);
		fc.assert(
			fc.property(text, text, text, (companyName, title, timeZone) => {
				const email = renderReportEmail({ ...week, timeZone }, { language: 'en', companyName, title });
				const allowed = [
					'!doctype',
					'html',
					'head',
					'meta',
					'title',
					'body',
					'table',
					'tr',
					'td',
					'th',
					'p',
					'h1',
					'h2',
					'strong',
					'span',
				];
				for (const { name } of readMarkup(email.html).elements) expect(allowed).toContain(name);
				expect(email.subject).not.toMatch(/[\r\n]/);
			}),
			{ numRuns: 200 },
		);
	});
});
