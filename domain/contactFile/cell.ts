/**
 * Cells that a spreadsheet would run as a formula (`=HYPERLINK(…)`, `+cmd`, `@x`, `-x`) get an apostrophe in front when a file is
 * written, which spreadsheets take for "this is text"; reading takes one away. So writing and reading back gives the same text.
 */

/** Also the full-width signs, which some spreadsheets take for the plain ones, and what could hide a sign. */
const FORMULA = /^'*(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠])/u;
const DEFUSED = /^'+(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠])/u;

/** A cell as it may stand in a file that somebody opens in a spreadsheet. */
export function defused(text: string): string {
	return FORMULA.test(text) ? `'${text}` : text;
}

/** The text that `defused` was given. */
export function undefused(text: string): string {
	return text.startsWith("'") && DEFUSED.test(text) ? text.slice(1) : text;
}

/** One record of RFC 4180, defused, with its line end. */
export function csvRecord(cells: readonly string[]): string {
	return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(text: string): string {
	const cell = defused(text);
	// Quoted also for a semicolon, so that a reader that guesses the delimiter is not led astray; and for its outer spaces.
	return /[",;\t|\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
