import { type Expression, type RawBuilder, sql, type SqlBool } from 'kysely';

/** Text that contains what somebody typed, whatever characters that has; without regard to case. */
export function contains(column: Expression<string | null>, typed: string): RawBuilder<SqlBool> {
	const pattern = `%${typed.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
	return sql<SqlBool>`lower(${column}) like ${pattern} escape '\\'`;
}
