import type { ReportSummary } from './summarise';
import { reportHtml } from './emailHtml';
import { reportText } from './emailText';
import { type ReportLanguage, REPORT_TEXTS } from './languages';
import { dayRange, reportFigures } from './figures';

export interface ReportEmailOptions {
	language: ReportLanguage;
	/** Heading and beginning of the subject; without one, "Messages" in the language. */
	title?: string;
	/** Stands above the heading. */
	companyName?: string;
}

export interface ReportEmail {
	/** One line. */
	subject: string;
	/** A whole document for mail clients: tables and inline styles only, nothing loaded from elsewhere. */
	html: string;
	/** The same figures for readers without HTML. */
	text: string;
}

/** The report as an e-mail: subject, HTML and plain text from one set of figures. */
export function renderReportEmail(
	summary: ReportSummary,
	{ language, title, companyName }: ReportEmailOptions,
): ReportEmail {
	const texts = REPORT_TEXTS[language];
	const figures = reportFigures(summary, texts);
	const heading = title?.trim() || texts.title;
	const company = companyName?.trim() || null;
	const days = dayRange(summary.from, summary.to, texts.locale);
	return {
		subject: oneLine(company === null ? `${heading}: ${days}` : `${company} – ${heading}: ${days}`),
		html: reportHtml(figures, texts, { language, heading, company, days }),
		text: reportText(figures, texts, { heading, company, days }),
	};
}

/** A line end in a subject would begin another header. */
function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}
