import { InvalidInputError } from '../errors';
import { type ColumnRole, foldedName, knownName } from './columnNames';
import { type ConsentColumn, consentColumn } from './consentColumns';

/** What a column is: one of ours, a field of the contact's own, or nothing to us. */
export type ColumnTarget = { role: ColumnRole } | { field: string } | { ignored: true };

export interface Column {
	/** As the file names it; `Column 3` where it has no name. */
	name: string;
	target: ColumnTarget;
	/** It says, beside that, whether its person agreed. */
	consent?: ConsentColumn;
}

/** Said by the operator about one column. */
export interface ColumnMapping {
	/** Its name in the file, or its number from 1. */
	column: string;
	/** A role, `field` or `ignore`. */
	meaning: ColumnRole | 'field' | 'ignore';
	/** For `field`: what it is called here; by default as in the file. */
	fieldName?: string;
}

/** Before the name of a field that would be taken for something else when an exported file is read again. */
const FIELD_PREFIX = 'field:';
/** What we add to a rejected row: a corrected file can be imported as it is. */
export const REJECTION_COLUMNS = ['rejectedRow', 'rejectedColumn', 'rejectedReason'] as const;

const MOST_COLUMNS = 500;
const NAME_CHARACTERS = 200;
const FIRST_NAME_ALIASES = new Set(['nome', 'nombre']);
const LAST_NAME_ALIASES = new Set(['name', 'nom', 'naam']);

/** How an exported file names a field, so that reading it back gives that field. */
export function fieldColumnName(field: string): string {
	const plain =
		field === field.trim() &&
		field !== '' &&
		knownName(field) === undefined &&
		consentColumn(field) === undefined &&
		!field.startsWith(FIELD_PREFIX) &&
		!isRejectionColumn(field) &&
		!UNNAMED.test(field);
	return plain ? field : `${FIELD_PREFIX}${field}`;
}

const UNNAMED = /^column \d+$/i;

/**
 * What each column of a file means, from its header and what the operator said.
 * Free columns of one name are told apart: `Note`, `Note (2)`.
 * @throws {InvalidInputError} for two columns of one meaning, a mapping to no column, or no column with numbers.
 */
export function readHeader(header: readonly string[], mappings: readonly ColumnMapping[]): Column[] {
	if (header.length > MOST_COLUMNS)
		throw new InvalidInputError(
			`The file has ${header.length} columns; at most ${MOST_COLUMNS} are read. Is it a list of contacts?`,
		);
	const names = header
		.map(storable)
		.map((cell, index) => (cell.startsWith(FIELD_PREFIX) ? cell : cell.trim()) || `Column ${index + 1}`);
	refuseLongNames(names);
	const columns: Column[] = names.map((name) => ({ name, target: automaticTarget(name, namesGroups(names, name)) }));
	const mapped = new Set(applyMappings(columns, mappings));
	settleNames(columns);
	settleRanks(columns, mappings.length > 0);
	findConsent(columns);
	tellApart(columns, mapped);
	return requireNumbers(columns);
}

/** Also of a column that the operator has made a field: a no does not become a yes by another name. */
function findConsent(columns: readonly Column[]): void {
	for (const column of columns) {
		if (!('field' in column.target) || column.name.startsWith(FIELD_PREFIX)) continue;
		const consent = consentColumn(column.name);
		if (consent) column.consent = consent;
	}
}

/** A file without header: columns are told by what stands in them; the first number is for SMS, a second one for WhatsApp. */
export function readHeaderless(
	cells: readonly string[],
	looksLikePhone: (cell: string) => boolean,
	mappings: readonly ColumnMapping[],
): Column[] {
	const columns: Column[] = cells.map((_, index) => ({
		name: `Column ${index + 1}`,
		target: { field: `Column ${index + 1}` },
	}));
	const mapped = new Set(applyMappings(columns, mappings));
	const hasRole = (role: ColumnRole): boolean => columns.some(({ target }) => 'role' in target && target.role === role);
	cells.forEach((cell, index) => {
		const column = columns[index];
		if (!column || mapped.has(column)) return;
		const role = looksLikePhone(cell)
			? (['smsNumber', 'whatsAppNumber'] as const).find((each) => !hasRole(each))
			: /\p{L}/u.test(cell) && !hasRole('name')
				? 'name'
				: undefined;
		if (role) column.target = { role };
	});
	settleRanks(columns, true);
	tellApart(columns, mapped);
	return requireNumbers(columns);
}

