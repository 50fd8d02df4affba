import { sql } from 'kysely';

import { isPostgres } from '../database/dialect';
import type { Database } from '../schema';
import { addSetting, deleteSetting, readSetting, saveSetting } from '../database/settings';

/** Why nothing may be sent: the store is not the one that was left. */
export interface SendingBlock {
	/** A sentence for the operator. */
	reason: string;
	/** UTC ms. */
	since: number;
}

const BLOCK = 'sendingBlocked';
const EPOCH = 'restoreEpoch';

export async function sendingBlock(db: Database): Promise<SendingBlock | null> {
	const value = await readSetting(db, BLOCK);
	return value === null ? null : (JSON.parse(value) as SendingBlock);
}

/** The first reason stays until an operator has confirmed. */
export async function blockSending(db: Database, block: SendingBlock): Promise<void> {
	await addSetting(db, BLOCK, JSON.stringify(block));
}

/** How many restores were confirmed: tells a watermark from before the newest from one after it. */
export async function restoreEpoch(db: Database): Promise<number> {
	return Number((await readSetting(db, EPOCH)) ?? 0);
}

export async function unblockSending(db: Database, epoch: number): Promise<void> {
	await saveSetting(db, EPOCH, String(epoch));
	await deleteSetting(db, BLOCK);
}

const COUNTED = [
	'message',
	'event',
	'campaign',
	'contact',
	'contact_group',
	'invitation',
	'identity',
	'consent_record',
] as const;
/** More than is written between a backup and its restore. */
const IDS_SKIPPED = 100_000_000;

/**
 * Ids given out after the backup travel still: as references in statuses, as events in workflows. None of them may come to mean
 * something else, so what the store makes from now on is numbered beyond them.
 */
export async function skipIds(db: Database): Promise<void> {
	for (const table of COUNTED) {
		if (isPostgres(db)) {
			const sequence = sql`pg_get_serial_sequence(${sql.lit(table)}, 'id')`;
			await sql`select setval(${sequence}, coalesce(pg_sequence_last_value(${sequence}::regclass), 0) + ${sql.lit(IDS_SKIPPED)})`.execute(
				db,
			);
		} else {
			await sql`insert into sqlite_sequence (name, seq) select ${table}, 0 where not exists (select 1 from sqlite_sequence where name = ${table})`.execute(
				db,
			);
			await sql`update sqlite_sequence set seq = seq + ${IDS_SKIPPED} where name = ${table}`.execute(db);
		}
	}
}

/** The newest id a message was ever given, also where the message is gone. */
export async function newestMessageId(db: Database): Promise<number> {
	const { rows } = isPostgres(db)
		? await sql<{
				id: number | null;
			}>`select pg_sequence_last_value(pg_get_serial_sequence('message', 'id')::regclass) as id`.execute(db)
		: await sql<{ id: number | null }>`select max(seq) as id from sqlite_sequence where name = 'message'`.execute(db);
	return rows[0]?.id ?? 0;
}
