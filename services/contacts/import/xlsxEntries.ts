import { InvalidInputError } from '../../../domain/errors';

const END_RECORD = 0x06054b50;
const ENTRY = 0x02014b50;
const END_RECORD_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const MOST_COMMENT_BYTES = 65_535;
const MOST_ENTRIES = 5_000;
/** What a file may unpack into. */
export const MOST_UNPACKED_BYTES = 512 * 1_048_576;

/** One file in a ZIP. */
export interface XlsxEntry {
	/** Its path in the ZIP. */
	name: string;
	/** General purpose flags. */
	flags: number;
	/** 0 stored, 8 deflated. */
	method: number;
	/** As it lies in the ZIP. */
	packed: Buffer;
}

/**
 * The files in a workbook, by the table of contents of the ZIP; refuses one that says it would unpack into more than memory is for.
 * @throws {InvalidInputError}
 */
export function readEntries(file: Buffer): XlsxEntry[] {
	const end = findEndRecord(file);
	const count = end === undefined ? 0 : file.readUInt16LE(end + 10);
	if (count > MOST_ENTRIES) throw tooLarge();
	const entries: XlsxEntry[] = [];
	let at = end === undefined ? 0 : file.readUInt32LE(end + 16);
	let unpacked = 0;
	while (entries.length < count && at + ENTRY_BYTES <= file.length && file.readUInt32LE(at) === ENTRY) {
		unpacked += file.readUInt32LE(at + 24);
		const packed = packedAt(file, file.readUInt32LE(at + 42), file.readUInt32LE(at + 20));
		if (packed === undefined) break;
		const name = file.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + file.readUInt16LE(at + 28));
		entries.push({ name, flags: file.readUInt16LE(at + 8), method: file.readUInt16LE(at + 10), packed });
		at += ENTRY_BYTES + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
	}
	if (end === undefined || count === 0 || entries.length !== count) {
		throw new InvalidInputError(
			'The file is no XLSX that can be read: it is damaged, or cut off. Save it again as XLSX or CSV; nothing was imported.',
		);
	}
	if (unpacked > MOST_UNPACKED_BYTES) throw tooLarge();
	return entries;
}

export function tooLarge(): InvalidInputError {
	return new InvalidInputError(
		'The XLSX file holds more than 512 MB of data. Save the sheet with the contacts as CSV; nothing was imported.',
	);
}

function packedAt(file: Buffer, header: number, size: number): Buffer | undefined {
	if (header + LOCAL_HEADER_BYTES > file.length) return undefined;
	const start = header + LOCAL_HEADER_BYTES + file.readUInt16LE(header + 26) + file.readUInt16LE(header + 28);
	return start + size <= file.length ? file.subarray(start, start + size) : undefined;
}

function findEndRecord(file: Buffer): number | undefined {
	for (
		let at = file.length - END_RECORD_BYTES;
		at >= Math.max(0, file.length - END_RECORD_BYTES - MOST_COMMENT_BYTES);
		at--
	) {
		if (file.readUInt32LE(at) === END_RECORD) return at;
	}
	return undefined;
}
