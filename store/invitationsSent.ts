import { listOf } from './database/rows';
import type { Database } from './schema';

/** Removed with each new row: more than come in. */
const REMOVED_AT_ONCE = 20;

/** When the newest invitation but `skip` to one of these numbers was sent, where that is at `since` or later; undefined where there are not so many. */
export async function sentAt(
	db: Database,
	{ numberKeys, since, skip }: { numberKeys: readonly string[]; since: number; skip: number },
): Promise<number | undefined> {
	const row = await db
		.selectFrom('invitation_sent')
		.select('at')
		.where('number_key', 'in', listOf(db, numberKeys))
		.where('at', '>=', since)
		.orderBy('at', 'desc')
		.limit(1)
		.offset(skip)
		.executeTakeFirst();
	return row?.at;
}

/** @param forgottenBefore UTC ms: what no limit over time looks at any more. The number's own newest stays. */
export async function insertSent(
	db: Database,
	{ numberKey, afterOptOut, at }: { numberKey: string; afterOptOut: boolean; at: number },
	forgottenBefore: number,
): Promise<void> {
	await db
		.deleteFrom('invitation_sent')
		.where('number_key', '=', numberKey)
		.where('at', '<=', forgottenBefore)
		.execute();
	await db
		.insertInto('invitation_sent')
		.values({ number_key: numberKey, at, after_opt_out: afterOptOut ? 1 : 0 })
		.execute();
	const old = db
		.selectFrom('invitation_sent')
		.select('id')
		.where('after_opt_out', '=', 0)
		.where('at', '<=', forgottenBefore)
		.orderBy('at')
		.limit(REMOVED_AT_ONCE);
	await db.deleteFrom('invitation_sent').where('id', 'in', old).execute();
}
