import { createHmac } from 'node:crypto';
import { sql } from 'kysely';

import { isPostgres } from './database/dialect';
import type { Database, InvitationOrigin } from './schema';

/** Tells our advisory locks from everybody else's in the database. */
const REQUESTS_LOCK = 20_261_123;
/** Removed with each new row: more than come in, so that the table stays as small as its longest limit. */
const REMOVED_AT_ONCE = 20;

/** Two transactions that count and add come one after the other, so that they do not both take the last place. */
export async function lockRequests(db: Database): Promise<void> {
	if (isPostgres(db)) await sql`select pg_advisory_xact_lock(${REQUESTS_LOCK})`.execute(db);
}

export type RequestColumn = 'number_key' | 'address_key' | 'origin';

/** Under which a number or an address is counted, without being kept. */
export function requestKey(ledgerKey: string, value: string): string {
	return createHmac('sha256', ledgerKey).update(`invitation request ${value}`).digest('base64url').slice(0, 22);
}

/** When the newest request but `skip` with this value came, where that is later than `since`; undefined where there are not so many. */
export async function requestAt(
	db: Database,
	{ column, value, since, skip }: { column: RequestColumn; value: string; since: number; skip: number },
): Promise<number | undefined> {
	const row = await db
		.selectFrom('invitation_request')
		.select('at')
		.where(column, '=', value)
		.where('at', '>', since)
		.orderBy('at', 'desc')
		.limit(1)
		.offset(skip)
		.executeTakeFirst();
	return row?.at;
}

export async function insertRequest(
	db: Database,
	request: { origin: InvitationOrigin; numberKey: string; addressKey: string | null; at: number },
): Promise<void> {
	await db
		.insertInto('invitation_request')
		.values({ origin: request.origin, number_key: request.numberKey, address_key: request.addressKey, at: request.at })
		.execute();
}

/** Takes away a few of those that no limit looks at any more. */
export async function removeOldRequests(db: Database, origin: InvitationOrigin, before: number): Promise<void> {
	const old = db
		.selectFrom('invitation_request')
		.select('id')
		.where('origin', '=', origin)
		.where('at', '<=', before)
		.orderBy('at')
		.limit(REMOVED_AT_ONCE);
	await db.deleteFrom('invitation_request').where('id', 'in', old).execute();
}
