import { sql } from 'kysely';

import { isWhatsAppUserId } from '../domain/whatsAppUserId';
import { forUpdate } from './database/dialect';
import { takeLocks } from './database/locks';
import { IS_OPEN } from './database/partialIndexes';
import { chunksOf, isOneOf, listOf, rowsOf, textCell } from './database/rows';
import type { Database } from './schema';

/** A person as a channel knows them. */
export interface Identity {
	id: number;
	/** E.164, as the line is dialled today. */
	phone: string | null;
	whatsAppUserId: string | null;
	/** The number by which WhatsApp knows the line, E.164; null where it is `phone`. */
	toldPhone: string | null;
	/** Since when (UTC ms) the number and the user id are known to belong together; null: not known. */
	pairedSince: number | null;
}

export interface PersonKey {
	phone: string | null;
	whatsAppUserId: string | null;
}

const IDENTITY = [
	'id',
	'phone',
	'whatsapp_user_id as whatsAppUserId',
	'told_phone as toldPhone',
	'paired_since as pairedSince',
] as const;
const ROWS_A_STATEMENT = 500;

/** Those with this number or this user id: none, one, or two that are the same person. */
export async function selectIdentities(
	db: Database,
	{ phone, whatsAppUserId }: PersonKey,
	lock: boolean,
): Promise<Identity[]> {
	if (phone === null && whatsAppUserId === null) return [];
	const query = db
		.selectFrom('identity')
		.select(IDENTITY)
		.where((where) =>
			where.or([
				...(phone === null ? [] : [where('phone', '=', phone)]),
				...(whatsAppUserId === null ? [] : [where('whatsapp_user_id', '=', whatsAppUserId)]),
			]),
		)
		.orderBy('id');
	return await (lock ? forUpdate(db, query) : query).execute();
}

/** By user id where there is one, because it stays when a number goes to somebody else; by one they had before where nobody else is found. */
export async function findIdentity(db: Database, key: Partial<PersonKey>): Promise<Identity | undefined> {
	const { phone = null, whatsAppUserId = null } = key;
	const found = await selectIdentities(db, { phone, whatsAppUserId }, false);
	const byUserId = found.find((each) => whatsAppUserId !== null && each.whatsAppUserId === whatsAppUserId);
	return byUserId ?? found[0] ?? (whatsAppUserId === null ? undefined : await holderOfFormerId(db, whatsAppUserId));
}

/** Who had this WhatsApp user id before; undefined where nobody had. */
export async function holderOfFormerId(db: Database, userId: string): Promise<Identity | undefined> {
	const row = await db
		.selectFrom('former_user_id')
		.select('identity_id as id')
		.where('whatsapp_user_id', '=', userId)
		.executeTakeFirst();
	return row && (await identityById(db, row.id));
}

export async function identityById(db: Database, id: number): Promise<Identity | undefined> {
	return await db.selectFrom('identity').select(IDENTITY).where('id', '=', id).executeTakeFirst();
}

/** Undefined when another transaction has made it meanwhile. */
export async function insertIdentity(
	db: Database,
	{ phone, whatsAppUserId }: PersonKey,
	now: number,
): Promise<Identity | undefined> {
	return await db
		.insertInto('identity')
		.values({ phone, whatsapp_user_id: whatsAppUserId, created_at: now })
		.onConflict((conflict) => conflict.doNothing())
		.returning(IDENTITY)
		.executeTakeFirst();
}

export async function updateIdentity(
	db: Database,
	{ id, phone, whatsAppUserId, pairedSince }: Omit<Identity, 'toldPhone'>,
): Promise<void> {
	await db
		.updateTable('identity')
		.set({
			phone,
			whatsapp_user_id: whatsAppUserId,
			paired_since: phone === null || whatsAppUserId === null ? null : pairedSince,
		})
		.where('id', '=', id)
		.execute();
}

