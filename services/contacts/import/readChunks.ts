import { type Column, readHeader, readHeaderless } from '../../../domain/contactFile/columns';
import { CELL_CHARACTERS, isBlank, isRejected, readRow } from '../../../domain/contactFile/row';
import { undefused } from '../../../domain/contactFile/cell';
import { InvalidInputError } from '../../../domain/errors';
import { normalisePhone } from '../../../domain/phone';
import { csvRecords } from './csvRecords';
import { refuseForeign } from './foreignFiles';
import {
	CHARACTERS_A_CHUNK,
	type Piece,
	type ReadChunk,
	type ReadSettings,
	type SheetRead,
	WORK_A_CHUNK,
	WORK_OF_CONSENT,
	WORK_OF_MEMBERSHIP,
	WORK_OF_ROW,
} from './protocol';
import { RefusedNumbers } from './refusedNumbers';
import { xlsxRecords } from './xlsxRecords';

/** Reads contacts from what comes in, with no access to the store. Runs in the import's thread. @throws {InvalidInputError} */
export async function* readChunks(
	pieces: AsyncIterable<Piece>,
	settings: ReadSettings,
	onSheet: (sheet: SheetRead) => void = () => undefined,
): AsyncGenerator<ReadChunk> {
	const iterator = pieces[Symbol.asyncIterator]();
	const first = await iterator.next();
	if (first.done) throw nothingThere();
	const areItems = Array.isArray(first.value);
	const headerSetting = areItems ? 'yes' : settings.header;
	const headerRow = areItems ? 0 : settings.headerRow;
	let columns: Column[] | undefined;
	// The names of items' fields are no row: the first item is row 1.
	let row = areItems ? -1 : 0;
	const refused = new RefusedNumbers();
	let chunk: ReadChunk = emptyChunk([]);
	let work = 0;
	let characters = 0;
	for await (const records of recordsOf(first.value, iterator, settings, onSheet)) {
		for (const cells of records) {
			row++;
			if (row < headerRow || isBlank(cells)) continue;
			if (!columns) {
				if (headerRow > 0 && row !== headerRow) throw noHeader(headerRow);
				const isHeader = headerSetting === 'auto' ? !cells.some(looksLikeNumber) : headerSetting === 'yes';
				const hasHeader = headerRow > 0 || isHeader;
				columns = hasHeader
					? readHeader(cells.map(undefused), settings.mappings)
					: readHeaderless(cells, isPhone(settings.country), settings.mappings);
				chunk = emptyChunk(columns);
				if (settings.smsConsent) refuseConsentColumns(columns);
				if (hasHeader) continue;
			}
			const read = readRow(row, cells, { ...settings, columns });
			if (isRejected(read)) chunk.rejected.push(read);
			else {
				chunk.rows.push(read);
				chunk.cells.push(cells);
			}
			characters += charactersOf(cells);
			work += WORK_OF_ROW;
			if (!isRejected(read))
				work +=
					(settings.groups + (read.groups?.length ?? 0)) * WORK_OF_MEMBERSHIP +
					(read.smsConsentAt === null ? 0 : WORK_OF_CONSENT);
			if (work < WORK_A_CHUNK && characters < CHARACTERS_A_CHUNK) continue;
			refused.heed(chunk.rows);
			yield chunk;
			chunk = emptyChunk(columns);
			work = 0;
			characters = 0;
		}
	}
	if (!columns) throw headerRow > 0 ? noHeader(headerRow) : nothingThere();
	if (work === 0) return;
	refused.heed(chunk.rows);
	yield chunk;
}

function nothingThere(): InvalidInputError {
	return new InvalidInputError('There is nothing to import: the file is empty.');
}

function noHeader(row: number): InvalidInputError {
	return new InvalidInputError(
		`Row ${row} of the file is empty, or not there, and is to hold the names of the columns. Correct Header Row under Options; nothing was imported.`,
	);
}

function emptyChunk(columns: readonly Column[]): ReadChunk {
	return { columns, rows: [], cells: [], rejected: [] };
}

function charactersOf(cells: readonly string[]): number {
	return cells.reduce((sum, cell) => sum + Math.min(cell.length, CELL_CHARACTERS), 0);
}

/** An empty cell of such a column means that this person did not agree. */
function refuseConsentColumns(columns: readonly Column[]): void {
	const column = columns.find(
		({ target }) => 'role' in target && (target.role === 'smsConsentSource' || target.role === 'smsConsentDate'),
	);
	if (!column) return;
	throw new InvalidInputError(
		`The file says itself who agreed to SMS, in its column "${column.name.slice(0, 60)}", and a consent is given for all rows too. Leave one of them out; nothing was imported.`,
	);
}

async function* recordsOf(
	start: Piece,
	iterator: AsyncIterator<Piece>,
	settings: ReadSettings,
	onSheet: (sheet: SheetRead) => void,
): AsyncGenerator<string[][]> {
	if (Array.isArray(start)) {
		yield start;
		for await (const piece of rest(iterator)) if (Array.isArray(piece)) yield piece;
		return;
	}
	const first = start;
	async function* bytes(): AsyncGenerator<Uint8Array> {
		yield first;
		for await (const piece of rest(iterator)) if (!Array.isArray(piece)) yield piece;
	}
	refuseForeign(start);
	yield* startsWith(start, ZIP) ? xlsxRecords(bytes(), settings, onSheet) : csvRecords(bytes(), settings);
}

async function* rest(iterator: AsyncIterator<Piece>): AsyncGenerator<Piece> {
	for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}

const ZIP = [0x50, 0x4b, 0x03, 0x04];

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
	return magic.every((byte, index) => bytes[index] === byte);
}

/** A header names things; a row of contacts holds a number somewhere. */
function looksLikeNumber(cell: string): boolean {
	const text = undefused(cell).trim();
	return /^[+(\d][\d\s()./+eE,-]*$/.test(text) && text.replace(/\D/g, '').length >= 5;
}

function isPhone(country: string) {
	return (cell: string): boolean => {
		try {
			normalisePhone(undefused(cell), country);
			return true;
		} catch {
			return looksLikeNumber(cell);
		}
	};
}
