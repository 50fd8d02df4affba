const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/u;
/** Values of a 3GPP TS 23.040 user data header that address an application port: what follows is not said by a person. */
const PORT_ELEMENTS = new Set([0x04, 0x05]);

/**
 * The text of a binary SMS, where it is text: UCS-2 (UTF-16, big-endian), UTF-8 or Latin-1. What holds
 * control characters, or is meant for an application, is no text.
 * @param segments base64 or URL-safe base64, in their order.
 * @param hasHeader whether each segment begins with a user data header, which is left out.
 * @returns null where it is no text.
 */
export function textOfSegments(segments: readonly string[], hasHeader: boolean): string | null {
	const bodies: Buffer[] = [];
	for (const segment of segments) {
		const bytes = Buffer.from(segment, 'base64');
		const body = hasHeader ? bodyBehindHeader(bytes) : bytes;
		if (body === null) return null;
		bodies.push(body);
	}
	const bytes = Buffer.concat(bodies);
	if (bytes.length === 0) return null;
	return asUcs2(bytes) ?? asUtf8(bytes) ?? plain(bytes.toString('latin1'));
}

function bodyBehindHeader(segment: Buffer): Buffer | null {
	const end = 1 + (segment[0] ?? segment.length);
	if (segment.length < end) return null;
	for (let at = 1; at < end; at += 2 + (segment[at + 1] ?? end)) {
		if (PORT_ELEMENTS.has(segment[at] ?? 0)) return null;
	}
	return segment.subarray(end);
}

/** Two bytes a character; told from one byte a character by its many zero bytes, or a byte order mark. */
function asUcs2(bytes: Buffer): string | null {
	if (bytes.length % 2 !== 0) return null;
	const hasMark = (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0xff && bytes[1] === 0xfe);
	if (!hasMark && !bytes.includes(0)) return null;
	const isLittle = hasMark ? bytes[0] === 0xff : bytes[0] !== 0 && bytes[1] === 0;
	const text = new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be').decode(bytes);
	return text.includes('\ufffd') ? null : plain(text);
}

function asUtf8(bytes: Buffer): string | null {
	try {
		return plain(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
	} catch {
		return null;
	}
}

function plain(text: string): string | null {
	return CONTROL.test(text) ? null : text;
}