/** The form of their number that the provider told last: what is sent by WhatsApp goes there. */
export async function saveToldPhone(db: Database, id: number, toldPhone: string | null): Promise<void> {
	await db.updateTable('identity').set({ told_phone: toldPhone }).where('id', '=', id).execute();
}

/** As saveToldPhone, for people known by number; what is known already is not written again. */
export async function saveToldPhones(
	db: Database,
	told: readonly { phone: string; toldPhone: string }[],
): Promise<void> {
	for (const chunk of chunksOf(told, ROWS_A_STATEMENT)) {
		const rows = rowsOf(
			db,
			chunk.map(({ phone, toldPhone }) => [phone, toldPhone]),
		);
		await sql`update identity set told_phone = (select ${textCell(1)} from ${rows} where ${textCell(0)} = identity.phone limit 1)
			where phone in ${listOf(
				db,
				chunk.map(({ phone }) => phone),
			)} and (told_phone is null or told_phone not in ${listOf(
				db,
				chunk.map(({ toldPhone }) => toldPhone),
			)})`.execute(db);
	}
}

/** An account goes to another number at that time: its WhatsApp user id with it, unless that number is known to have another. */
export async function moveUserId(
	db: Database,
	fromIdentityId: number,
	toIdentityId: number,
	at: number,
): Promise<void> {
	const from = await identityById(db, fromIdentityId);
	if (!from || from.whatsAppUserId === null || from.phone === null) return;
	await updateIdentity(db, { ...from, whatsAppUserId: null });
	const to = await identityById(db, toIdentityId);
	if (to && to.whatsAppUserId === null)
		await updateIdentity(db, { ...to, whatsAppUserId: from.whatsAppUserId, pairedSince: at });
}

/** Which of these numbers (E.164) belong to somebody, or stand in a contact. */
export async function knownPhones(db: Database, phones: readonly string[]): Promise<Set<string>> {
	const known = new Set<string>();
	for (const chunk of chunksOf(phones, ROWS_A_STATEMENT)) {
		const rows = await db
			.selectFrom('identity')
			.select('phone')
			.where('phone', 'in', listOf(db, chunk))
			.union(db.selectFrom('contact').select('sms_number as phone').where('sms_number', 'in', listOf(db, chunk)))
			.union(
				db.selectFrom('contact').select('whatsapp_number as phone').where('whatsapp_number', 'in', listOf(db, chunk)),
			)
			.execute();
		for (const { phone } of rows) if (phone !== null) known.add(phone);
	}
	return known;
}

/** Halves that an upgrade joined into this person. */
export async function joinedByUpgrade(db: Database, id: number): Promise<number[]> {
	const rows = await db.selectFrom('identity').select('id').where('merged_into_id', '=', id).execute();
	return rows.map((row) => row.id);
}

/** One that was made a moment ago, in the same transaction. */
export async function deleteIdentity(db: Database, id: number): Promise<void> {
	await db.deleteFrom('identity').where('id', '=', id).execute();
}

/** The identities of these E.164 numbers, made where they are missing. */
export async function ensureIdentities(
	db: Database,
	phones: readonly string[],
	now: number,
): Promise<Map<string, number>> {
	const ids = new Map<string, number>();
	// Sorted, so that two transactions that make the same people do not wait for each other in a circle.
	for (const chunk of chunksOf([...new Set(phones)].sort(), ROWS_A_STATEMENT)) {
		const remember = (rows: Array<{ id: number; phone: string | null }>): void =>
			rows.forEach(({ id, phone }) => phone && ids.set(phone, id));
		const find = async (): Promise<void> =>
			remember(
				await db.selectFrom('identity').select(['id', 'phone']).where('phone', 'in', listOf(db, chunk)).execute(),
			);
		await find();
		const missing = chunk.filter((phone) => !ids.has(phone));
		if (missing.length === 0) continue;
		await db
			.insertInto('identity')
			.values(missing.map((phone) => ({ phone, whatsapp_user_id: null, created_at: now })))
			.onConflict((conflict) => conflict.doNothing())
			.execute();
		await find();
	}
	return ids;
}

