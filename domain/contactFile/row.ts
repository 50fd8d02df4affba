import { InvalidInputError } from '../errors';
import { phoneOf } from '../phone';
import { isWhatsAppUserId } from '../whatsAppUserId';
import { undefused } from './cell';
import { type ColumnRole, foldedName } from './columnNames';
import { type Column, isAddress, numbered } from './columns';
import { answerOf, isNoDay, saysNo } from './consentAnswers';
import { isEmptyWord } from './emptyWords';
import { groupNames } from './groupNames';
import { readPastTime } from './time';

/** A good row of a file. What the file leaves empty is null: it changes nothing. */
export interface ImportedRow {
	/** As a spreadsheet counts, the header being row 1; of items, from 1. */
	row: number;
	/** E.164. */
	smsNumber: string | null;
	/** E.164. */
	whatsAppNumber: string | null;
	/** From its own column, or from that of WhatsApp numbers. */
	whatsAppUserId: string | null;
	name: string | null;
	language: string | null;
	fields: Record<string, string> | null;
	/** Both or neither. */
	smsConsentSource: string | null;
	/** UTC ms. */
	smsConsentAt: number | null;
	/** What the file says of consent is not enough to count: a source without a date, or a date without a source. */
	consentIncomplete: boolean;
	/** Why the row gives no consent, though it, or the operator, names one; or says that its person has left. */
	consentRefusal: { column: string | null; reason: string } | null;
	/** As the file names them, by shortcode or name. */
	groups: string[] | null;
	/** How many cells held a word for nothing, like `null` or `#N/A`. */
	emptyWords: number;
}

export interface RejectedRow {
	row: number;
	/** Null where the whole row is at fault. */
	column: string | null;
	reason: string;
	/** By column name, shortened where it is long. */
	cells: Record<string, string>;
}

export interface RowSettings {
	columns: readonly Column[];
	/** ISO 3166 alpha-2, of numbers without prefix. */
	country: string;
	/** UTC ms. */
	now: number;
	/** Of every row, by the operator's word. `at`: UTC ms. */
	smsConsent?: { source: string; at: number } | null;
}

/** As many as all fields of a contact may have together. */
export const CELL_CHARACTERS = 16_000;
const SOURCE_CHARACTERS = 1_000;
const SHOWN_CHARACTERS = 1_000;
const MOST_SURPLUS_SHOWN = 20;

class RowFault extends Error {
	/** Written out: Node strips types where it runs this file in the tests' thread, and knows no parameter properties. */
	readonly column: string | null;

	constructor(column: string | null, message: string) {
		super(message);
		this.column = column;
	}
}

/** Reads one row; what is wrong with it comes back with the row, so that it can be corrected and given again. */
export function readRow(row: number, cells: readonly string[], settings: RowSettings): ImportedRow | RejectedRow {
	try {
		return goodRow(row, cells, settings);
	} catch (error) {
		if (!(error instanceof RowFault)) throw error;
		return { row, column: error.column, reason: error.message, cells: shownCells(cells, settings.columns) };
	}
}

export function isRejected(row: ImportedRow | RejectedRow): row is RejectedRow {
	return 'reason' in row;
}

export function isBlank(cells: readonly string[]): boolean {
	return cells.every((cell) => cell.trim() === '');
}

/** A rejected row's own cells, defused when they are written to a file by whoever writes them. */
export function shownCells(cells: readonly string[], columns: readonly Column[]): Record<string, string> {
	const shown = (text: string): string =>
		(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text)
			.toWellFormed()
			.replaceAll('\0', '\uFFFD');
	const names = columns.map(({ name }) => name);
	const entries = names.map((name, index): [string, string] => [name, shown(cells[index] ?? '')]);
	cells.slice(names.length, names.length + MOST_SURPLUS_SHOWN).forEach((cell, index) => {
		const name = `Column ${names.length + index + 1}`;
		entries.push([names.includes(name) ? numbered(name, new Set(names)) : name, shown(cell)]);
	});
	return Object.fromEntries(entries);
}

