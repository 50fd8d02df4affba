import { InvalidInputError } from '../../domain/errors';
import { changeMessages } from '../../store/messageChanges';
import { openMessagesBefore } from '../../store/guard/restoredMessages';
import { sendingBlock, skipIds, unblockSending } from '../../store/guard/sendingBlock';
import type { Store } from '../../store/store';
import { writeStoreRecord } from '../consent/writeRecords';

export interface RestoreConfirmation {
	/** Who vouches for it. */
	confirmedBy: string;
	/** What was done, e.g. "Backup of 12 May; opt-outs read back up to 14 May". */
	reason: string;
	/**
	 * What becomes of messages that were queued when the backup was made. They may have been sent since, so they are given up unless
	 * the operator knows that nothing was (a store moved on purpose).
	 */
	queued: 'giveUp' | 'keep';
}

export interface ConfirmedRestore {
	/** False: nothing was blocked. */
	confirmed: boolean;
	blockedSince: string | null;
	blockReason: string | null;
	/** Messages that are unknown from now on: they may have been sent. */
	givenUp: number;
}

const LONGEST_TEXT = 1_000;
const GIVEN_UP_AT_ONCE = 250;
const RESTORED =
	'The message was queued when the backup was made that this store was restored from: it may have been sent since. It is not sent again by itself.';

/** Lifts the block after a restored backup. It lies in the ledger who did so and why. @throws {InvalidInputError} without both. */
export async function confirmRestore(
	store: Store,
	{ confirmedBy, reason, queued }: RestoreConfirmation,
): Promise<ConfirmedRestore> {
	const [by, why] = [confirmedBy.trim().slice(0, LONGEST_TEXT), reason.trim().slice(0, LONGEST_TEXT)];
	if (by === '' || why === '')
		throw new InvalidInputError('Say who confirms that this store may send, and why: both are kept in the ledger.');
	const block = await store.read(sendingBlock);
	if (!block) return { confirmed: false, blockedSince: null, blockReason: null, givenUp: 0 };

	// Before the block is lifted, and again from where it was if this is interrupted.
	const givenUp = queued === 'giveUp' ? await giveUpQueued(store, block.since) : 0;
	const confirmed = await store.transaction(async (db) => {
		const current = await sendingBlock(db);
		if (!current) return false;
		const epoch = await store.guard.accept(db);
		await skipIds(db);
		await unblockSending(db, epoch);
		await writeStoreRecord(store, db, {
			action: 'restoreConfirmed',
			source: 'operator',
			confirmedBy: by,
			reason: why,
			blockReason: current.reason,
			blockedSince: current.since,
			queued,
			givenUp,
			restore: epoch,
		});
		return true;
	});
	await store.guard.follow();
	return { confirmed, blockedSince: new Date(block.since).toISOString(), blockReason: block.reason, givenUp };
}

async function giveUpQueued(store: Store, blockedSince: number): Promise<number> {
	for (let total = 0; ;) {
		const changed = await store.transaction(async (db) => {
			const ids = await openMessagesBefore(db, blockedSince, GIVEN_UP_AT_ONCE);
			const given = await changeMessages(db, ids, store.now(), ({ state }) =>
				state === 'queued' || state === 'sending'
					? { state: 'unknown', error: 'restored', reasonText: RESTORED, leaseOwner: null, leaseUntil: null }
					: null,
			);
			return given.length;
		});
		total += changed;
		if (changed < GIVEN_UP_AT_ONCE) return total;
	}
}