/** Holds off whoever else decides about these people until the transaction ends; in order of id, so that nobody waits in a circle. */
export async function lockIdentities(db: Database, ids: readonly number[]): Promise<void> {
	if (ids.length === 0) return;
	await forUpdate(
		db,
		db.selectFrom('identity').select('id').where('id', 'in', listOf(db, ids)).orderBy('id'),
	).execute();
}

/** As lockIdentities, for people by number or WhatsApp user id; those nobody knows yet have said nothing that could be overlooked. */
export async function lockNumbers(db: Database, addresses: readonly string[]): Promise<void> {
	if (addresses.length === 0) return;
	await forUpdate(
		db,
		db
			.selectFrom('identity')
			.select('id')
			.where((where) =>
				where.or([
					isOneOf(db, where.ref('phone'), addresses),
					isOneOf(db, where.ref('whatsapp_user_id'), addresses.filter(isWhatsAppUserId)),
				]),
			)
			.orderBy('id'),
	).execute();
}

/** Two transactions that fill places of one sender come one after the other. @returns whether there was anybody to wait for. */
export async function lockPlaces(db: Database, senderIds: readonly number[]): Promise<boolean> {
	return await takeLocks(db, 'places', senderIds);
}

/**
 * What is still to be sent to a person goes on under the identity they were merged into, and with it what was sent to their
 * user id: no number says whose that is.
 */
export async function adoptMessages(db: Database, fromIdentityId: number, toIdentityId: number): Promise<void> {
	await db
		.updateTable('message')
		.set({ identity_id: toIdentityId })
		.where('identity_id', '=', fromIdentityId)
		.where(IS_OPEN)
		.execute();
	await db
		.updateTable('message')
		.set({ identity_id: toIdentityId })
		.where('identity_id', '=', fromIdentityId)
		.where('identity_id', 'is not', null)
		.where('recipient', 'is', null)
		.execute();
}

/** Who is behind these WhatsApp user ids; nobody where it is missing. */
export async function identitiesOfUserIds(db: Database, userIds: readonly string[]): Promise<Map<string, Identity>> {
	if (userIds.length === 0) return new Map();
	const found = await db
		.selectFrom('identity')
		.select(IDENTITY)
		.where('whatsapp_user_id', 'in', listOf(db, userIds))
		.execute();
	return new Map(
		found.flatMap((identity) =>
			identity.whatsAppUserId === null ? [] : [[identity.whatsAppUserId, identity] as const],
		),
	);
}

export async function identitiesById(db: Database, ids: readonly number[]): Promise<Identity[]> {
	return await db.selectFrom('identity').select(IDENTITY).where('id', 'in', listOf(db, ids)).orderBy('id').execute();
}

/** Those of these people who are known, by id; nobody who is no one any more (merged into another, or erased). */
export async function findIdentities(
	db: Database,
	people: ReadonlyArray<PersonKey | { identityId: number }>,
): Promise<Identity[]> {
	const ids = people.flatMap((person) => ('identityId' in person ? [person.identityId] : []));
	const phones = people.flatMap((person) => ('phone' in person && person.phone !== null ? [person.phone] : []));
	const userIds = people.flatMap((person) =>
		'phone' in person && person.phone === null && person.whatsAppUserId !== null ? [person.whatsAppUserId] : [],
	);
	const found = await db
		.selectFrom('identity')
		.select(IDENTITY)
		.where((where) =>
			where.or([
				isOneOf(db, where.ref('id'), ids),
				isOneOf(db, where.ref('phone'), phones),
				isOneOf(db, where.ref('whatsapp_user_id'), userIds),
			]),
		)
		.orderBy('id')
		.execute();
	return found.filter(({ phone, whatsAppUserId }) => phone !== null || whatsAppUserId !== null);
}
