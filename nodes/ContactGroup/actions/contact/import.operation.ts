import { updateDisplayOptions } from 'n8n-workflow';
import { z } from 'zod/v4';

import { InvalidInputError } from '../../../../domain/errors';
import { defused } from '../../../../domain/contactFile/cell';
import { type ColumnMapping, REJECTION_COLUMNS } from '../../../../domain/contactFile/columns';
import type { RejectedRow } from '../../../../domain/contactFile/row';
import { importContacts, type ImportOptions } from '../../../../services/contacts/import/importContacts';
import { itemRows } from '../../../../services/contacts/import/itemRows';
import type { ItemParameters } from '../../../shared/parameters';
import { type Call, Outputs } from '../../../shared/router';
import { binaryBytes } from '../../binaryBytes';
import { importFields } from '../../importFields';

export const description = updateDisplayOptions(
	{ show: { resource: ['contact'], operation: ['import'] } },
	importFields,
);

/** A file each item; of items, all of them with the first one. */
export async function execute({ node, store, parameters }: Call): Promise<Outputs> {
	const options: ImportOptions = {
		...readOptions(node.getNodeParameter('options', parameters.itemIndex, {}), parameters),
		signal: node.getExecutionCancelSignal?.(),
	};
	if (parameters.choice('source') === 'items') {
		if (parameters.itemIndex > 0) return new Outputs([[], []]);
		const items = node.getInputData();
		const { summary, rejected } = await importContacts(store, itemRows(items.map(({ json }) => json)), options);
		return new Outputs([
			[{ json: { ...summary }, item: items.map((_, index) => index) }],
			rejected.map((row) => ({ json: rejectedItem(row), item: row.row - 1 })),
		]);
	}
	const binary = node.helpers.assertBinaryData(parameters.itemIndex, parameters.text('binaryPropertyName'));
	const { summary, rejected } = await importContacts(store, binaryBytes(node, binary), options);
	return new Outputs([[{ json: { ...summary } }], rejected.map((row) => ({ json: rejectedItem(row) }))]);
}

/** Its own cells, and what is wrong: flat, so that Convert to File writes a file that can be corrected and imported again. */
function rejectedItem({ row, column, reason, cells }: RejectedRow) {
	const [rowName, columnName, reasonName] = REJECTION_COLUMNS;
	const shown = Object.entries(cells).map(([name, cell]): [string, string] => [defused(name), defused(cell)]);
	return Object.fromEntries<string | number>([
		[rowName, row],
		[columnName, defused(column ?? '')],
		[reasonName, reason],
		...shown.filter(([name]) => !(REJECTION_COLUMNS as readonly string[]).includes(name)),
	]);
}

const chosen = z.object({
	columnMapping: z
		.object({
			column: z
				.array(
					z.object({
						column: z.coerce.string().trim().min(1),
						meaning: z.enum([
							'smsNumber',
							'whatsAppNumber',
							'whatsAppUserId',
							'name',
							'firstName',
							'lastName',
							'language',
							'smsConsentSource',
							'smsConsentDate',
							'groups',
							'field',
							'ignore',
						]),
						fieldName: z.string().optional(),
					}),
				)
				.default([]),
		})
		.default({ column: [] }),
	delimiter: z.enum(['auto', ',', ';', 'tab', '|']).default('auto'),
	encoding: z.enum(['auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).default('auto'),
	header: z.enum(['auto', 'yes', 'no']).default('auto'),
	headerRow: z.coerce.number().int().min(0).max(1_048_576).default(0),
	makeGroups: z.boolean().default(false),
});

function readOptions(given: unknown, parameters: ItemParameters): ImportOptions {
	const read = chosen.safeParse(given);
	if (!read.success) {
		const [issue] = read.error.issues;
		throw new InvalidInputError(
			`The option "${issue?.path.join(' › ') ?? ''}" is not one that can be used: ${issue?.message ?? ''}. Choose it again.`,
		);
	}
	const { columnMapping, delimiter, encoding, header, headerRow, makeGroups } = read.data;
	const mappings: ColumnMapping[] = columnMapping.column;
	return {
		country: parameters.optionalText('options.country'),
		groups: parameters.list('groups'),
		dryRun: parameters.flag('dryRun'),
		sheet: parameters.text('options.sheet'),
		mappings,
		encoding,
		delimiter: delimiter === 'tab' ? '\t' : delimiter,
		header,
		headerRow,
		makeGroups,
		smsConsent: readConsent(parameters),
	};
}

function readConsent(parameters: ItemParameters): ImportOptions['smsConsent'] {
	const source = parameters.optionalText('options.smsConsentSource');
	const at = parameters.optionalTime('options.smsConsentAt');
	if (source === undefined && at === undefined) return undefined;
	if (source === undefined || at === undefined) {
		throw new InvalidInputError(
			'A consent to SMS counts only with its source and its date. Enter both SMS Consent Source and SMS Consent Date, or neither.',
		);
	}
	return { source, at };
}
