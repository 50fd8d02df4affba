import { type Expression, type RawBuilder, sql, type SqlBool } from 'kysely';

/**
 * Text that contains what somebody typed, whatever characters that has; without regard to case. SQLite, and PostgreSQL in the locale C, know
 * the case of A to Z only: other letters are looked for as people write them, small, capital, and capital where a word begins.
 */
export function contains(column: Expression<string | null>, typed: string): RawBuilder<SqlBool> {
	const patterns = spellings(typed).map((spelling) => `%${spelling.replace(/[\\%_]/g, '\\$&')}%`);
	return sql<SqlBool>`(${sql.join(
		patterns.map((pattern) => sql`lower(${column}) like ${pattern} escape '\\'`),
		sql` or `,
	)})`;
}

function spellings(typed: string): string[] {
	const characters = [...typed];
	const spelt = (isCapital: (index: number) => boolean): string =>
		characters
			.map((character, index) =>
				character > '\u007f' && isCapital(index)
					? otherCase(character, character.toUpperCase())
					: otherCase(character, character.toLowerCase()),
			)
			.join('');
	const beginsWord = (index: number): boolean => !/\p{L}/u.test(characters[index - 1] ?? '');
	return [...new Set([spelt(() => false), spelt(() => true), spelt(beginsWord)])];
}

/** A letter that becomes two (ß, İ) stays as it was typed. */
function otherCase(character: string, changed: string): string {
	return changed.length === character.length ? changed : character;
}
