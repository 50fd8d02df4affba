import type { ReportTexts } from './languages';
import type { ReportFigures } from './figures';

/** The plain text version: columns by spaces, which every reader shows in a fixed font or at least in order. */
export function reportText(
	figures: ReportFigures,
	texts: ReportTexts,
	{ heading, company, days }: { heading: string; company: string | null; days: string },
): string {
	const channelTable = table([
		['', ...figures.channels.map(({ label }) => label), texts.total],
		...figures.rows.map((row) => [row.label, ...row.cells, row.total]),
	]);
	const dayTable = table([
		[texts.day, texts.messages, texts.registrations, texts.optOuts],
		...figures.days.map((day) => [day.label, day.written, day.registrations, day.optOuts]),
	]);
	return [
		...(company === null ? [] : [company]),
		`${heading}: ${days}`,
		'',
		...figures.headline.map(({ label, value, note }) => `${label}: ${value}${note === null ? '' : ` (${note})`}`),
		'',
		...(figures.empty ? [texts.nothing] : [texts.byChannel, ...channelTable]),
		'',
		texts.byDay,
		...dayTable,
		'',
		texts.explanation,
		figures.timeZone,
		'',
	].join('\n');
}

/** The first column to the left, figures to the right. */
function table(rows: string[][]): string[] {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
	return rows.map((row) =>
		row
			.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
			.join('  ')
			.trimEnd(),
	);
}
