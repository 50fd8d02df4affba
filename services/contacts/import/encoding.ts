import { isAscii, isUtf8 } from 'node:buffer';

import { InvalidInputError } from '../../../domain/errors';
import type { ReadSettings } from './protocol';

type Encoding = Exclude<ReadSettings['encoding'], 'auto'>;

const NOT_TEXT =
	'The file is no text in UTF-8, UTF-16 or Windows-1252 (Latin-1), and no XLSX. Save it as CSV in UTF-8, or as XLSX; nothing was imported.';
/** C0 controls that no text has, and bytes that Windows-1252 leaves empty. */
const CONTROL = /[\u0001-\u0008\u000e-\u001a\u001c-\u001f\u0081\u008d\u008f\u0090\u009d]/;

/**
 * The bytes of a text file as UTF-8 without byte order mark. Unless told, the encoding is known by its mark, by the zeros of UTF-16,
 * and otherwise decided where the first byte beyond ASCII stands: until there UTF-8 and Windows-1252 are the same.
 * @throws {InvalidInputError} for what is no text in any of them.
 */
export async function* toUtf8(
	bytes: AsyncIterable<Uint8Array>,
	wanted: ReadSettings['encoding'],
): AsyncGenerator<Buffer> {
	let decode: ((piece: Uint8Array, stream: boolean) => Buffer) | undefined;
	let isFirst = true;
	let held: Buffer = Buffer.alloc(0);
	for await (const piece of bytes) {
		const next: Buffer =
			held.length > 0 ? Buffer.concat([held, piece]) : Buffer.from(piece.buffer, piece.byteOffset, piece.length);
		// The longest mark has four bytes.
		if (isFirst && next.length < 4) {
			held = next;
			continue;
		}
		held = Buffer.alloc(0);
		const marked = isFirst ? markedEncoding(next) : undefined;
		if (isFirst) decode = decoderFor(marked?.encoding ?? (wanted === 'auto' ? zerosEncoding(next) : wanted));
		isFirst = false;
		const body = marked ? next.subarray(marked.length) : next;
		if (decode) {
			yield decode(body, true);
			continue;
		}
		const decided = encodingBeyondAscii(body);
		if (decided === undefined) yield body;
		else if (decided === 'unclear') held = body;
		else {
			decode = decoderFor(decided);
			yield decode?.(body, true) ?? body;
		}
	}
	if (held.length > 0) {
		const marked = isFirst ? markedEncoding(held) : undefined;
		decode ??= decoderFor(
			marked?.encoding ??
				(wanted === 'auto' ? (encodingBeyondAscii(held, true) === 'utf-8' ? 'utf-8' : 'windows-1252') : wanted),
		);
		yield decode?.(marked ? held.subarray(marked.length) : held, true) ?? held;
	}
	if (decode) yield decode(Buffer.alloc(0), false);
}

function markedEncoding(bytes: Buffer): { encoding: Encoding; length: number } | undefined {
	const starts = (...mark: number[]): boolean => mark.every((byte, index) => bytes[index] === byte);
	if (starts(0xff, 0xfe, 0, 0) || starts(0, 0, 0xfe, 0xff)) throw new InvalidInputError(NOT_TEXT);
	if (starts(0xef, 0xbb, 0xbf)) return { encoding: 'utf-8', length: 3 };
	if (starts(0xff, 0xfe)) return { encoding: 'utf-16le', length: 2 };
	if (starts(0xfe, 0xff)) return { encoding: 'utf-16be', length: 2 };
	return undefined;
}

const SAMPLE_BYTES = 4_096;
const STRAY_ZEROS = 3;

/** Half of the bytes of an ordinary text in UTF-16 are zero, on one side. */
function zerosEncoding(bytes: Buffer): Encoding | undefined {
	const sample = bytes.subarray(0, SAMPLE_BYTES);
	const zeros = [0, 0];
	sample.forEach((byte, index) => {
		if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
	});
	const [even = 0, odd = 0] = zeros;
	if (even + odd === 0) return undefined;
	if (odd > sample.length / 5 && even < odd / 10) return 'utf-16le';
	if (even > sample.length / 5 && odd < even / 10) return 'utf-16be';
	// Some programs leave one at the end of a text.
	if (even + odd <= Math.max(STRAY_ZEROS, sample.length / 100)) return undefined;
	throw new InvalidInputError(NOT_TEXT);
}

/** Undefined for ASCII alone; 'unclear' where a character is cut off at the end, so that more has to be seen. */
function encodingBeyondAscii(bytes: Buffer, isEnd = false): 'utf-8' | 'windows-1252' | 'unclear' | undefined {
	if (isAscii(bytes)) return undefined;
	const text = bytes.subarray(bytes.findIndex((byte) => byte > 0x7f));
	if (isUtf8(text)) return 'utf-8';
	if (isEnd) return 'windows-1252';
	// The last character may be cut off by up to three bytes.
	const isCutOff = [1, 2, 3].some(
		(cut) => text.length >= cut && isUtf8(text.subarray(0, text.length - cut)) && (text.at(-cut) ?? 0) >= 0xc2,
	);
	if (!isCutOff) return 'windows-1252';
	return text.length <= 3 ? 'unclear' : 'utf-8';
}

/** Undefined for no decision yet. UTF-8 goes through as it is; what is broken in it shows as U+FFFD, and the row is rejected. */
function decoderFor(encoding: Encoding | undefined): ((piece: Uint8Array, stream: boolean) => Buffer) | undefined {
	if (encoding === undefined) return undefined;
	if (encoding === 'utf-8') return (piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.length);
	const decoder = new TextDecoder(encoding);
	return (piece, stream) => {
		const text = decoder.decode(piece, { stream });
		if (encoding === 'windows-1252' && CONTROL.test(text)) throw new InvalidInputError(NOT_TEXT);
		return Buffer.from(text);
	};
}