/** Databases refuse NUL and half characters; in a name they mean nothing. */
function storable(name: string): string {
	return name.toWellFormed().replaceAll('\0', '');
}

/** What version 0.2 exported: every other column was a field, whatever its name. */
const COLUMNS_OF_0_2 = [
	'SMS Number',
	'WhatsApp Number',
	'Name',
	'Language',
	'SMS Consent Source',
	'SMS Consent Date',
] as const;
/** Only Google Contacts (`Phone 1 - Value`) and Outlook name columns so. */
const OF_ADDRESS_BOOKS = [/^Phone 1 - Value$/i, /^Business Phone$/i];

/**
 * Whether a column that could name groups does so. Being in a group brings people messages: tags, labels and categories mean many things
 * in other programs, and name groups only where we know the file, or the operator says so.
 */
function namesGroups(names: readonly string[], name: string): boolean {
	const isExportOf02 =
		COLUMNS_OF_0_2.every((own) => names.includes(own)) &&
		!names.some((each) => knownName(each)?.role === 'whatsAppUserId');
	if (isExportOf02) return false;
	return knownName(name)?.rank === 1 || names.some((each) => OF_ADDRESS_BOOKS.some((own) => own.test(each)));
}

function automaticTarget(name: string, canNameGroups: boolean): ColumnTarget {
	if (name.startsWith(FIELD_PREFIX)) return { field: name.slice(FIELD_PREFIX.length) };
	if (isRejectionColumn(name)) return { ignored: true };
	const role = knownName(name)?.role;
	if (role === 'groups' && !canNameGroups) return { field: name };
	return role ? { role } : { field: name };
}

function isRejectionColumn(name: string): boolean {
	return (REJECTION_COLUMNS as readonly string[]).includes(name);
}

function refuseLongNames(names: readonly string[]): void {
	const index = names.findIndex((name) => name.length > NAME_CHARACTERS);
	if (index >= 0)
		throw new InvalidInputError(
			`The name of column ${index + 1} has ${names[index]?.length} characters; at most ${NAME_CHARACTERS} are read. Does the file begin with a header?`,
		);
}

/**
 * A column of one's own is worth keeping whatever its name: so that none hides another, the later ones are numbered. A name that stands
 * in the file so, or that the operator gave, stays with its column.
 */
function tellApart(columns: readonly Column[], mapped: ReadonlySet<Column>): void {
	numberLaterOnes(
		columns,
		({ name }) => name,
		(column, name) => (column.name = name),
	);
	const fixed = columns.filter(isNamePart).map(({ name }) => name);
	const free = columns.filter(({ target }) => 'field' in target);
	numberLaterOnes(
		[...free.filter((column) => mapped.has(column)), ...free.filter((column) => !mapped.has(column))],
		({ target, name }) => ('field' in target ? target.field : name),
		(column, field) => (column.target = { field }),
		fixed,
	);
}

/** First and last name are kept as fields too, under the names of their columns. */
function isNamePart({ target }: Column): boolean {
	return 'role' in target && (target.role === 'firstName' || target.role === 'lastName');
}

function numberLaterOnes(
	columns: readonly Column[],
	nameOf: (column: Column) => string,
	rename: (column: Column, name: string) => void,
	fixed: readonly string[] = [],
): void {
	const met = new Set(fixed);
	const taken = new Set([...fixed, ...columns.map(nameOf)]);
	for (const column of columns) {
		if (met.has(nameOf(column))) rename(column, numbered(nameOf(column), taken));
		met.add(nameOf(column));
		taken.add(nameOf(column));
	}
}

/** `Note (2)`, or the next number that is free. */
export function numbered(name: string, taken: ReadonlySet<string>): string {
	let number = 2;
	while (taken.has(`${name} (${number})`)) number++;
	return `${name} (${number})`;
}

