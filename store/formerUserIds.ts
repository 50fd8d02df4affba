import { listOf } from './database/rows';
import type { Database } from './schema';

/** WhatsApp user ids that people had before: what comes late under one was said by whoever has the new one. */

export async function saveFormerId(db: Database, userId: string, identityId: number): Promise<void> {
	await db
		.insertInto('former_user_id')
		.values({ whatsapp_user_id: userId, identity_id: identityId })
		.onConflict((conflict) => conflict.column('whatsapp_user_id').doUpdateSet({ identity_id: identityId }))
		.execute();
}

/** Somebody has it as their own again. */
export async function forgetFormerId(db: Database, userId: string): Promise<void> {
	await db.deleteFrom('former_user_id').where('whatsapp_user_id', '=', userId).execute();
}

export async function moveFormerIds(db: Database, fromIdentityId: number, toIdentityId: number): Promise<void> {
	await db
		.updateTable('former_user_id')
		.set({ identity_id: toIdentityId })
		.where('identity_id', '=', fromIdentityId)
		.execute();
}

export async function deleteFormerIds(db: Database, identityIds: readonly number[]): Promise<void> {
	await db.deleteFrom('former_user_id').where('identity_id', 'in', listOf(db, identityIds)).execute();
}

/** All that these people had, and the people who had these. */
export async function formerIdsAround(
	db: Database,
	{ identityIds, userIds }: { identityIds: readonly number[]; userIds: readonly string[] },
): Promise<Array<{ userId: string; identityId: number }>> {
	return await db
		.selectFrom('former_user_id')
		.select(['whatsapp_user_id as userId', 'identity_id as identityId'])
		.where('identity_id', 'in', listOf(db, identityIds))
		.union(
			db
				.selectFrom('former_user_id')
				.select(['whatsapp_user_id as userId', 'identity_id as identityId'])
				.where('whatsapp_user_id', 'in', listOf(db, userIds)),
		)
		.execute();
}
