import { chunksOf, isOneOf, listOf, numberCell, rowsOf, textCell } from './database/rows';
import { sql } from 'kysely';

import { formsOf } from '../domain/line';
import { jsonText } from './database/dialect';
import { formerIdsAround } from './formerUserIds';
import type { PersonKey } from './identities';
import type { Database } from './schema';

/** Where everything that is kept of one person is found. */
export interface PersonPlaces {
	/** The identity written to first, then halves merged into it and those of the same contacts. */
	identityIds: number[];
	contactIds: number[];
	/** E.164. */
	phones: string[];
	userIds: string[];
}

/** Two people never share so many; a contact book in disorder must not make a request endless. */
const MOST_ROUNDS = 5;

/**
 * The person with a number or WhatsApp user id: identities and contacts with it, and those that belong to them by a contact's other
 * number, until nothing new is found.
 * @param mergedInto finds the halves that were merged into an identity: only the ledger tells.
 */
export async function findPerson(
	db: Database,
	key: PersonKey,
	mergedInto: (identityId: number) => Promise<number[]>,
): Promise<PersonPlaces> {
	const phones = new Set(key.phone === null ? [] : [key.phone]);
	const userIds = new Set(key.whatsAppUserId === null ? [] : [key.whatsAppUserId]);
	const identityIds = new Set<number>();
	const contactIds = new Set<number>();
	for (
		let round = 0, before = -1;
		round < MOST_ROUNDS && before !== phones.size + userIds.size + identityIds.size;
		round++
	) {
		before = phones.size + userIds.size + identityIds.size;
		const identities = await db
			.selectFrom('identity')
			.select(['id', 'phone', 'whatsapp_user_id as userId'])
			.where((where) =>
				where.or([
					isOneOf(db, where.ref('id'), [...identityIds]),
					isOneOf(db, where.ref('phone'), [...phones]),
					isOneOf(db, where.ref('whatsapp_user_id'), [...userIds]),
				]),
			)
			.orderBy('id')
			.execute();
		for (const { id, phone, userId } of identities) {
			identityIds.add(id);
			if (phone !== null) phones.add(phone);
			if (userId !== null) userIds.add(userId);
		}
		for (const former of await formerIdsAround(db, { identityIds: [...identityIds], userIds: [...userIds] })) {
			identityIds.add(former.identityId);
			userIds.add(former.userId);
		}
		const contacts = await db
			.selectFrom('contact')
			.select(['id', 'sms_number as sms', 'whatsapp_number as whatsApp', 'whatsapp_user_id as userId'])
			.where((where) =>
				where.or([
					isOneOf(db, where.ref('sms_number'), [...phones]),
					isOneOf(db, where.ref('whatsapp_number'), [...phones]),
					isOneOf(db, where.ref('whatsapp_user_id'), [...userIds]),
				]),
			)
			.orderBy('id')
			.execute();
		for (const { id, sms, whatsApp, userId } of contacts) {
			contactIds.add(id);
			if (userId !== null) userIds.add(userId);
			for (const phone of [sms, whatsApp]) if (phone !== null) phones.add(phone);
		}
	}
	for (const id of [...identityIds]) for (const merged of await mergedInto(id)) identityIds.add(merged);
	// What was sent before lines were known stands under the form that was written to.
	const allForms = new Set([...phones].flatMap(formsOf));
	return { identityIds: [...identityIds], contactIds: [...contactIds], phones: [...allForms], userIds: [...userIds] };
}

/** Rows looked through at once where no index leads to a person. */
const SCANNED_AT_ONCE = 20_000;

/** Runs `work` for one stretch of ids after another. */
export async function overIds(
	table: 'message' | 'event' | 'invitation' | 'identity' | 'contact',
	read: <T>(query: (db: Database) => Promise<T>) => Promise<T>,
	work: (after: number, through: number) => Promise<void>,
	atOnce = SCANNED_AT_ONCE,
): Promise<void> {
	const { last } = await read((db) =>
		db
			.selectFrom(table)
			.select(({ fn }) => fn.max('id').as('last'))
			.executeTakeFirstOrThrow(),
	);
	for (let after = 0; after < Number(last ?? 0);) {
		// Ids may leave out millions: a stretch begins at the next one there is.
		const next = await read((db) =>
			db.selectFrom(table).select('id').where('id', '>', after).orderBy('id').limit(1).executeTakeFirst(),
		);
		if (!next) return;
		const through = next.id - 1 + atOnce;
		await work(next.id - 1, through);
		after = through;
	}
}

