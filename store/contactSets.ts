import { sql } from 'kysely';

import { isWhatsAppUserId } from '../domain/whatsAppUserId';
import { type Contact, contactsByIds } from './contacts';
import { asArray, isOneOf, listOf, numberCell, rowsOf, textCell } from './database/rows';
import type { Database, MembershipTable } from './schema';
import { suppressedNumbers } from './suppressions';

/** Contacts by the hundred: a handful of statements, whatever their number. */

/** A contact as an import writes it; `id` is 0 for one to be made. */
export type ContactToWrite = Omit<Contact, 'createdAt' | 'updatedAt'>;

interface AddressesOfContact {
	id: number;
	smsNumber: string | null;
	whatsAppNumber: string | null;
	whatsAppUserId: string | null;
}

/** Contacts that hold one of these numbers for SMS or WhatsApp, or one of these WhatsApp user ids, by id. @param lock holds them until the transaction ends. */
export async function contactsHolding(db: Database, addresses: readonly string[], lock: boolean): Promise<Contact[]> {
	if (addresses.length === 0) return [];
	const phones = addresses.filter((address) => !isWhatsAppUserId(address));
	const userIds = addresses.filter(isWhatsAppUserId);
	// Two index look-ups instead of an "or", for which PostgreSQL reads the whole table.
	// An array, for which PostgreSQL takes the index whatever it believes of the table: one that is being filled has no statistics yet.
	const isIn = (column: string, values: readonly string[]) => isOneOf(db, sql.ref(column), values);
	const byUserId =
		userIds.length === 0 ? sql`` : sql` union select id from contact where ${isIn('whatsapp_user_id', userIds)}`;
	const found = sql<number>`select id from contact where ${isIn('sms_number', phones)} union select id from contact where ${isIn('whatsapp_number', phones)}${byUserId}`;
	return await contactsByIds(db, asArray(db, found), lock);
}

const CELLS = sql.join(
	[textCell(0), textCell(1), textCell(2), textCell(3), textCell(4), textCell(5), textCell(6), numberCell(7)],
	sql`, `,
);
const COLUMNS = sql.raw(
	'name, sms_number, whatsapp_number, whatsapp_user_id, fields, language, sms_consent_source, sms_consent_at',
);

function cellsOf({
	name,
	smsNumber,
	whatsAppNumber,
	whatsAppUserId,
	fields,
	language,
	smsConsentSource,
	smsConsentAt,
}: ContactToWrite): unknown[] {
	return [
		name,
		smsNumber,
		whatsAppNumber,
		whatsAppUserId,
		JSON.stringify(fields),
		language,
		smsConsentSource,
		smsConsentAt,
	];
}

/** @returns how many were made: those whose number somebody else has taken meanwhile are left out. */
export async function insertContacts(db: Database, contacts: readonly ContactToWrite[], now: number): Promise<number> {
	if (contacts.length === 0) return 0;
	const { numAffectedRows = 0n } = await insertion(db, contacts, now).execute(db);
	return Number(numAffectedRows);
}

/** As insertContacts; gives the ids, which cost some time. */
export async function insertContactsForIds(
	db: Database,
	contacts: readonly ContactToWrite[],
	now: number,
): Promise<AddressesOfContact[]> {
	if (contacts.length === 0) return [];
	const { rows } =
		await sql<AddressesOfContact>`${insertion(db, contacts, now)} returning id, sms_number as "smsNumber", whatsapp_number as "whatsAppNumber", whatsapp_user_id as "whatsAppUserId"`.execute(
			db,
		);
	return rows;
}

function insertion(db: Database, contacts: readonly ContactToWrite[], now: number) {
	return sql`
		insert into contact (${COLUMNS}, created_at, updated_at)
		select ${CELLS}, cast(${now} as bigint), cast(${now} as bigint) from ${rowsOf(db, contacts.map(cellsOf))} where true
		on conflict do nothing`;
}