function goodRow(
	row: number,
	cells: readonly string[],
	{ columns, country, now, smsConsent }: RowSettings,
): ImportedRow {
	if (cells.length > columns.length && !isBlank(cells.slice(columns.length))) {
		throw new RowFault(
			null,
			`The row has ${cells.length} cells, but the file has ${columns.length} columns. Is a text with the delimiter in it not in quotes?`,
		);
	}
	const byRole: ByRole = {};
	let fields: Record<string, string> | null = null;
	let emptyWords = 0;
	for (const [index, { name, target }] of columns.entries()) {
		const cell = cells[index];
		if (cell === undefined || cell === '' || 'ignored' in target) continue;
		const text = checkedCell(cell, name);
		if (text === '') continue;
		if (isEmptyWord(text, 'role' in target ? target.role : undefined)) {
			emptyWords++;
			continue;
		}
		if ('role' in target) {
			byRole[target.role] = { text, column: name };
			// Kept as fields too: texts begin with "Dear {{Vorname}}".
			if (target.role !== 'firstName' && target.role !== 'lastName') continue;
		}
		fields ??= {};
		setField(fields, 'field' in target ? target.field : name, text);
	}
	const smsNumber = readNumber(byRole.smsNumber, country);
	// SMS and WhatsApp of a person are mostly the same number: read once.
	const isSame = byRole.whatsAppNumber !== undefined && byRole.whatsAppNumber.text === byRole.smsNumber?.text;
	const isUserId = byRole.whatsAppNumber !== undefined && isWhatsAppUserId(byRole.whatsAppNumber.text);
	const whatsAppNumber = isSame ? smsNumber : isUserId ? null : readNumber(byRole.whatsAppNumber, country);
	const whatsAppUserId = readUserId(byRole, isUserId);
	if (smsNumber === null && whatsAppNumber === null && whatsAppUserId === null)
		throw new RowFault(columns.find(isAddress)?.name ?? null, 'The row has no phone number.');
	return {
		row,
		smsNumber,
		whatsAppNumber,
		whatsAppUserId,
		name: nameOf(byRole),
		language: byRole.language?.text ?? null,
		fields,
		groups: byRole.groups ? groupNames(byRole.groups.text) : null,
		emptyWords,
		...withoutRefused(smsConsent ? consentOf(smsConsent) : readConsent(byRole, now), cells, columns, byRole),
	};
}

/** Like an object literal's own property, also for `__proto__`. */
function setField(fields: Record<string, string>, name: string, value: string): void {
	if (name === '__proto__')
		Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
	else fields[name] = value;
}

function checkedCell(cell: string, column: string): string {
	if (cell.length > CELL_CHARACTERS) {
		throw new RowFault(
			column,
			`The cell has ${cell.length} characters; at most ${CELL_CHARACTERS} are read. Is a quotation mark not closed?`,
		);
	}
	if (cell.includes('\uFFFD') || !cell.isWellFormed()) {
		throw new RowFault(
			column,
			'The cell holds characters that are not in the encoding of the file. Save the file as UTF-8, or say its encoding under Options.',
		);
	}
	// No database stores it, and it means nothing.
	return undefused(cell.includes('\0') ? cell.replaceAll('\0', '') : cell).trim();
}

function readUserId({ whatsAppNumber: inNumber, whatsAppUserId: own }: ByRole, isNumberUserId: boolean): string | null {
	if (own && !isWhatsAppUserId(own.text))
		throw new RowFault(
			own.column,
			'The cell is no WhatsApp user id: two letters, a dot, and up to 128 letters and digits, such as IT.AbC123.',
		);
	const userId = isNumberUserId ? (inNumber?.text ?? null) : null;
	if (own && userId !== null && own.text !== userId)
		throw new RowFault(own.column, 'The row has two WhatsApp user ids.');
	return own?.text ?? userId;
}

