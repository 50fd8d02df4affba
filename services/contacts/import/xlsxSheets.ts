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
	const index = tags.findIndex((tag) => (wanted === '' ? !HIDDEN.test(tag) : nameOf(tag) === wanted));
	if (index < 0 && wanted === '' && tags.length > 0)
		throw new InvalidInputError(
			'All sheets of the file are hidden. Show the one with the contacts, or name it as Sheet under Options; nothing was imported.',
		);
	const tag = tags[index];
	return { place: Math.max(index, 0) + 1, name: tag === undefined ? wanted : nameOf(tag), tag };
}

/** The numbers of the rows that are hidden, or filtered out. */
export async function hiddenRows(entries: readonly XlsxEntry[], { tag }: Sheet): Promise<Set<number>> {
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
