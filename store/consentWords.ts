import type { Selectable } from 'kysely';

import { isWhatsAppUserId } from '../domain/whatsAppUserId';
import { isOneOf, listOf } from './database/rows';
import type { ConsentWordTable, Database } from './schema';
import { suppressedNumbers } from './suppressions';

export type ConsentWord = Omit<Selectable<ConsentWordTable>, 'identity_id'>;

/** The newest words of one person, by scope. */
export async function wordsOf(db: Database, identityId: number): Promise<ConsentWord[]> {
	return await db
		.selectFrom('consent_word')
		.select(['scope', 'direction', 'effective_at', 'source', 'event_id'])
		.where('identity_id', '=', identityId)
		.execute();
}

export async function consentWordsOfPeople(
	db: Database,
	identityIds: readonly number[],
): Promise<Array<{ identityId: number; scope: string; direction: 'in' | 'out' }>> {
	return await db
		.selectFrom('consent_word')
		.select(['identity_id as identityId', 'scope', 'direction'])
		.where('identity_id', 'in', listOf(db, identityIds))
		.execute();
}

export async function saveWords(db: Database, identityId: number, words: readonly ConsentWord[]): Promise<void> {
	if (words.length === 0) return;
	await db
		.insertInto('consent_word')
		.values(words.map((word) => ({ identity_id: identityId, ...word })))
		.onConflict((conflict) =>
			conflict.columns(['identity_id', 'scope']).doUpdateSet((set) => ({
				direction: set.ref('excluded.direction'),
				effective_at: set.ref('excluded.effective_at'),
				source: set.ref('excluded.source'),
				event_id: set.ref('excluded.event_id'),
			})),
		)
		.execute();
}

export async function deleteScopes(db: Database, identityId: number, scopes: readonly string[]): Promise<void> {
	if (scopes.length === 0) return;
	await db.deleteFrom('consent_word').where('identity_id', '=', identityId).where('scope', 'in', scopes).execute();
}

export async function deleteWords(db: Database, identityId: number): Promise<void> {
	await db.deleteFrom('consent_word').where('identity_id', '=', identityId).execute();
}

/** A word against hearing something, and who said it. */
export interface OptOutWord {
	/** Null: of somebody erased, kept by hash. */
	identityId: number | null;
	/** Of the numbers and WhatsApp user ids asked for, the one it was said under. */
	phone: string;
	scope: string;
	/** UTC ms. */
	effectiveAt: number;
}

/** Every opt-out that holds for one of these numbers or WhatsApp user ids. */
export async function optOutsOf(db: Database, addresses: readonly string[]): Promise<OptOutWord[]> {
	if (addresses.length === 0) return [];
	const userIds = addresses.filter(isWhatsAppUserId);
	const phones = addresses.filter((address) => !isWhatsAppUserId(address));
	const said = await db
		.selectFrom('consent_word as w')
		.innerJoin('identity as i', 'i.id', 'w.identity_id')
		.select([
			'i.id as identityId',
			'i.phone',
			'i.whatsapp_user_id as userId',
			'w.scope',
			'w.effective_at as effectiveAt',
		])
		.where((where) =>
			where.or([isOneOf(db, where.ref('i.phone'), phones), isOneOf(db, where.ref('i.whatsapp_user_id'), userIds)]),
		)
		.where('w.direction', '=', 'out')
		.orderBy('i.id')
		.orderBy('w.effective_at')
		.orderBy('w.scope')
		.execute();
	const told = said.flatMap(({ phone, userId, ...word }) =>
		[phone, userId].flatMap((address) =>
			address !== null && addresses.includes(address) ? [{ ...word, phone: address }] : [],
		),
	);
	const kept = [...(await suppressedNumbers(db, addresses))].flatMap(([phone, words]) =>
		[...words].map(([scope, { effectiveAt }]) => ({ identityId: null, phone, scope, effectiveAt })),
	);
	return [...told, ...kept];
}

/** Whether the person with these numbers or WhatsApp user ids left a group by their own word: only START x brings them back. */
export async function hasLeftGroup(db: Database, phones: readonly string[], groupId: number): Promise<boolean> {
	const scope = `group:${groupId}`;
	return (await optOutsOf(db, phones)).some((word) => word.scope === scope);
}
