import { InvalidInputError } from '../../../domain/errors';
import type { XlsxEntry } from './xlsxEntries';

const AS_XLSX = 'Open it in a spreadsheet and save it as XLSX or CSV; nothing was imported.';
const OLE = 'd0cf11e0';
const PACKED = ['1f8b', '377abcaf', '52617221', 'fd377a58', '28b52ffd'];

/** What a file is that is no CSV, by how its text begins. Many programs save tables as web pages under the name .xls. */
const TEXTS: Array<[begins: RegExp, what: string]> = [
	[/^<(?:!doctype html|html|head|meta|body|table|div|style)\b/i, `a web page (HTML), whatever its name. ${AS_XLSX}`],
	[/^<\?xml\b|^<(?:\w+:)?(?:workbook|document)\b/i, `XML, and no XLSX or CSV. ${AS_XLSX}`],
	[/^mime-version:/i, `a web archive (MHT). ${AS_XLSX}`],
	[/^ID;P(?:WXL|SCALC3|[A-Z\d]*;[NE]\b)/, `a SYLK table. ${AS_XLSX}`],
	[/^\{\\rtf/, `a text document (RTF). ${AS_XLSX}`],
	[/^%pdf-/i, 'a PDF, which holds no table. Get the list as XLSX or CSV; nothing was imported.'],
	[/^begin:vcard/i, 'a list of address cards (vCard). Export the contacts as CSV; nothing was imported.'],
	[/^(?:\[\s*)?\{\s*"/, 'JSON. Read it with "Extract From File" and choose Items as Source; nothing was imported.'],
];

/** @throws {InvalidInputError} for a file that is surely neither text with columns nor a ZIP. */
export function refuseForeign(start: Uint8Array): void {
	const bytes = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, 4_096));
	const magic = bytes.toString('hex', 0, 4);
	if (magic === OLE)
		throw new InvalidInputError(
			'The file is an old Excel file (.xls), or protected with a password. Save it as XLSX without password, or as CSV; nothing was imported.',
		);
	if (PACKED.some((sign) => magic.startsWith(sign)))
		throw new InvalidInputError('The file is packed. Unpack it and import what is inside; nothing was imported.');
	// Of UTF-16 every second byte is zero.
	const text = bytes
		.toString('latin1')
		.replace(/^(?:\xEF\xBB\xBF|\xFF\xFE|\xFE\xFF)/, '')
		.replaceAll('\0', '')
		.trimStart();
	const found = TEXTS.find(([begins]) => begins.test(text));
	if (found) throw new InvalidInputError(`The file is ${found[1]}`);
}

const HAS_PASSWORD = 1;

/** @throws {InvalidInputError} for a ZIP that is no XLSX, or has a password. */
export function refuseForeignZip(entries: readonly XlsxEntry[]): void {
	const has = (name: string): boolean =>
		entries.some((entry) => entry.name === name || entry.name.startsWith(`${name}/`));
	if (entries.some(({ flags }) => (flags & HAS_PASSWORD) !== 0))
		throw new InvalidInputError(
			'The file is protected with a password. Save it without password, as XLSX or CSV; nothing was imported.',
		);
	if (has('xl/workbook.xml')) return;
	const what = has('content.xml')
		? 'an OpenDocument file (.ods)'
		: has('xl/workbook.bin')
			? 'a binary workbook (.xlsb)'
			: has('word')
				? 'a text document (.docx)'
				: has('Index')
					? 'a document of Numbers'
					: has('xl')
						? undefined
						: 'a ZIP without a workbook in it';
	if (what) throw new InvalidInputError(`The file is ${what}, and no XLSX. ${AS_XLSX}`);
}
