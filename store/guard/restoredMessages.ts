import { sql } from 'kysely';

import type { Database } from '../schema';

/** Messages made before a time and not yet sent, as far as the store knows; each state by the index that serves it. */
export async function openMessagesBefore(db: Database, before: number, limit: number): Promise<number[]> {
	for (const state of ['queued', 'sending'] as const) {
		const rows = await db
			.selectFrom('message')
			.select('id')
			.where(sql<boolean>`state = ${sql.lit(state)}`)
			.where('created_at', '<', before)
			.limit(limit)
			.execute();
		if (rows.length > 0) return rows.map(({ id }) => id);
	}
	return [];
}
