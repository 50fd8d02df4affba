import { IS_OPEN } from './database/partialIndexes';
import { deleteFormerIds } from './formerUserIds';
import { listOf } from './database/rows';
import type { Database } from './schema';

/** Takes away the rows that are a person's alone; in the transaction that makes them nobody. @returns how many of each. */
export async function deletePerson(
	db: Database,
	{ identityIds, contactIds }: { identityIds: readonly number[]; contactIds: readonly number[] },
	now: number,
): Promise<{ contacts: number; invitations: number; registrations: number }> {
	const identities = listOf(db, identityIds);
	const contacts = listOf(db, contactIds);
	const gone = {
		contacts: Number((await db.deleteFrom('contact').where('id', 'in', contacts).executeTakeFirst()).numDeletedRows),
		invitations: Number(
			(await db.deleteFrom('invitation').where('identity_id', 'in', identities).executeTakeFirst()).numDeletedRows,
		),
		registrations: Number(
			(await db.deleteFrom('registration').where('identity_id', 'in', identities).executeTakeFirst()).numDeletedRows,
		),
	};
	await db.deleteFrom('consent_word').where('identity_id', 'in', identities).execute();
	await deleteFormerIds(db, identityIds);
	await db
		.updateTable('identity')
		.set({ phone: null, whatsapp_user_id: null, paired_since: null, erasing_since: now })
		.where('id', 'in', identities)
		.execute();
	return gone;
}

/** Erased people of whom something is left, by id. */
export async function unfinishedErasures(db: Database, limit: number): Promise<number[]> {
	const rows = await db
		.selectFrom('identity')
		.select('id')
		.where('erasing_since', 'is not', null)
		.orderBy('id')
		.limit(limit)
		.execute();
	return rows.map(({ id }) => id);
}

export async function finishErasure(db: Database, identityIds: readonly number[]): Promise<void> {
	await db.updateTable('identity').set({ erasing_since: null }).where('id', 'in', listOf(db, identityIds)).execute();
}

/** Fields and salts of so many of the people's records; the commitments stay, so that the chain verifies. @returns how many. */
export async function eraseRecords(db: Database, identityIds: readonly number[], limit: number): Promise<number> {
	const chains = db.selectFrom('ledger_chain').select('id').where('identity_id', 'in', listOf(db, identityIds));
	const rows = await db
		.selectFrom('consent_record')
		.select('id')
		.where('chain_id', 'in', chains)
		.where('salt', 'is not', null)
		.limit(limit)
		.execute();
	const ids = rows.map(({ id }) => id);
	if (ids.length > 0)
		await db
			.updateTable('consent_record')
			.set({ details: null, salt: null })
			.where('id', 'in', listOf(db, ids))
			.execute();
	return ids.length;
}

/** The chains belong to nobody from now on. */
export async function releaseChains(db: Database, identityIds: readonly number[]): Promise<void> {
	await db
		.updateTable('ledger_chain')
		.set({ identity_id: null })
		.where('identity_id', 'in', listOf(db, identityIds))
		.execute();
}

/** Whether a message to them is still queued or on its way. */
export async function hasOpenMessages(db: Database, identityIds: readonly number[]): Promise<boolean> {
	const row = await db
		.selectFrom('message')
		.select('id')
		.where('identity_id', 'in', listOf(db, identityIds))
		.where(IS_OPEN)
		.limit(1)
		.executeTakeFirst();
	return row !== undefined;
}

/** Takes numbers typed into campaigns out of them; planning ones count by their place in the list and are left. @returns how many campaigns. */
export async function eraseFromCampaigns(db: Database, phones: readonly string[]): Promise<number> {
	const campaigns = await db
		.selectFrom('campaign')
		.select(['id', 'audience'])
		.where('state', '<>', 'planning')
		.where((where) => where.or(phones.map((phone) => where('audience', 'like', `%"${phone}"%`))))
		.execute();
	for (const { id, audience } of campaigns) {
		const { numbers, ...rest } = JSON.parse(audience) as { numbers: string[] };
		await db
			.updateTable('campaign')
			.set({ audience: JSON.stringify({ ...rest, numbers: numbers.filter((number) => !phones.includes(number)) }) })
			.where('id', '=', id)
			.execute();
	}
	return campaigns.length;
}
