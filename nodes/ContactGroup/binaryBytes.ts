import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

const PIECE_BYTES = 65_536;
/** A multiple of four, as base64 writes three bytes as four characters. */
const PIECE_CHARACTERS = 65_536;

/** The bytes of a binary field, piece by piece: from n8n's binary store as a stream, else out of the item itself. */
export async function* binaryBytes(node: IExecuteFunctions, { id, data }: IBinaryData): AsyncGenerator<Uint8Array> {
	if (id) {
		for await (const piece of await node.helpers.getBinaryStream(id, PIECE_BYTES)) yield piece as Buffer;
		return;
	}
	for (let start = 0; start < data.length; start += PIECE_CHARACTERS)
		yield Buffer.from(data.slice(start, start + PIECE_CHARACTERS), 'base64');
}
