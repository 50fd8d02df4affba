import { InvalidInputError } from '../../domain/errors';
import { monthsBefore } from '../../domain/monthsBefore';
import { identitiesById, lockIdentities } from '../../store/identities';
import { countInState, silentPeople, stillSilent } from '../../store/registrations';
import { chunksOf } from '../../store/database/rows';
import { resolveSender, type Sender } from '../../store/senders';
import type { Store } from '../../store/store';
import { inOneTransaction, PEOPLE_A_TRANSACTION } from './revoke';

/** Rows looked at by one statement. */
const PAGE = 2_000;
const MOST_MONTHS = 1_200;

export interface SilentCounts {
	senderId: number;
	senderPhone: string;
	/** ISO 8601: who has not written since then is silent. */
	silentSince: string;
	/** How many active registrations there were of such people. */
	silent: number;
	/** How many of them were ended: all but those who wrote meanwhile; none in a dry run. */
	ended: number;
	/** Active registrations afterwards, with those that moved up from the waiting list. */
	active: number;
	dryRun: boolean;
}

/**
 * Ends the active registrations of people who have not written to the sender for so many months, and were not registered within
 * them: as the operator's revoke, with the reason in the ledger, not as an opt-out. Their places go to the waiting list.
 */
export async function endSilent(
	store: Store,
	{ sender: senderRef, months, dryRun }: { sender: string; months: number; dryRun: boolean },
): Promise<SilentCounts> {
	if (!Number.isInteger(months) || months < 1 || months > MOST_MONTHS)
		throw new InvalidInputError(`${months} is no number of months: enter a whole number from 1 to ${MOST_MONTHS}.`);
	const sender = await store.read((db) => resolveSender(db, senderRef, null));
	const before = monthsBefore(store.now(), months);
	const counts = { silent: 0, ended: 0 };
	for (let after = { since: -1, identityId: 0 }; ;) {
		const page = await store.read((db) => silentPeople(db, sender.id, before, after, PAGE));
		const silent = page.filter(({ isSilent }) => isSilent).map(({ identityId }) => identityId);
		counts.silent += silent.length;
		if (!dryRun)
			for (const chunk of chunksOf(silent, PEOPLE_A_TRANSACTION))
				counts.ended += await endChunk(store, sender, before, chunk);
		const last = page.at(-1);
		if (!last || page.length < PAGE) break;
		after = last;
	}
	const active = await store.read((db) => countInState(db, sender.id, 'active'));
	return {
		senderId: sender.id,
		senderPhone: sender.phone,
		silentSince: new Date(before).toISOString(),
		...counts,
		active,
		dryRun,
	};
}

/** Looks again with the people locked: whoever has just written stays. */
async function endChunk(store: Store, sender: Sender, before: number, identityIds: readonly number[]): Promise<number> {
	return await inOneTransaction(store, sender, async (db, end) => {
		await lockIdentities(db, identityIds);
		let ended = 0;
		const identities = new Map((await identitiesById(db, identityIds)).map((identity) => [identity.id, identity]));
		for (const { identityId, since, lastInboundAt } of await stillSilent(db, sender.id, before, identityIds)) {
			const identity = identities.get(identityId);
			const silentSince = new Date(lastInboundAt ?? since).toISOString();
			if (identity && (await end(identity, { reason: `silent since ${silentSince}` }))) ended++;
		}
		return ended;
	});
}
