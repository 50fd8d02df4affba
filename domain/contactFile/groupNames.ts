/** What Google Contacts puts between the labels of a contact, beside what people write. A name with one of them in it stands in quotes. */
const NAMES = /"([^"]*)"|:::|((?:(?!:::)[^,;\r\n"])+)/g;
const MOST_NAMES = 100;

/** The groups that a cell names, each once, in their order. Google's own (`* myContacts`) are none of ours. */
export function groupNames(cell: string): string[] {
	const names = new Set<string>();
	for (const name of listed(cell) ?? []) names.add(name);
	if (names.size > 0) return [...names].slice(0, MOST_NAMES);
	for (const [, quoted, plain] of cell.matchAll(NAMES)) {
		const name = (quoted ?? plain ?? '').trim();
		if (name !== '' && !/^\*\s*\S/.test(name)) names.add(name);
		if (names.size === MOST_NAMES) break;
	}
	return [...names];
}

/** An item's own list, as it comes from other nodes. */
function listed(cell: string): string[] | undefined {
	if (!cell.startsWith('[')) return undefined;
	try {
		const list: unknown = JSON.parse(cell);
		if (!Array.isArray(list)) return undefined;
		return list
			.filter((name): name is string => typeof name === 'string' && name.trim() !== '')
			.map((name) => name.trim());
	} catch {
		return undefined;
	}
}
