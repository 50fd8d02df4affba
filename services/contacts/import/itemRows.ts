import type { Piece } from './protocol';

const ROWS_A_PIECE = 500;
const CHARACTERS_A_PIECE = 200_000;

/** Objects as the rows of a table, the header first: every name that any of them has, in the order met. */
export async function* itemRows(items: ReadonlyArray<Record<string, unknown>>): AsyncGenerator<Piece> {
	const names = [...new Set(items.flatMap((item) => Object.keys(item)))];
	yield [names];
	let rows: string[][] = [];
	let characters = 0;
	for (const item of items) {
		const cells = names.map((name) => cellText(item[name]));
		rows.push(cells);
		characters += cells.reduce((sum, cell) => sum + cell.length, 0);
		if (rows.length < ROWS_A_PIECE && characters < CHARACTERS_A_PIECE) continue;
		yield rows;
		rows = [];
		characters = 0;
	}
	if (rows.length > 0) yield rows;
}

function cellText(value: unknown): string {
	if (typeof value === 'string') return value;
	if (value === null || value === undefined) return '';
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
	if (typeof value === 'object') return JSON.stringify(value);
	return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : '';
}
