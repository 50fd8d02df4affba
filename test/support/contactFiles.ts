import { importContacts, type ImportOptions, type ImportResult } from '../../services/contacts/import/importContacts';
import type { Piece } from '../../services/contacts/import/protocol';
import type { Store } from '../../store/store';

/** A file as it comes from n8n's binary store: in pieces. */
export async function* inPieces(bytes: string | Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
	const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
	for (let start = 0; start < all.length; start += size) yield all.subarray(start, start + size);
}

export async function importFile(
	store: Store,
	file: string | Uint8Array | AsyncIterable<Piece>,
	options: ImportOptions = {},
): Promise<ImportResult> {
	const pieces = typeof file === 'string' || file instanceof Uint8Array ? inPieces(file) : file;
	return await importContacts(store, pieces, { country: 'IT', ...options });
}

/** Number i of people who do not exist, E.164. */
export const numberOf = (index: number): string => `+39333${String(1_000_000 + index)}`;
