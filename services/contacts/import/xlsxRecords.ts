import { isBlank } from '../../../domain/contactFile/row';
import { InvalidInputError } from '../../../domain/errors';
import type { ReadSettings, SheetRead } from './protocol';
import { refuseForeignZip } from './foreignFiles';
import { readEntries } from './xlsxEntries';
import { assertReasonable } from './xlsxGrid';
import { chooseSheet, fillMerged, layoutOf } from './xlsxSheets';

const ROWS_A_BATCH = 1_000;
const MOST_FILE_BYTES = 100 * 1_048_576;

/** The records of one sheet, in batches. The whole file is held, as its table of contents stands at its end. @throws {InvalidInputError} */
export async function* xlsxRecords(
	bytes: AsyncIterable<Uint8Array>,
	{ sheet, headerRow }: Pick<ReadSettings, 'sheet' | 'headerRow'>,
	onSheet: (sheet: SheetRead) => void,
): AsyncGenerator<string[][]> {
	const pieces: Uint8Array[] = [];
	let size = 0;
	for await (const piece of bytes) {
		size += piece.length;
		if (size > MOST_FILE_BYTES)
			throw new InvalidInputError(
				'The XLSX file is larger than 100 MB. Save it as CSV, which is read row by row; nothing was imported.',
			);
		pieces.push(piece);
	}
	const file = Buffer.concat(pieces.splice(0));
	const entries = readEntries(file);
	refuseForeignZip(entries);
	await assertReasonable(entries);
	const chosen = await chooseSheet(entries, sheet);
	const { hiddenRows, merged } = await layoutOf(entries, chosen);
	const rows = (await readRows(file, sheet === '' ? chosen.place : sheet)).map((row) => row.map(cellText));
	fillMerged(rows, merged);
	const hidden = [...hiddenRows].filter((number) => !isBlank(rows[number - 1] ?? []));
	onSheet({ name: chosen.name, hiddenRows: hidden.filter((number) => number >= headerRow).length });
	// Left empty, so that the others keep their numbers.
	for (const number of hidden) rows[number - 1] = [];
	for (let start = 0; start < rows.length; start += ROWS_A_BATCH) {
		yield rows.slice(start, start + ROWS_A_BATCH);
	}
}

async function readRows(file: Buffer, sheet: string | number): Promise<unknown[][]> {
	// Loaded where it is needed: half of all imports are CSV, and memory is counted.
	const { readSheet } = await import('read-excel-file/universal');
	try {
		return await readSheet(new Blob([new Uint8Array(file)]), sheet);
	} catch (error) {
		if (typeof sheet === 'string' && error instanceof Error && /sheet/i.test(error.message)) {
			throw new InvalidInputError(
				`The file has no sheet "${sheet.slice(0, 60)}". Correct the sheet under Options; nothing was imported.`,
			);
		}
		throw new InvalidInputError(
			'The file is no XLSX that can be read. Open it in a spreadsheet and save it again as XLSX or CSV; nothing was imported.',
		);
	}
}

/** A number in a cell formatted as a date that is none, such as a phone number: its row is to be seen as faulty, and not as empty. */
const NO_DATE = '(a number formatted as a date)';

/** Dates of a spreadsheet have no zone; whole numbers are written with all their digits. */
function cellText(value: unknown): string {
	if (value === null || value === undefined) return '';
	if (value instanceof Date)
		return Number.isNaN(value.getTime()) ? NO_DATE : value.toISOString().replace('T00:00:00.000Z', '');
	if (typeof value === 'string') return value;
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