/** @throws the database's error where a number is in another contact by now. */
export async function updateContacts(db: Database, contacts: readonly ContactToWrite[], now: number): Promise<void> {
	if (contacts.length === 0) return;
	const rows = contacts.map((contact) => [...cellsOf(contact), contact.id]);
	await sql`
		update contact set name = n.name, sms_number = n.sms_number, whatsapp_number = n.whatsapp_number, whatsapp_user_id = n.whatsapp_user_id, fields = n.fields, language = n.language,
			sms_consent_source = n.sms_consent_source, sms_consent_at = n.sms_consent_at, updated_at = ${now}
		from (select ${textCell(0)} as name, ${textCell(1)} as sms_number, ${textCell(2)} as whatsapp_number, ${textCell(3)} as whatsapp_user_id, ${textCell(4)} as fields,
			${textCell(5)} as language, ${textCell(6)} as sms_consent_source, ${numberCell(7)} as sms_consent_at, ${numberCell(8)} as id from ${rowsOf(db, rows)}) as n
		where contact.id = n.id`.execute(db);
}

/** Whoever put a contact into a group first stays its source. @returns how many memberships were made. */
export async function insertMemberships(
	db: Database,
	memberships: ReadonlyArray<{ groupId: number; contactId: number }>,
	{ source, now }: { source: MembershipTable['source']; now: number },
): Promise<number> {
	if (memberships.length === 0) return 0;
	const rows = memberships.map(({ groupId, contactId }) => [groupId, contactId]);
	const { numAffectedRows = 0n } = await sql`
		insert into membership (group_id, contact_id, source, created_at)
		select g.id, ${numberCell(1)}, cast(${source} as text), cast(${now} as bigint) from ${rowsOf(db, rows)} join contact_group g on g.id = ${numberCell(0)} where true
		on conflict do nothing`.execute(db);
	return Number(numAffectedRows);
}

/** Which of these memberships there are: `<group>:<contact>`. */
export async function existingMemberships(
	db: Database,
	contactIds: readonly number[],
	groupIds: readonly number[],
): Promise<Set<string>> {
	if (contactIds.length === 0 || groupIds.length === 0) return new Set();
	const rows = await db
		.selectFrom('membership')
		.select(['group_id', 'contact_id'])
		.where('contact_id', 'in', listOf(db, contactIds))
		.where('group_id', 'in', listOf(db, groupIds))
		.execute();
	return new Set(rows.map(({ group_id, contact_id }) => `${group_id}:${contact_id}`));
}

/** The scopes that people (by number or WhatsApp user id) said no to, of those asked for. */
export async function outWords(
	db: Database,
	addresses: readonly string[],
	scopes: readonly string[],
): Promise<Map<string, Set<string>>> {
	const byAddress = new Map<string, Set<string>>();
	if (addresses.length === 0) return byAddress;
	const saidNo = db
		.selectFrom('identity as i')
		.innerJoin('consent_word as w', 'w.identity_id', 'i.id')
		.where('w.direction', '=', 'out')
		.where('w.scope', 'in', listOf(db, scopes));
	const phones = addresses.filter((address) => !isWhatsAppUserId(address));
	const userIds = addresses.filter(isWhatsAppUserId);
	const rows = await saidNo
		.select(['i.phone as address', 'w.scope as scope'])
		.where('i.phone', 'in', listOf(db, phones))
		.$if(userIds.length > 0, (query) =>
			query.unionAll(
				saidNo
					.select(['i.whatsapp_user_id as address', 'w.scope as scope'])
					.where('i.whatsapp_user_id', 'in', listOf(db, userIds)),
			),
		)
		.execute();
	for (const { address, scope } of rows)
		if (address !== null) byAddress.set(address, (byAddress.get(address) ?? new Set()).add(scope));
	for (const [address, words] of await suppressedNumbers(db, addresses)) {
		for (const scope of words.keys())
			if (scopes.includes(scope)) byAddress.set(address, (byAddress.get(address) ?? new Set()).add(scope));
	}
	return byAddress;
}