/** Messages to a person among those with ids in a stretch. */
export async function messagesToPerson(
	db: Database,
	{ identityIds, contactIds, phones }: PersonPlaces,
	after: number,
	through: number,
): Promise<number[]> {
	const rows = await db
		.selectFrom('message')
		.select('id')
		.where('id', '>', after)
		.where('id', '<=', through)
		.where((where) =>
			where.or([
				where('identity_id', 'in', listOf(db, identityIds)),
				where('contact_id', 'in', listOf(db, contactIds)),
				where('recipient', 'in', listOf(db, phones)),
			]),
		)
		.orderBy('id')
		.execute();
	return rows.map(({ id }) => id);
}

/** So that they are found again once contact and number are gone. */
export async function adoptByIdentity(
	db: Database,
	messageIds: readonly number[],
	identityIds: readonly number[],
): Promise<void> {
	const [own] = identityIds;
	if (own === undefined || messageIds.length === 0) return;
	await db
		.updateTable('message')
		.set({ identity_id: own })
		.where('id', 'in', listOf(db, messageIds))
		.where((where) =>
			where.or([where('identity_id', 'is', null), where('identity_id', 'not in', listOf(db, identityIds))]),
		)
		.execute();
}

/** Reports handed to workflows name the number, and belong to no identity. */
export async function statusEventsOf(
	db: Database,
	phones: readonly string[],
	after: number,
	through: number,
): Promise<number[]> {
	const phone = jsonText(db, 'details', 'phone');
	const rows = await db
		.selectFrom('event')
		.select('id')
		.where('id', '>', after)
		.where('id', '<=', through)
		.where('kind', '=', 'status')
		.where(phone, 'in', listOf(db, phones))
		.orderBy('id')
		.execute();
	return rows.map(({ id }) => id);
}

/** Events of identities, a page. */
export async function eventIdsOf(db: Database, identityIds: readonly number[], limit: number): Promise<number[]> {
	const rows = await db
		.selectFrom('event')
		.select('id')
		.where('identity_id', 'in', listOf(db, identityIds))
		.limit(limit)
		.execute();
	return rows.map(({ id }) => id);
}

/** Instead of a provider's id, which holds the number: the message was taken, and more is not known. */
export const ERASED_PROVIDER_ID = 'erased';

/** Of a template the name stays, by which its statuses are counted. */
function anonymousContent(content: string | null): string | null {
	const { name } = JSON.parse(content ?? '{}') as { name?: string };
	return name === undefined ? null : JSON.stringify({ type: 'template', name });
}

/** Leaves of messages what reports count. @param keyHash makes a key unrecognisable, and the same each time. */
export async function eraseMessages(
	db: Database,
	ids: readonly number[],
	keyHash: (key: string) => string,
): Promise<number> {
	const messages = await db
		.selectFrom('message')
		.select(['id', 'state', 'content', 'idempotency_key as key', 'provider_message_id as providerId'])
		.where('id', 'in', listOf(db, ids))
		.where('state', 'not in', ['queued', 'sending'])
		.orderBy('id')
		.execute();
	for (const chunk of chunksOf(messages, 200)) {
		const rows = chunk.map(({ id, state, content, key, providerId }) => [
			id,
			anonymousContent(content),
			key === null ? null : keyHash(key),
			// A report may still settle what is unknown, and would bring the provider's id with it.
			providerId === null && state !== 'unknown' ? null : ERASED_PROVIDER_ID,
		]);
		await sql`update message set
				identity_id = null, contact_id = null, recipient = null, fields = null, reason_text = null,
				content = ${textCell(1)}, idempotency_key = ${textCell(2)}, provider_message_id = ${textCell(3)}
			from ${rowsOf(db, rows)} where message.id = ${numberCell(0)}`.execute(db);
	}
	return messages.length;
}

/** Content and fields of messages go, everything else stays. */
export async function emptyMessages(db: Database, ids: readonly number[]): Promise<void> {
	const messages = await db
		.selectFrom('message')
		.select(['id', 'content'])
		.where('id', 'in', listOf(db, ids))
		.orderBy('id')
		.execute();
	const rows = messages.map(({ id, content }) => [id, anonymousContent(content)]);
	if (rows.length === 0) return;
	await sql`update message set fields = null, content = ${textCell(1)} from ${rowsOf(db, rows)} where message.id = ${numberCell(0)}`.execute(
		db,
	);
}
