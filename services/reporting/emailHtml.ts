import { html, type Html } from '../shared/html';
import type { ReportTexts } from './languages';
import type { FigureDay, ReportFigures } from './figures';

/** Mail clients keep only what stands on the element itself; these are the styles that come again. */
const FONT = "font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";
const INK = '#16202b';
const SOFT = '#4d5a68';
const RULE = '#e1e6eb';
const ACCENT = '#0b6e4f';
const TRACK = '#eef2f5';
const CELL = `${FONT}font-size:14px;line-height:20px;color:${INK};padding:8px 4px;border-bottom:1px solid ${RULE};`;
const HEAD = `${FONT}font-size:12px;line-height:16px;color:${SOFT};padding:6px 4px;border-bottom:2px solid ${RULE};font-weight:600;`;
const WIDTH = 600;

interface Page {
	language: string;
	heading: string;
	company: string | null;
	days: string;
}

/** The HTML version: tables, inline styles, `bgcolor` beside colours (Outlook), bars as table cells; nothing is loaded. */
export function reportHtml(
	figures: ReportFigures,
	texts: ReportTexts,
	{ language, heading, company, days }: Page,
): string {
	return html`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light"><title>${heading}: ${days}</title></head>
<body style="margin:0;padding:0;background:#f3f5f7;" bgcolor="#f3f5f7">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f3f5f7" style="background:#f3f5f7;"><tr><td align="center" style="padding:24px 8px;">
<table role="presentation" width="${WIDTH}" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:${WIDTH}px;background:#ffffff;border:1px solid ${RULE};border-radius:12px;">
<tr><td bgcolor="${ACCENT}" style="background:${ACCENT};font-size:6px;line-height:6px;height:6px;border-radius:12px 12px 0 0;">&nbsp;</td></tr>
<tr><td style="padding:24px 20px 8px;">
${company !== null && html`<p style="${FONT}font-size:13px;line-height:18px;color:${SOFT};margin:0 0 4px;">${company}</p>`}
<h1 style="${FONT}font-size:24px;line-height:30px;color:${INK};margin:0 0 4px;">${heading}</h1>
<p style="${FONT}font-size:15px;line-height:22px;color:${SOFT};margin:0;">${days}</p>
</td></tr>
<tr><td style="padding:12px 14px 4px;">${headline(figures)}</td></tr>
<tr><td style="padding:16px 20px 0;">${subheading(texts.byChannel)}${figures.empty ? nothing(texts) : channelTable(figures, texts)}</td></tr>
<tr><td style="padding:24px 20px 0;">${subheading(texts.byDay)}${dayTable(figures.days, texts)}</td></tr>
<tr><td style="padding:20px 20px 24px;"><p style="${FONT}font-size:12px;line-height:18px;color:${SOFT};margin:0;">${texts.explanation} ${figures.timeZone}</p></td></tr>
</table>
</td></tr></table>
</body>
</html>
`.text;
}

/** Two and two: four side by side would not fit on a phone. */
function headline({ headline: figures }: ReportFigures): Html {
	const tile = ({
		label,
		value,
		note,
	}: ReportFigures['headline'][number]): Html => html`<td width="50%" valign="top" style="padding:6px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="${TRACK}" style="background:${TRACK};border-radius:8px;"><tr><td style="padding:10px 12px;">
<p style="${FONT}font-size:13px;line-height:18px;color:${SOFT};margin:0;">${label}</p>
<p style="${FONT}font-size:24px;line-height:30px;font-weight:700;color:${INK};margin:0;">${value}</p>
<p style="${FONT}font-size:13px;line-height:18px;color:${SOFT};margin:0;">${note ?? '\u00a0'}</p>
</td></tr></table></td>`;
	const row = (from: number): Html => html`<tr>${figures.slice(from, from + 2).map(tile)}</tr>`;
	return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${row(0)}${row(2)}</table>`;
}

function subheading(text: string): Html {
	return html`<h2 style="${FONT}font-size:16px;line-height:22px;color:${INK};margin:0 0 6px;">${text}</h2>`;
}

function nothing({ nothing: text }: ReportTexts): Html {
	return html`<p style="${FONT}font-size:14px;line-height:20px;color:${INK};margin:0;">${text}</p>`;
}

function channelTable({ channels, rows }: ReportFigures, texts: ReportTexts): Html {
	const most = Math.max(...channels.map(({ accepted }) => accepted));
	const bars = channels.map(
		({ label, accepted, written, deliveredShare }) => html`<tr>
<td width="22%" style="${CELL}border-bottom:0;">${label}</td>
<td style="${CELL}border-bottom:0;">${bar(accepted, most)}</td>
<td width="30%" align="right" style="${CELL}border-bottom:0;white-space:nowrap;"><strong>${written}</strong>${deliveredShare !== null && html` <span style="color:${SOFT};font-size:12px;">${deliveredShare} ${texts.delivered.toLocaleLowerCase(texts.locale)}</span>`}</td>
</tr>`,
	);
	const cell = (value: string, strong = false): Html =>
		html`<td align="right" style="${CELL}${strong && 'font-weight:700;'}">${value}</td>`;
	return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin-bottom:10px;">${bars}</table>
<table width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><th align="left" style="${HEAD}">&nbsp;</th>${channels.map(({ label }) => html`<th align="right" scope="col" style="${HEAD}">${label}</th>`)}<th align="right" scope="col" style="${HEAD}">${texts.total}</th></tr>
${rows.map((row) => html`<tr><th align="left" scope="row" style="${CELL}font-weight:400;">${row.label}</th>${row.cells.map((value) => cell(value))}${cell(row.total, true)}</tr>`)}
</table>`;
}

function dayTable(days: FigureDay[], texts: ReportTexts): Html {
	const most = Math.max(1, ...days.map(({ messages }) => messages));
	const right = (text: string): Html => html`<th align="right" scope="col" style="${HEAD}">${text}</th>`;
	return html`<table width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><th align="left" scope="col" style="${HEAD}">${texts.day}</th><th align="left" scope="col" colspan="2" style="${HEAD}">${texts.messages}</th>${right(texts.registered)}${right(texts.left)}</tr>
${days.map(
	(day) => html`<tr>
<th align="left" scope="row" style="${CELL}font-weight:400;">${keptTogether(day.label)}</th>
<td width="35%" style="${CELL}">${bar(day.messages, most)}</td>
<td align="right" style="${CELL}">${day.written}</td>
<td align="right" style="${CELL}">${day.registrations}</td>
<td align="right" style="${CELL}">${day.optOuts}</td>
</tr>`,
)}
</table>`;
}

/** Day and month on one line, the weekday above them where it is narrow. */
function keptTogether(day: string): string {
	return day.replace(/ (?=\S+$)/, '\u00a0');
}

/** A bar of two cells: the only chart that every mail client draws. */
function bar(value: number, most: number): Html {
	const percent = most > 0 ? Math.min(100, Math.round((value / most) * 100)) : 0;
	const cell = (width: number, colour: string): Html | false =>
		width > 0 &&
		html`<td width="${width}%" bgcolor="${colour}" style="width:${width}%;background:${colour};font-size:10px;line-height:14px;height:14px;">&nbsp;</td>`;
	const filled = value > 0 ? Math.max(1, percent) : 0;
	return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>${cell(filled, ACCENT)}${cell(100 - filled, TRACK)}</tr></table>`;
}
