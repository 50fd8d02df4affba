/**
 * Reads the format in which n8n stores executions (the npm package flatted):
 * a JSON array whose strings inside objects and arrays are indices of its other entries.
 */
export function unflatten(text: string): unknown {
	const entries = JSON.parse(text) as unknown[];
	const done = new Map<number, unknown>();
	const resolve = (index: number): unknown => {
		if (done.has(index)) return done.get(index);
		const entry = entries[index];
		if (Array.isArray(entry)) {
			const list: unknown[] = [];
			done.set(index, list);
			for (const value of entry) list.push(valueOf(value));
			return list;
		}
		if (typeof entry === 'object' && entry !== null) {
			const object: Record<string, unknown> = {};
			done.set(index, object);
			for (const [key, value] of Object.entries(entry)) object[key] = valueOf(value);
			return object;
		}
		return entry;
	};
	const valueOf = (value: unknown): unknown => (typeof value === 'string' ? resolve(Number(value)) : value);
	return resolve(0);
}
