import { readCountry } from '../../../domain/country';
import { InvalidInputError, OptInError } from '../../../domain/errors';
import { type RejectedRow, shownCells } from '../../../domain/contactFile/row';
import type { ColumnRole } from '../../../domain/contactFile/columnNames';
import type { Column } from '../../../domain/contactFile/columns';
import { resolveGroup } from '../../../store/groups';
import { commonCountry } from '../../../store/senders';
import type { Store } from '../../../store/store';
import { DryRun } from './dryRun';
import { FileGroups } from './fileGroups';
import type { Piece, ReadChunk, ReadSettings } from './protocol';
import { readInThread } from './thread';
import { type ChunkResult, foretellChunk, writeChunk } from './writeChunk';

export interface ImportOptions extends Partial<Omit<ReadSettings, 'country' | 'now' | 'groups' | 'smsConsent'>> {
	/** ISO 3166 alpha-2, of numbers without prefix; default: the one all senders share. */
	country?: string;
	/** Ids or shortcodes of the groups that all contacts join. */
	groups?: readonly string[];
	/** Given by every person of the file. `at`: UTC ms. */
	smsConsent?: { source: string; at: number };
	/** Groups that the file names and that are not there are made; otherwise such rows are rejected. */
	makeGroups?: boolean;
	/** Says what would be done, and does nothing. */
	dryRun?: boolean;
	/** Ends the import between two chunks. */
	signal?: AbortSignal;
}

/** Counts of rows, but for addedToGroups and keptOut, which count memberships. */
export interface ImportSummary extends Omit<ChunkResult, 'rejected'> {
	/** Without header and empty rows. */
	rows: number;
	rejected: number;
	/** How many of the rejected rows are listed; the rest is only counted. */
	rejectedListed: number;
	/** Of a workbook: the sheet that was read. */
	sheet: string | null;
	/** Rows of that sheet that were left out because they are hidden or filtered out; not in `rows`. */
	hiddenRows: number;
	/** The first of the rows counted by smsConsentRefused, and why. */
	smsConsentRefusals: Array<{ row: number; column: string | null; reason: string }>;
	dryRun: boolean;
}

export interface ImportResult {
	summary: ImportSummary;
	rejected: RejectedRow[];
}

const REJECTED_LISTED = 10_000;
const REFUSALS_LISTED = 1_000;
/** What n8n has to carry for them, whatever stands in them. */
const REJECTED_CHARACTERS = 8_000_000;
const DAY_MS = 86_400_000;

/**
 * Imports contacts from the bytes of a CSV or XLSX file, or from rows. Written chunk by chunk, each all or nothing; done again after it
 * was cut off, it ends as if it had not been, and done twice it changes nothing. Registers nobody and lifts no opt-out.
 * @throws {InvalidInputError} for what cannot be read; what is wrong with a single row comes back as a rejected row.
 */
export async function importContacts(
	store: Store,
	pieces: AsyncIterable<Piece>,
	options: ImportOptions = {},
): Promise<ImportResult> {
	const { settings, groupIds } = await prepare(store, options);
	const dryRun = options.dryRun ? new DryRun() : undefined;
	const result: ImportResult = { summary: emptySummary(dryRun !== undefined), rejected: [] };
	const groups = { all: groupIds, ofFile: new FileGroups(options.makeGroups ?? false) };
	const budget = { characters: REJECTED_CHARACTERS };
	try {
		const chunks = readInThread(pieces, settings, ({ name, hiddenRows }) =>
			Object.assign(result.summary, { sheet: name, hiddenRows }),
		);
		for await (const chunk of chunks) {
			options.signal?.throwIfAborted();
			const written = dryRun
				? await foretellChunk(store, chunk, groups, dryRun)
				: await writeChunk(store, chunk, groups);
			addUp(result, chunk, written, budget);
		}
	} catch (error) {
		throw cutOff(error, result.summary);
	}
	return result;
}