function readNumber(cell: { text: string; column: string } | undefined, country: string): string | null {
	if (cell === undefined) return null;
	try {
		return phoneOf(cell.text, country);
	} catch (error) {
		if (error instanceof InvalidInputError) throw new RowFault(cell.column, error.message);
		throw error;
	}
}

/** Marks that turn the direction of writing: in a name they turn the text around it too, so that it reads as another. */
const DIRECTION_MARKS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

function nameOf(byRole: Partial<Record<ColumnRole, { text: string }>>): string | null {
	const parts = [byRole.firstName?.text, byRole.lastName?.text].filter((part) => part !== undefined);
	const name = byRole.name?.text ?? parts.join(' ');
	return name.replace(DIRECTION_MARKS, '').trim() || null;
}

type RowConsent = Pick<ImportedRow, 'smsConsentSource' | 'smsConsentAt' | 'consentIncomplete'>;
type ByRole = Partial<Record<ColumnRole, { text: string; column: string }>>;

/** A no anywhere in the row stands against the consent that it, or the operator for all rows, gives: no import makes a yes of a no. */
function withoutRefused(
	consent: RowConsent,
	cells: readonly string[],
	columns: readonly Column[],
	byRole: ByRole,
): RowConsent & Pick<ImportedRow, 'consentRefusal'> {
	const consentRefusal = refusalIn(cells, columns, byRole, consent.smsConsentAt !== null);
	return consentRefusal
		? { smsConsentSource: null, smsConsentAt: null, consentIncomplete: false, consentRefusal }
		: { ...consent, consentRefusal };
}

function refusalIn(
	cells: readonly string[],
	columns: readonly Column[],
	{ smsConsentSource: source }: ByRole,
	isGiven: boolean,
): ImportedRow['consentRefusal'] {
	if (source && saysNo(source.text))
		return { column: source.column, reason: `The source of the consent says "${shortened(source.text)}".` };
	const answers = columns.flatMap(({ name, consent }, index) => {
		if (!consent) return [];
		const text = undefused(cells[index] ?? '').trim();
		return [{ name, about: consent.about, text, answer: answerOf(consent, text) }];
	});
	const isYesToSms =
		answers.some(({ about, answer }) => about === 'sms' && answer === 'yes') ||
		(source !== undefined && isGiven && foldedName(source.column).includes('sms'));
	const against = answers.filter(
		({ about, answer }) => (answer === 'no' || answer === 'notUnderstood') && !(isYesToSms && about === 'otherChannel'),
	);
	// Nobody is told of a cell that is empty, or not understood, where no consent was to be taken.
	const first = against.find(({ answer, text }) => isGiven || (answer === 'no' && text !== ''));
	if (!first) return null;
	const { name, text, answer } = first;
	const reason =
		text === ''
			? 'The cell is empty.'
			: answer === 'no'
				? `The row says "${shortened(text)}".`
				: `It is not sure whether "${shortened(text)}" is a yes. Write yes or no, or set the column to Ignore under Column Mapping where it says nothing of consent.`;
	return { column: name, reason };
}

const shortened = (text: string): string => text.slice(0, 40);

function consentOf({ source, at }: { source: string; at: number }): RowConsent {
	return { smsConsentSource: source.slice(0, SOURCE_CHARACTERS), smsConsentAt: at, consentIncomplete: false };
}

function readConsent({ smsConsentSource: source, smsConsentDate }: ByRole, now: number): RowConsent {
	const date = smsConsentDate && !isNoDay(smsConsentDate.text) ? smsConsentDate : undefined;
	const at = date && readPastTime(date.text, now);
	if (date && at === undefined) {
		throw new RowFault(
			date.column,
			`"${date.text.slice(0, 40)}" is not the date of a consent. Write a day that has been, like 2026-05-03 or 03.05.2026.`,
		);
	}
	const isComplete = source !== undefined && at !== undefined;
	return {
		smsConsentSource: isComplete ? source.text.slice(0, SOURCE_CHARACTERS) : null,
		smsConsentAt: isComplete ? at : null,
		consentIncomplete: !isComplete && (source !== undefined || date !== undefined),
	};
}
