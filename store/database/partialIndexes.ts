import { sql } from 'kysely';

/**
 * What partial indexes are limited to, literally: with a parameter in its place SQLite knows it only for `=`, and plans the statement anew at
 * each run. Where it is one value, `sql.lit` says it in the statement itself.
 */

/** A message that something may still happen to: the indexes message_open_by_…. */
export const IS_OPEN = sql<boolean>`state in ('queued', 'sending')`;
