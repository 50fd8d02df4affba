import { isBlank } from '../../../domain/contactFile/row';
import { InvalidInputError } from '../../../domain/errors';
import type { XlsxEntry } from './xlsxEntries';
import { columnOf, unpack } from './xlsxGrid';

const SHEET = /<(?:\w+:)?sheet\s[^<>]*>/g;
const HIDDEN = /\sstate\s*=\s*["'](?:hidden|veryHidden)["']/;
const ROW = /<(?:\w+:)?row(?:\s[^<>]*)?>/g;
const ROW_NUMBER = /\sr\s*=\s*["'](\d+)["']/;
/** Longer than any mark of a row: it may lie on the seam of two pieces. */
const SEAM_CHARACTERS = 1_000;
const ROW_HIDDEN = /\shidden\s*=\s*["'](?:1|true)["']/;
const MERGED =
	/<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})["']/gi;
/** A cell that ends with its formula; what a spreadsheet saves has a value behind it, if an empty one. */
const NO_RESULT = /<\/(?:\w+:)?f>\s*<\/(?:\w+:)?c>|<(?:\w+:)?f(?:\s[^<>]*)?\/>\s*<\/(?:\w+:)?c>/;
const NAME = /\sname\s*=\s*(?:"([^"]*)"|'([^']*)')/;
const RELATION = /\s\w+:id\s*=\s*["']([^"']*)["']/;

export interface Sheet {
	/** From 1. */
	place: number;
	/** Empty where the workbook cannot be read so far. */
	name: string;
	/** Its tag in the workbook's list. */
	tag: string | undefined;
}

/**
 * The sheet of this name, or with '' the first that people see; of a workbook whose list cannot be read so, the first.
 * @throws {InvalidInputError}
 */
export async function chooseSheet(entries: readonly XlsxEntry[], wanted: string): Promise<Sheet> {
	const tags = (await textOf(entries, 'xl/workbook.xml')).match(SHEET) ?? [];
	const relations = await relationsOf(entries);
	const isChart = (tag: string): boolean =>
		/\sType\s*=\s*["'][^"']*\/(?:chart|dialog|macro)sheet["']/i.test(relationOf(tag, relations) ?? '');
	const index = tags.findIndex((tag) => (wanted === '' ? !HIDDEN.test(tag) && !isChart(tag) : nameOf(tag) === wanted));
	if (index < 0 && wanted === '' && tags.length > 0)
		throw new InvalidInputError(
			'All sheets of the file are hidden. Show the one with the contacts, or name it as Sheet under Options; nothing was imported.',
		);
	const tag = tags[index];
	return { place: Math.max(index, 0) + 1, name: tag === undefined ? wanted : nameOf(tag), tag };
}

/** What a sheet says beside its cells. */
interface Layout {
	/** The numbers of the rows that are hidden, or filtered out. */
	hiddenRows: Set<number>;
	/** Cells that are merged over several rows: their upper left one holds what all of them show. */
	merged: Area[];
}

/** Rows and columns from 1. */
interface Area {
	column: number;
	firstRow: number;
	lastRow: number;
}

/** @throws {InvalidInputError} where formulas have no results. */
export async function layoutOf(entries: readonly XlsxEntry[], { tag }: Sheet): Promise<Layout> {
	const layout: Layout = { hiddenRows: new Set(), merged: [] };
	const relation = tag && relationOf(tag, await relationsOf(entries));
	const target = relation && /\sTarget\s*=\s*["']([^"']*)["']/.exec(relation)?.[1];
	const entry = target ? entries.find(({ name }) => name === pathOf(target)) : undefined;
	if (!entry) return layout;
	let row = 0;
	let seam = '';
	for await (const piece of unpack(entry)) {
		const text = seam + piece.toString('latin1');
		let read = 0;
		for (const { 0: mark, index } of text.matchAll(ROW)) {
			read = index + mark.length;
			row = Number(ROW_NUMBER.exec(mark)?.[1] ?? row + 1);
			if (ROW_HIDDEN.test(mark)) layout.hiddenRows.add(row);
		}
		for (const [, column = '', first, , last] of text.matchAll(MERGED))
			if (first !== last)
				layout.merged.push({ column: columnOf(column), firstRow: Number(first), lastRow: Number(last) });
		if (NO_RESULT.test(text)) throw notCalculated();
		// What was read is not read again: a row without number would be counted twice.
		seam = text.slice(Math.max(read, text.length - SEAM_CHARACTERS));
	}
	return layout;
}

/** Gives every row what its merged cells show: a word over five rows is said of five people. */
export function fillMerged(rows: string[][], merged: readonly Area[]): void {
	const filledThrough = new Map<number, number>();
	for (const { column, firstRow, lastRow } of [...merged].sort((one, other) => one.firstRow - other.firstRow)) {
		const text = rows[firstRow - 1]?.[column - 1] ?? '';
		const start = Math.max(firstRow, filledThrough.get(column) ?? 0);
		for (let row = start + 1; row <= Math.min(lastRow, rows.length); row++) {
			const cells = rows[row - 1] ?? [];
			if (text !== '' && !isBlank(cells) && (cells[column - 1] ?? '') === '') cells[column - 1] = text;
		}
		filledThrough.set(column, Math.max(start, lastRow));
	}
}

function notCalculated(): InvalidInputError {
	return new InvalidInputError(
		'The sheet has formulas without results: a program wrote it, and no spreadsheet has calculated them. Open it in a spreadsheet and save it, or save it as CSV; nothing was imported.',
	);
}

async function relationsOf(entries: readonly XlsxEntry[]): Promise<string[]> {
	return (await textOf(entries, 'xl/_rels/workbook.xml.rels')).match(/<(?:\w+:)?Relationship\s[^<>]*>/g) ?? [];
}

/** The mark that says where the file of a sheet is, and what it is. */
function relationOf(tag: string, relations: readonly string[]): string | undefined {
	const id = RELATION.exec(tag)?.[1];
	return relations.find((each) => /\sId\s*=\s*["']([^"']*)["']/.exec(each)?.[1] === id);
}

function nameOf(tag: string): string {
	const [, quoted, apostrophed] = NAME.exec(tag) ?? [];
	return unescaped(quoted ?? apostrophed ?? '');
}

const unescaped = (text: string): string =>
	text
		.replace(/&#(?:x([\da-f]{1,6})|(\d{1,7}));/gi, (entity, hex: string | undefined, decimal: string | undefined) => {
			const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
			return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
		})
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&apos;', "'")
		.replaceAll('&amp;', '&');

const pathOf = (target: string): string =>
	target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`;

async function textOf(entries: readonly XlsxEntry[], name: string): Promise<string> {
	const entry = entries.find((each) => each.name === name);
	const pieces: Buffer[] = [];
	if (entry) for await (const piece of unpack(entry)) pieces.push(piece);
	return Buffer.concat(pieces).toString('utf8');
}
