import { type Expression, type Selectable } from 'kysely';

import { forUpdate } from './database/dialect';
import { shareLock, takeLock, takeLocks } from './database/locks';
import { contains } from './database/like';
import { listOf } from './database/rows';
import type { ContactTable, Database } from './schema';

export interface Contact {
	id: number;
	name: string | null;
	/** E.164. */
	smsNumber: string | null;
	/** E.164. */
	whatsAppNumber: string | null;
	/** Instead of a number, as long as none of the person is known. */
	whatsAppUserId: string | null;
	fields: Record<string, unknown>;
	language: string | null;
	smsConsentSource: string | null;
	/** UTC ms. */
	smsConsentAt: number | null;
	createdAt: number;
	updatedAt: number;
}

export type NewContact = Omit<Contact, 'id' | 'createdAt' | 'updatedAt'>;

export const emptyContact: NewContact = {
	name: null,
	smsNumber: null,
	whatsAppNumber: null,
	whatsAppUserId: null,
	fields: {},
	language: null,
	smsConsentSource: null,
	smsConsentAt: null,
};

function toContact(row: Selectable<ContactTable>): Contact {
	return {
		id: row.id,
		name: row.name,
		smsNumber: row.sms_number,
		whatsAppNumber: row.whatsapp_number,
		whatsAppUserId: row.whatsapp_user_id,
		fields: JSON.parse(row.fields) as Record<string, unknown>,
		language: row.language,
		smsConsentSource: row.sms_consent_source,
		smsConsentAt: row.sms_consent_at,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	};
}

function fromContact(contact: NewContact) {
	return {
		name: contact.name,
		sms_number: contact.smsNumber,
		whatsapp_number: contact.whatsAppNumber,
		whatsapp_user_id: contact.whatsAppUserId,
		fields: JSON.stringify(contact.fields),
		language: contact.language,
		sms_consent_source: contact.smsConsentSource,
		sms_consent_at: contact.smsConsentAt,
	};
}

export async function findContact(db: Database, id: number): Promise<Contact | undefined> {
	const row = await db.selectFrom('contact').selectAll().where('id', '=', id).executeTakeFirst();
	return row && toContact(row);
}

/** Contacts that hold one of these numbers for SMS or WhatsApp, by id. */
export async function contactsWithNumbers(db: Database, phones: readonly string[]): Promise<Contact[]> {
	if (phones.length === 0) return [];
	const rows = await db
		.selectFrom('contact')
		.selectAll()
		.where((where) => where.or([where('sms_number', 'in', phones), where('whatsapp_number', 'in', phones)]))
		.orderBy('id')
		.execute();
	return rows.map(toContact);
}

export async function contactOfUserId(db: Database, whatsAppUserId: string): Promise<Contact | undefined> {
	const row = await db
		.selectFrom('contact')
		.selectAll()
		.where('whatsapp_user_id', '=', whatsAppUserId)
		.executeTakeFirst();
	return row && toContact(row);
}

export async function contactsWithUserIds(db: Database, userIds: readonly string[]): Promise<Contact[]> {
	if (userIds.length === 0) return [];
	const rows = await db
		.selectFrom('contact')
		.selectAll()
		.where('whatsapp_user_id', 'in', listOf(db, userIds))
		.orderBy('id')
		.execute();
	return rows.map(toContact);
}

/** The contact follows when WhatsApp gives its person another user id. */
export async function changeContactUserId(db: Database, from: string, to: string): Promise<void> {
	if (await contactOfUserId(db, to)) return;
	await db.updateTable('contact').set({ whatsapp_user_id: to }).where('whatsapp_user_id', '=', from).execute();
}

/**
 * Two transactions that make or change a contact with one of these numbers (or WhatsApp user ids), in whichever field, come one after the other. Take it after
 * identities are locked or made, never before: everybody in the same order.
 */
export async function lockContactNumbers(db: Database, phones: readonly string[]): Promise<void> {
	await shareLock(db, 'allContacts');
	await takeLocks(db, 'contact', phones);
}

/** As lockContactNumbers, for so many numbers that a lock for each would be too many: holds off everybody who makes or changes a contact. */
export async function lockAllContacts(db: Database): Promise<void> {
	await takeLock(db, 'allContacts');
}

/** By id. @param ids a query for ids. @param lock holds them until the transaction ends. */
export async function contactsByIds(db: Database, ids: Expression<number>, lock: boolean): Promise<Contact[]> {
	const query = db.selectFrom('contact').selectAll().where('id', 'in', ids).orderBy('id');
	return (await (lock ? forUpdate(db, query) : query).execute()).map(toContact);
}

/** Undefined when one of its numbers is in another contact. */
export async function insertContact(db: Database, contact: NewContact, now: number): Promise<Contact | undefined> {
	const row = await db
		.insertInto('contact')
		.values({ ...fromContact(contact), created_at: now, updated_at: now })
		.onConflict((conflict) => conflict.doNothing())
		.returningAll()
		.executeTakeFirst();
	return row && toContact(row);
}

export async function updateContact(db: Database, id: number, contact: NewContact, now: number): Promise<Contact> {
	const row = await db
		.updateTable('contact')
		.set({ ...fromContact(contact), updated_at: now })
		.where('id', '=', id)
		.returningAll()
		.executeTakeFirstOrThrow();
	return toContact(row);
}

/** False when there was none. Memberships go with it; registrations and opt-outs belong to the person and stay. */
export async function removeContact(db: Database, id: number): Promise<boolean> {
	const { numDeletedRows } = await db.deleteFrom('contact').where('id', '=', id).executeTakeFirst();
	return numDeletedRows > 0n;
}

/** By id, a page after `after`. */
export async function selectContacts(
	db: Database,
	{ search, groupId, limit, after }: { search: string; groupId: number | null; limit: number; after: number },
): Promise<Contact[]> {
	let query = db.selectFrom('contact as c').selectAll('c').where('c.id', '>', after).orderBy('c.id').limit(limit);
	if (search !== '') {
		query = query.where((where) =>
			where.or([
				contains(where.ref('c.name'), search),
				contains(where.ref('c.sms_number'), search),
				contains(where.ref('c.whatsapp_number'), search),
				contains(where.ref('c.whatsapp_user_id'), search),
			]),
		);
	}
	if (groupId !== null) {
		query = query.where((where) =>
			where.exists(
				where
					.selectFrom('membership as m')
					.select('m.contact_id')
					.whereRef('m.contact_id', '=', 'c.id')
					.where('m.group_id', '=', groupId),
			),
		);
	}
	return (await query.execute()).map(toContact);
}
