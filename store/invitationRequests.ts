import { createHmac } from 'node:crypto';
import { sql } from 'kysely';

import type { CountedAddress } from '../domain/networkAddress';
import { takeLock } from './database/locks';
import type { Database, InvitationOrigin } from './schema';

/** Removed with each new row: more than come in, so that the table stays as small as its longest limit. */
const REMOVED_AT_ONCE = 20;
const KEY_CHARACTERS = 22;

/** Two transactions that count and add come one after the other, so that they do not both take the last place. */
export async function lockRequests(db: Database): Promise<void> {
	await takeLock(db, 'invitationRequests');
}

/** `network`: the beginning of the address keys of one network. */
export type RequestColumn = 'number_key' | 'address_key' | 'network' | 'origin';

/** Under which a number or an address is counted, without being kept. */
export function requestKey(ledgerKey: string, value: string): string {
	return createHmac('sha256', ledgerKey)
		.update(`invitation request ${value}`)
		.digest('base64url')
		.slice(0, KEY_CHARACTERS);
}

/** The key of an address begins with that of its network. */
export function addressKeys(
	ledgerKey: string,
	{ address, network }: CountedAddress,
): { addressKey: string; networkKey: string | null } {
	const networkKey = network === null ? null : requestKey(ledgerKey, network);
	return { addressKey: `${networkKey ?? ''}${requestKey(ledgerKey, address)}`, networkKey };
}

/** When the newest request but `skip` with this value (of a network: from this origin) came, where that is later than `since`; undefined where there are not so many. */
export async function requestAt(
	db: Database,
	{
		column,
		value,
		...asked
	}: { column: RequestColumn; value: string; origin: InvitationOrigin; since: number; skip: number },
): Promise<number | undefined> {
	const requests = db.selectFrom('invitation_request').select('at').where('at', '>', asked.since);
	const counted =
		column === 'network'
			? // Those of the origin are found by its index, and are no more than its limits permit.
				requests
					.where('origin', '=', asked.origin)
					.where(sql<string>`substr(address_key, 1, ${sql.lit(KEY_CHARACTERS)})`, '=', value)
			: requests.where(column, '=', value);
	const row = await counted.orderBy('at', 'desc').limit(1).offset(asked.skip).executeTakeFirst();
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
