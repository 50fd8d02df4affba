import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

import { InvalidInputError } from '../../../domain/errors';
import { MOST_UNPACKED_BYTES, tooLarge, type XlsxEntry } from './xlsxEntries';

const MOST_COLUMNS = 500;
/** What a sheet has in Excel. */
const MOST_ROWS = 1_048_576;
/** A sheet is built as rows of as many cells as the widest has, filled or not. */
const MOST_CELLS = 32_000_000;
const STORED = 0;
const DEFLATED = 8;
/** Longer than any attribute that counts: it may lie on the seam of two pieces. */
const SEAM_CHARACTERS = 200;

const XML = /\.(?:xml|rels)$/i;
/** The parts in which cells stand. */
const READ_PARTS = /^xl\/(?:workbook|sharedStrings|worksheets\/[^/]*)\.xml$/i;
/** No spreadsheet writes them, and the reader passes over what they hold: a no in one would not be seen. */
const UNREAD = /<!DOCTYPE|<!ENTITY|<!\[CDATA\[/;

/** Where a row or cell stands. */
const POSITION = /\sr\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const CELL = /^([A-Z]{0,20})(\d{0,20})$/i;

/** The outermost row and column that one file of the workbook names. */
interface Extent {
	rows: number;
	columns: number;
}

/**
 * Reads what a workbook says of the size of its sheets before any of it is built: one cell far out makes the reader build a row of
 * millions, and no limit of a thread holds an allocation that large.
 * @throws {InvalidInputError}
 */
export async function assertReasonable(entries: readonly XlsxEntry[]): Promise<void> {
	let unpacked = 0;
	for (const entry of entries) {
		const extent: Extent = { rows: 0, columns: 0 };
		let seam = '';
		for await (const piece of unpack(entry)) {
			unpacked += piece.length;
			if (unpacked > MOST_UNPACKED_BYTES) throw tooLarge();
			// In UTF-16 a position could not be seen.
			if (seam === '' && XML.test(entry.name) && piece.subarray(0, 64).includes(0)) throw foreign();
			const text = seam + piece.toString('latin1');
			widen(extent, text);
			if (READ_PARTS.test(entry.name) && UNREAD.test(text)) throw foreign();
			seam = text.slice(-SEAM_CHARACTERS);
		}
		if (extent.columns > MOST_COLUMNS || extent.rows > MOST_ROWS || extent.rows * extent.columns > MOST_CELLS) {
			throw new InvalidInputError(
				`The XLSX file has a sheet of ${extent.rows} rows and ${extent.columns} columns; at most ${MOST_ROWS} rows and ${MOST_COLUMNS} columns are read. Delete stray cells far out, or save the sheet as CSV; nothing was imported.`,
			);
		}
	}
}

export async function* unpack({ method, packed }: XlsxEntry): AsyncGenerator<Buffer> {
	if (method === STORED) {
		yield packed;
		return;
	}
	if (method !== DEFLATED) throw damaged();
	try {
		for await (const piece of Readable.from([packed]).pipe(createInflateRaw())) yield piece as Buffer;
	} catch {
		throw damaged();
	}
}

function damaged(): InvalidInputError {
	return new InvalidInputError(
		'The file is no XLSX that can be read: a part of it cannot be unpacked. Save it again as XLSX or CSV; nothing was imported.',
	);
}

function foreign(): InvalidInputError {
	return new InvalidInputError(
		'The XLSX file is written as no spreadsheet writes it. Open it in a spreadsheet and save it again as XLSX or CSV; nothing was imported.',
	);
}

function widen(extent: Extent, text: string): void {
	for (const [, quoted, apostrophed] of text.matchAll(POSITION)) {
		const cell = CELL.exec((quoted ?? apostrophed ?? '').trim());
		// An entity in place of a letter can hide any position.
		if (!cell) throw damaged();
		extent.columns = Math.max(extent.columns, columnOf(cell[1] ?? ''));
		extent.rows = Math.max(extent.rows, Number(cell[2] || 0));
	}
}

/** A is 1, Z is 26, AA is 27. */
export function columnOf(letters: string): number {
	let column = 0;
	for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
	return column;
}
