import { newestIdOf, skipIdsOf } from '../database/sequences';
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
	for (const table of COUNTED) await skipIdsOf(db, table, IDS_SKIPPED);
}

/** The newest id a message was ever given, also where the message is gone. */
export async function newestMessageId(db: Database): Promise<number> {
	return await newestIdOf(db, 'message');
}
