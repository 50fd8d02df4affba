import { SendingBlockedError } from '../../domain/errors';
import type { Database } from '../../store/schema';
import { blockSending, newestMessageId, type SendingBlock, sendingBlock } from '../../store/guard/sendingBlock';
import type { Store } from '../../store/store';

const UNKNOWN_MESSAGE =
	'The store has gone back in time: a provider reports on a message that this store has not made yet, as after restoring a backup.';

/** What to do about it, in every place where sending is refused. */
export function blockText({ reason, since }: SendingBlock): string {
	return `Sending is blocked since ${new Date(since).toISOString()}. ${reason} Read back the opt-outs given since the backup with Consent: Import Opt-Outs, then run Consent: Confirm Restore; if you moved the store on purpose, run Confirm Restore only. STOPs are taken in meanwhile.`;
}

/** @throws {SendingBlockedError} */
export async function assertSendingAllowed(store: Store): Promise<void> {
	const block = await store.read(sendingBlock);
	if (block) throw new SendingBlockedError(blockText(block));
}

/** Blocks sending where a status names a message that was never made here: it was made in the time that the store has lost. */
export async function blockIfNeverMade(store: Store, db: Database, messageIds: readonly number[]): Promise<void> {
	if (messageIds.length === 0) return;
	if (Math.max(...messageIds) > (await newestMessageId(db)))
		await blockSending(db, { reason: UNKNOWN_MESSAGE, since: store.now() });
}
