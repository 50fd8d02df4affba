import { sql } from 'kysely';

import { hashesOf } from './suppressions';
import { isOneOf } from './database/rows';
import type { ConsentWordTable, Database } from './schema';

export interface ListedOptOut {
	identityId: number;
	/** E.164. */
	phone: string | null;
	whatsAppUserId: string | null;
	scope: string;
	/** UTC ms. */
	effectiveAt: number;
	source: ConsentWordTable['source'];
}

/** Every opt-out that holds, by identity and scope, a page after a row. */
export async function selectOptOuts(
	db: Database,
	after: Pick<ListedOptOut, 'identityId' | 'scope'> | null,
	limit: number,
): Promise<ListedOptOut[]> {
	let query = db
		.selectFrom('consent_word as w')
		.innerJoin('identity as i', 'i.id', 'w.identity_id')
		.select([
			'w.identity_id as identityId',
			'i.phone',
			'i.whatsapp_user_id as whatsAppUserId',
			'w.scope',
			'w.effective_at as effectiveAt',
			'w.source',
		])
		// Literally, as the index has it.
		.where(sql<boolean>`w.direction = 'out'`)
		.orderBy('w.identity_id')
		.orderBy('w.scope')
		.limit(limit);
	if (after) {
		query = query.where((where) =>
			where.and([
				where('w.identity_id', '>=', after.identityId),
				where.or([where('w.identity_id', '>', after.identityId), where('w.scope', '>', after.scope)]),
			]),
		);
	}
	return await query.execute();
}

export interface KnownWord {
	identityId: number;
	phone: string | null;
	whatsAppUserId: string | null;
	scope: string | null;
	direction: 'in' | 'out' | null;
	effectiveAt: number | null;
}

/** What people last said, a row for each word; people who said nothing have one row without. */
export async function wordsOfPeople(
	db: Database,
	phones: readonly string[],
	userIds: readonly string[],
): Promise<KnownWord[]> {
	return await db
		.selectFrom('identity as i')
		.leftJoin('consent_word as w', 'w.identity_id', 'i.id')
		.select([
			'i.id as identityId',
			'i.phone',
			'i.whatsapp_user_id as whatsAppUserId',
			'w.scope',
			'w.direction',
			'w.effective_at as effectiveAt',
		])
		.where((where) =>
			where.or([isOneOf(db, where.ref('i.phone'), phones), isOneOf(db, where.ref('i.whatsapp_user_id'), userIds)]),
		)
		.execute();
}

/** Somebody found again by keyed hash. */
export interface Recognised {
	hash: string;
	phone: string | null;
	whatsAppUserId: string | null;
	createdAt: number;
}

/** Which identities with ids in a stretch have one of these hashes. */
export async function recogniseIdentities(
	db: Database,
	hashes: ReadonlySet<string>,
	after: number,
	through: number,
): Promise<Recognised[]> {
	const rows = await db
		.selectFrom('identity')
		.select(['phone', 'whatsapp_user_id as whatsAppUserId', 'created_at as createdAt'])
		.where('id', '>', after)
		.where('id', '<=', through)
		.execute();
	return rows.flatMap(({ phone, whatsAppUserId, createdAt }) => [
		...recognised(db, hashes, { phone, whatsAppUserId: null }, createdAt),
		...recognised(db, hashes, { phone: null, whatsAppUserId }, createdAt),
	]);
}

/** Which numbers of contacts with ids in a stretch have one of these hashes. */
export async function recogniseContacts(
	db: Database,
	hashes: ReadonlySet<string>,
	after: number,
	through: number,
): Promise<Recognised[]> {
	const rows = await db
		.selectFrom('contact')
		.select(['sms_number as sms', 'whatsapp_number as whatsApp', 'created_at as createdAt'])
		.where('id', '>', after)
		.where('id', '<=', through)
		.execute();
	return rows.flatMap(({ sms, whatsApp, createdAt }) =>
		[...new Set([sms, whatsApp])].flatMap((phone) =>
			recognised(db, hashes, { phone, whatsAppUserId: null }, createdAt),
		),
	);
}

function recognised(
	db: Database,
	hashes: ReadonlySet<string>,
	key: Pick<Recognised, 'phone' | 'whatsAppUserId'>,
	createdAt: number,
): Recognised[] {
	const [hash] = hashesOf(db, key);
	return hash !== undefined && hashes.has(hash) ? [{ hash, ...key, createdAt }] : [];
}
