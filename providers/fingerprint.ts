import { createHash, type Hash } from 'node:crypto';

/**
 * An id made of content, for events that carry none of their own: delivered twice it is the same,
 * and no phone number can be read in it. Never throws, however deep the content is nested.
 */
export function fingerprint(content: unknown): string {
	const hash = createHash('sha256');
	if (Buffer.isBuffer(content)) hash.update(content);
	else {
		const text = textOf(content);
		if (text !== null) hash.update(text);
		else updateByParts(hash, content);
	}
	return hash.digest('hex').slice(0, 32);
}

/** Null for what is nested deeper than JSON.stringify can follow. */
function textOf(content: unknown): string | null {
	try {
		return JSON.stringify(content) ?? 'undefined';
	} catch {
		return null;
	}
}

/** One value after the other, without a call for each level. */
function updateByParts(hash: Hash, content: unknown): void {
	const waiting: unknown[] = [content];
	while (waiting.length > 0) {
		const value = waiting.pop();
		if (typeof value !== 'object' || value === null) {
			hash.update(`${JSON.stringify(value) ?? 'undefined'}\n`);
			continue;
		}
		const entries = Object.entries(value);
		hash.update(`${Array.isArray(value) ? 'list' : 'object'} ${entries.length}\n`);
		for (const [name, each] of entries) waiting.push(each, name);
	}
}
