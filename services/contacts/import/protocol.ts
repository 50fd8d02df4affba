import type { Column, ColumnMapping } from '../../../domain/contactFile/columns';
import type { ImportedRow, RejectedRow } from '../../../domain/contactFile/row';

/** What is to be known to read contacts from a file or a list. */
export interface ReadSettings {
	/** ISO 3166 alpha-2, of numbers without prefix. */
	country: string;
	/** UTC ms: no consent was given later. */
	now: number;
	mappings: ColumnMapping[];
	header: 'auto' | 'yes' | 'no';
	delimiter: 'auto' | ',' | ';' | '\t' | '|';
	encoding: 'auto' | 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
	/** Of a spreadsheet; '' is the first one. */
	sheet: string;
	/** The row with the names of columns, from 1, where a title stands above it; 0 where it is the first. */
	headerRow: number;
	/** How many groups each row joins. */
	groups: number;
	/** Given for every row by the operator; refused where the file speaks of consent itself. */
	smsConsent: { source: string; at: number } | null;
}

/** Bytes of a file, or rows of cells, of which the first one is the header. */
export type Piece = Uint8Array | string[][];

/** Some rows, read; together at most WORK_A_CHUNK, in their order. */
export interface ReadChunk {
	columns: readonly Column[];
	rows: ImportedRow[];
	/** The cells of `rows` as they came: a row that the store's contacts contradict is given back with them. */
	cells: string[][];
	rejected: RejectedRow[];
}

/** Which sheet of a workbook is read. */
export interface SheetRead {
	name: string;
	/** Rows with something in them that were left out, because people do not see them. */
	hiddenRows: number;
}

/** A chunk is one write transaction, some 20 to 60 ms: rows that bring more to write count for more. */
export const WORK_A_CHUNK = 1_000;
export const WORK_OF_ROW = 1;
/** A person, a chain and a record of the ledger. */
export const WORK_OF_CONSENT = 4;
export const WORK_OF_MEMBERSHIP = 0.5;
/** A chunk ends earlier where its rows are long: it has to pass n8n's event loop without holding it up. */
export const CHARACTERS_A_CHUNK = 500_000;
/** How many chunks may wait to be written while further ones are read. */
export const CHUNKS_AHEAD = 2;

/** To the thread. */
export type ToThread = { piece: Piece | null } | { failed: string } | 'taken';
/** From the thread. A chunk is JSON: copying a thousand objects costs three times as much. `ownFault`: something for the user to solve, and not for us. */
export type FromThread =
	'more' | 'done' | { sheet: SheetRead } | { chunk: string } | { failed: string; ownFault: boolean };
