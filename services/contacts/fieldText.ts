/** A field as a file would show it. */
export function fieldText(fields: Record<string, unknown>, name: string): string {
	const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
	if (typeof value === 'string') return value.trim();
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	return value === undefined || value === null ? '' : JSON.stringify(value);
}