function applyMappings(columns: Column[], mappings: readonly ColumnMapping[]): Column[] {
	const twice = mappings.find(
		({ meaning }, index) =>
			meaning !== 'field' && meaning !== 'ignore' && mappings.findIndex((other) => other.meaning === meaning) < index,
	);
	if (twice && twice.meaning !== 'field' && twice.meaning !== 'ignore') {
		throw new InvalidInputError(
			`Two columns are mapped to the ${ROLE_NAMES[twice.meaning]}. Leave one of them out; nothing was imported.`,
		);
	}
	return mappings.map(({ column: wanted, meaning, fieldName }) => {
		const column = findColumn(columns, wanted.trim());
		if (!column) {
			const there = columns
				.map(({ name }) => `"${name.slice(0, 40)}"`)
				.slice(0, 20)
				.join(', ');
			throw new InvalidInputError(
				`The file has no column "${wanted.slice(0, 60)}". Its columns are: ${there}. Correct the mapping; nothing was imported.`,
			);
		}
		if (meaning === 'ignore') column.target = { ignored: true };
		else if (meaning === 'field') column.target = { field: fieldName?.trim() || column.name };
		else {
			// What the operator says holds against what a name suggests.
			for (const other of columns)
				if (other !== column && 'role' in other.target && other.target.role === meaning)
					other.target = { field: other.name };
			column.target = { role: meaning };
		}
		return column;
	});
}

function findColumn(columns: readonly Column[], wanted: string): Column | undefined {
	return (
		columns.find(({ name }) => name === wanted) ??
		columns.find(({ name }) => foldedName(name) === foldedName(wanted) && foldedName(wanted) !== '') ??
		(/^\d{1,4}$/.test(wanted) ? columns[Number(wanted) - 1] : undefined)
	);
}

/** Italian `Nome` beside `Cognome` is the first name; German `Name` beside `Vorname` the last. */
function settleNames(columns: Column[]): void {
	const withRole = (role: ColumnRole): Column | undefined =>
		columns.find(({ target }) => 'role' in target && target.role === role);
	for (const column of columns) {
		if (!('role' in column.target) || column.target.role !== 'name') continue;
		const folded = foldedName(column.name);
		if (FIRST_NAME_ALIASES.has(folded) && withRole('lastName') && !withRole('firstName'))
			column.target = { role: 'firstName' };
		else if (LAST_NAME_ALIASES.has(folded) && withRole('firstName') && !withRole('lastName'))
			column.target = { role: 'lastName' };
	}
}

/** Of several columns of one meaning the surest is taken; the others become fields. */
function settleRanks(columns: Column[], mapped: boolean): void {
	const byRole = new Map<ColumnRole, Column[]>();
	for (const column of columns) {
		if ('role' in column.target) byRole.set(column.target.role, [...(byRole.get(column.target.role) ?? []), column]);
	}
	for (const [role, candidates] of byRole) {
		if (candidates.length < 2) continue;
		const rankOf = ({ name }: Column): number => knownName(name)?.rank ?? 0;
		const best = Math.min(...candidates.map(rankOf));
		const [one, other] = candidates.filter((column) => rankOf(column) === best);
		if (one && other && one.name === other.name) {
			throw new InvalidInputError(
				`The file has two columns named "${one.name.slice(0, 60)}": ${columns.indexOf(one) + 1} and ${columns.indexOf(other) + 1}. Rename or remove one of them; nothing was imported.`,
			);
		}
		if (one && other) {
			throw new InvalidInputError(
				`The columns "${one.name.slice(0, 60)}" and "${other.name.slice(0, 60)}" both look like the ${ROLE_NAMES[role]}. ${mapped ? 'Correct the mapping' : 'Say under Column Mapping which one it is'}; nothing was imported.`,
			);
		}
		for (const column of candidates) if (column !== one) column.target = { field: column.name };
	}
}

function requireNumbers(columns: Column[]): Column[] {
	if (!columns.some(isAddress)) {
		const there = columns
			.map(({ name }) => `"${name.slice(0, 40)}"`)
			.slice(0, 20)
			.join(', ');
		throw new InvalidInputError(
			`No column with phone numbers is recognised among ${there}. Say under Column Mapping which one it is; nothing was imported.`,
		);
	}
	return columns;
}

/** Whether a column says by what somebody is known. */
export function isAddress({ target }: Column): boolean {
	return (
		'role' in target &&
		(target.role === 'smsNumber' || target.role === 'whatsAppNumber' || target.role === 'whatsAppUserId')
	);
}

const ROLE_NAMES: Record<ColumnRole, string> = {
	smsNumber: 'SMS number',
	whatsAppNumber: 'WhatsApp number',
	whatsAppUserId: 'WhatsApp user ID',
	name: 'name',
	firstName: 'first name',
	lastName: 'last name',
	language: 'language',
	smsConsentSource: 'SMS consent source',
	smsConsentDate: 'SMS consent date',
	groups: 'groups',
};
