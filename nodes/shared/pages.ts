import type { ItemParameters } from './parameters';

/** Most rows asked of the store at once. */
const PAGE = 500;

/** Reads page after page until the limit is reached, or to the end when all are wanted. `read` gets how many to read, and the last row it gave. */
export async function readPages<Row>(
	parameters: ItemParameters,
	read: (limit: number, last: Row | undefined) => Promise<Row[]>,
): Promise<Row[]> {
	const wanted = parameters.flag('returnAll') ? Infinity : Math.max(1, parameters.optionalNumber('limit') ?? 50);
	const rows: Row[] = [];
	for (;;) {
		const limit = Math.min(PAGE, wanted - rows.length);
		const page = await read(limit, rows.at(-1));
		rows.push(...page);
		if (page.length < limit || rows.length >= wanted) return rows;
	}
}
