import type { ReportSummary } from './summarise';
import { REPORT_ROWS, type ReportTexts } from './languages';

/** One line of the table: a state, and how many messages of each channel reached it. */
export interface FigureRow {
	label: string;
	/** One for each of `channels`, written for people. */
	cells: string[];
	total: string;
}

export interface FigureDay {
	label: string;
	messages: number;
	written: string;
	registrations: string;
	optOuts: string;
}

/** The figures as both versions of the e-mail show them: added up, and written as people of the language write them. */
export interface ReportFigures {
	headline: { label: string; value: string; note: string | null }[];
	channels: { label: string; accepted: number; written: string; deliveredShare: string | null }[];
	rows: FigureRow[];
	days: FigureDay[];
	timeZone: string;
	empty: boolean;
}

export function reportFigures(summary: ReportSummary, texts: ReportTexts): ReportFigures {
	const write = (count: number): string => new Intl.NumberFormat(texts.locale, { useGrouping: 'always' }).format(count);
	const share = (part: number, whole: number): string | null =>
		whole > 0
			? new Intl.NumberFormat(texts.locale, { style: 'percent', maximumFractionDigits: 1 }).format(
					Math.min(1, part / whole),
				)
			: null;
	const total = (state: (typeof REPORT_ROWS)[number]['state']): number =>
		summary.channels.reduce((sum, channel) => sum + channel[state], 0);
	return {
		headline: [
			{ label: texts.messages, value: write(total('accepted')), note: null },
			{ label: texts.delivered, value: write(total('delivered')), note: share(total('delivered'), total('accepted')) },
			{
				label: texts.registrations,
				value: write(summary.registrations),
				note: `${texts.invitations}: ${write(summary.invitations)}`,
			},
			{ label: texts.optOuts, value: write(summary.optOuts), note: null },
		],
		channels: summary.channels.map((channel) => ({
			label: texts.channels[channel.channel],
			accepted: channel.accepted,
			written: write(channel.accepted),
			deliveredShare: share(channel.delivered, channel.accepted),
		})),
		rows: REPORT_ROWS.filter(({ state, rare }) => !rare || total(state) > 0).map(({ state }) => ({
			label: texts.states[state],
			cells: summary.channels.map((channel) => write(channel[state])),
			total: write(total(state)),
		})),
		days: summary.days.map((day) => ({
			label: writeDay(day.day, texts.locale),
			messages: day.accepted,
			written: write(day.accepted),
			registrations: write(day.registrations),
			optOuts: write(day.optOuts),
		})),
		timeZone: texts.timeZone(summary.timeZone),
		empty: REPORT_ROWS.every(({ state }) => total(state) === 0),
	};
}

/** E.g. `16–22 November 2026`. @param from, to `YYYY-MM-DD`: days of a calendar, so no time zone moves them. */
export function dayRange(from: string, to: string, locale: string): string {
	return new Intl.DateTimeFormat(locale, {
		day: 'numeric',
		month: 'long',
		year: 'numeric',
		timeZone: 'UTC',
	}).formatRange(calendarDay(from), calendarDay(to));
}

function writeDay(day: string, locale: string): string {
	return new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
		calendarDay(day),
	);
}

function calendarDay(day: string): Date {
	return new Date(`${day}T00:00:00Z`);
}
