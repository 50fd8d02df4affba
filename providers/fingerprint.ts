import { createHash } from 'node:crypto';

/**
 * An id made of content, for events that carry none of their own: delivered twice it is the same,
 * and no phone number can be read in it.
 */
export function fingerprint(content: unknown): string {
	const text = Buffer.isBuffer(content) ? content : (JSON.stringify(content) ?? 'undefined');
	return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
