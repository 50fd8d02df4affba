import { InvalidInputError } from '../../../domain/errors';
import type { XlsxEntry } from './xlsxEntries';
import { unpack } from './xlsxGrid';

const SHEET = /<(?:\w+:)?sheet\s[^<>]*>/g;
const HIDDEN = /\sstate\s*=\s*["'](?:hidden|veryHidden)["']/;
const ROW = /<(?:\w+:)?row(?:\s[^<>]*)?>/g;
const ROW_NUMBER = /\sr\s*=\s*["'](\d+)["']/;
/** Longer than any mark of a row: it may lie on the seam of two pieces. */
const SEAM_CHARACTERS = 1_000;
const ROW_HIDDEN = /\shidden\s*=\s*["'](?:1|true)["']/;
const NAME = /\sname\s*=\s*["']([^"']*)["']/;
const RELATION = /\s\w+:id\s*=\s*["']([^"']*)["']/;

/** The place of the first sheet that people see, from 1; of a workbook that cannot be read so, the first. @throws {InvalidInputError} */
export async function firstVisibleSheet(entries: readonly XlsxEntry[]): Promise<number> {
	const sheets = await sheetTags(entries);
	if (sheets.length === 0) return 1;
	const index = sheets.findIndex((tag) => !HIDDEN.test(tag));
	if (index < 0)
		throw new InvalidInputError(
			'All sheets of the file are hidden. Show the one with the contacts, or name it as Sheet under Options; nothing was imported.',
		);
	return index + 1;
}

/** The numbers of the rows that are hidden, or filtered out, in a sheet given by place or name. */
export async function hiddenRows(entries: readonly XlsxEntry[], sheet: number | string): Promise<Set<number>> {
	const sheets = await sheetTags(entries);
	const tag =
		typeof sheet === 'number'
			? sheets[sheet - 1]
			: sheets.find((each) => unescaped(NAME.exec(each)?.[1] ?? '') === sheet);
	const id = tag && RELATION.exec(tag)?.[1];
	const relations =
		(await textOf(entries, 'xl/_rels/workbook.xml.rels')).match(/<(?:\w+:)?Relationship\s[^<>]*>/g) ?? [];
	const relation = relations.find((each) => /\sId\s*=\s*["']([^"']*)["']/.exec(each)?.[1] === id);
	const target = relation && /\sTarget\s*=\s*["']([^"']*)["']/.exec(relation)?.[1];
	const hidden = new Set<number>();
	if (!target) return hidden;
	const entry = entries.find(({ name }) => name === pathOf(target));
	if (!entry) return hidden;
	let row = 0;
	let seam = '';
	for await (const piece of unpack(entry)) {
		const text = seam + piece.toString('latin1');
		let read = 0;
		for (const { 0: mark, index } of text.matchAll(ROW)) {
			read = index + mark.length;
			row = Number(ROW_NUMBER.exec(mark)?.[1] ?? row + 1);
			if (ROW_HIDDEN.test(mark)) hidden.add(row);
		}
		// What was read is not read again: a row without number would be counted twice.
		seam = text.slice(Math.max(read, text.length - SEAM_CHARACTERS));
	}
	return hidden;
}

const unescaped = (text: string): string =>
	text
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&apos;', "'")
		.replaceAll('&amp;', '&');

const pathOf = (target: string): string =>
	target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`;

async function sheetTags(entries: readonly XlsxEntry[]): Promise<string[]> {
	return (await textOf(entries, 'xl/workbook.xml')).match(SHEET) ?? [];
}

async function textOf(entries: readonly XlsxEntry[], name: string): Promise<string> {
	const entry = entries.find((each) => each.name === name);
	const pieces: Buffer[] = [];
	if (entry) for await (const piece of unpack(entry)) pieces.push(piece);
	return Buffer.concat(pieces).toString('utf8');
}