async function prepare(store: Store, options: ImportOptions): Promise<{ settings: ReadSettings; groupIds: number[] }> {
	const now = store.now();
	const { country, groupIds } = await store.read(async (db) => {
		const ids: number[] = [];
		for (const group of options.groups ?? []) ids.push((await resolveGroup(db, group)).id);
		return { country: readCountry(options.country || (await commonCountry(db))), groupIds: [...new Set(ids)] };
	});
	return {
		groupIds,
		settings: {
			country,
			now,
			mappings: options.mappings ?? [],
			header: options.header ?? 'auto',
			delimiter: options.delimiter ?? 'auto',
			encoding: options.encoding ?? 'auto',
			sheet: options.sheet ?? '',
			headerRow: options.headerRow ?? 0,
			groups: groupIds.length,
			smsConsent: readConsent(options.smsConsent, now),
		},
	};
}

function readConsent(consent: ImportOptions['smsConsent'], now: number): ReadSettings['smsConsent'] {
	if (!consent) return null;
	const source = consent.source.trim();
	if (source === '') throw new InvalidInputError('A consent to SMS needs a source, e.g. "paper form of 12 May 2026".');
	if (!(consent.at <= now + DAY_MS))
		throw new InvalidInputError(
			'The date of the consent to SMS lies in the future. Enter the day on which the people of the file agreed.',
		);
	return { source, at: Math.min(consent.at, now) };
}

function emptySummary(dryRun: boolean): ImportSummary {
	return {
		rows: 0,
		created: 0,
		updated: 0,
		unchanged: 0,
		rejected: 0,
		rejectedListed: 0,
		addedToGroups: 0,
		keptOut: 0,
		groupsMade: 0,
		suppressed: 0,
		withSmsConsent: 0,
		smsConsentIncomplete: 0,
		smsConsentRefused: 0,
		smsConsentRefusals: [],
		emptyWords: 0,
		sheet: null,
		hiddenRows: 0,
		dryRun,
	};
}

function addUp(
	{ summary, rejected }: ImportResult,
	chunk: ReadChunk,
	{ rejected: contradicted, ...figures }: ChunkResult,
	budget: { characters: number },
): void {
	for (const [name, figure] of Object.entries(figures) as Array<[keyof typeof figures, number]>)
		summary[name] += figure;
	const notTaken = new Set(contradicted.map(({ index }) => index));
	for (const [index, { row, consentRefusal }] of chunk.rows.entries()) {
		if (summary.smsConsentRefusals.length >= REFUSALS_LISTED) break;
		if (consentRefusal && !notTaken.has(index)) summary.smsConsentRefusals.push({ row, ...consentRefusal });
	}
	summary.rows += chunk.rows.length + chunk.rejected.length;
	summary.rejected += chunk.rejected.length + contradicted.length;
	const rows = [...chunk.rejected, ...contradicted.map((row) => contradictedRow(chunk, row))];
	for (const row of rows.sort((one, other) => one.row - other.row)) {
		if (rejected.length >= REJECTED_LISTED || budget.characters <= 0) break;
		budget.characters -= Object.entries(row.cells).reduce(
			(sum, [name, cell]) => sum + name.length + cell.length,
			row.reason.length,
		);
		rejected.push(row);
	}
	summary.rejectedListed = rejected.length;
}

function contradictedRow(
	{ rows, cells, columns }: ReadChunk,
	{ index, reason, byGroups }: ChunkResult['rejected'][number],
): RejectedRow {
	const { row = 0, smsNumber = null, whatsAppNumber = null, whatsAppUserId = null } = rows[index] ?? {};
	const names = (
		byGroups
			? [nameOf(columns, 'groups')]
			: [
					smsNumber !== null && nameOf(columns, 'smsNumber'),
					whatsAppNumber !== null && nameOf(columns, 'whatsAppNumber'),
					whatsAppUserId !== null && (nameOf(columns, 'whatsAppUserId') ?? nameOf(columns, 'whatsAppNumber')),
				]
	).filter((name) => typeof name === 'string');
	return { row, column: names.join(', ') || null, reason, cells: shownCells(cells[index] ?? [], columns) };
}

function nameOf(columns: readonly Column[], role: ColumnRole): string | undefined {
	return columns.find(({ target }) => 'role' in target && target.role === role)?.name;
}

/** Says what has been done before the end, and that it may be done again. */
function cutOff(error: unknown, { rows, dryRun }: ImportSummary): unknown {
	if (error instanceof OptInError && rows > 0 && !dryRun) {
		error.message = `${error.message} ${rows} rows were imported before that; importing the file again changes nothing in them.`;
	}
	return error;
}
