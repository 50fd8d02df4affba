import { InvalidInputError } from '../../../domain/errors';

const END_RECORD = 0x06054b50;
const ENTRY = 0x02014b50;
const END_RECORD_BYTES = 22;
const MOST_COMMENT_BYTES = 65_535;
const MOST_UNPACKED_BYTES = 512 * 1_048_576;
const MOST_ENTRIES = 5_000;

/**
 * Refuses a file that would unpack into more than memory is for, before it is unpacked, by the table of contents of the ZIP.
 * @throws {InvalidInputError}
 */
export function assertReadable(file: Buffer): void {
	const end = findEndRecord(file);
	const entries = end === undefined ? 0 : file.readUInt16LE(end + 10);
	let at = end === undefined ? 0 : file.readUInt32LE(end + 16);
	let unpacked = 0;
	let seen = 0;
	for (; seen < entries && at + 46 <= file.length && file.readUInt32LE(at) === ENTRY; seen++) {
		unpacked += file.readUInt32LE(at + 24);
		at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
	}
	if (end === undefined || entries === 0 || seen !== entries) {
		throw new InvalidInputError(
			'The file is no XLSX that can be read: it is damaged, or cut off. Save it again as XLSX or CSV; nothing was imported.',
		);
	}
	if (unpacked > MOST_UNPACKED_BYTES || entries > MOST_ENTRIES) {
		throw new InvalidInputError(
			'The XLSX file holds more than 512 MB of data. Save the sheet with the contacts as CSV; nothing was imported.',
		);
	}
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
