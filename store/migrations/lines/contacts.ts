import type { Kysely } from 'kysely';

import { lineOf } from '../../../domain/line';
import { type Db, DOUBLE_FORM_CODES, ROWS_A_PAGE, type Tables } from './tables';

type Contact = Tables['contact'];
type NumberColumn = 'sms_number' | 'whatsapp_number';

/**
 * Contacts hold the dialled form. Two contacts of one line become one where nothing of either is lost by it: the one found by the
 * dialled number stays, its empty fields are filled, memberships are put together. Where each has another number beside, both stay
 * and the line belongs to the one that had its dialled form.
 */
export async function joinContactsOfOneLine(untyped: Kysely<unknown>): Promise<void> {
	const db = untyped as unknown as Db;
	for (let after = 0; ;) {
		const page = await db
			.selectFrom('contact')
			.selectAll()
			.where('id', '>', after)
			.where((where) =>
				where.or(
					DOUBLE_FORM_CODES.flatMap((code) => [
						where('sms_number', 'like', `${code}%`),
						where('whatsapp_number', 'like', `${code}%`),
					]),
				),
			)
			.orderBy('id')
			.limit(ROWS_A_PAGE)
			.execute();
		for (const contact of page) if (hasOlderForm(contact)) await useDialledForm(db, contact.id);
		const last = page.at(-1);
		if (!last || page.length < ROWS_A_PAGE) return;
		after = last.id;
	}
}

const isOlder = (phone: string | null): phone is string => phone !== null && lineOf(phone) !== phone;
const hasOlderForm = (contact: Contact): boolean => isOlder(contact.sms_number) || isOlder(contact.whatsapp_number);

async function useDialledForm(db: Db, id: number): Promise<void> {
	const find = () => db.selectFrom('contact').selectAll().where('id', '=', id).executeTakeFirst();
	for (const column of ['sms_number', 'whatsapp_number'] as const) {
		const contact = await find();
		const older = contact?.[column];
		if (!contact || !isOlder(older ?? null)) continue;
		const line = lineOf(older ?? '');
		const other = await otherWith(db, id, line);
		if (other && canJoin(contact, other)) {
			await join(db, contact, other);
			return;
		}
		const isTaken = other?.[column] === line;
		await db
			.updateTable('contact')
			.set({ [column]: isTaken ? null : line })
			.where('id', '=', id)
			.execute();
	}
	await dropLeftGroups(db, id);
}

async function otherWith(db: Db, id: number, line: string): Promise<Contact | undefined> {
	return await db
		.selectFrom('contact')
		.selectAll()
		.where('id', '<>', id)
		.where((where) => where.or([where('sms_number', '=', line), where('whatsapp_number', '=', line)]))
		.orderBy('id')
		.executeTakeFirst();
}

/** Whether one contact can hold the numbers of both. */
function canJoin(contact: Contact, other: Contact): boolean {
	const fits = (column: NumberColumn): boolean =>
		contact[column] === null || other[column] === null || lineOf(contact[column]) === lineOf(other[column]);
	return fits('sms_number') && fits('whatsapp_number');
}

async function join(db: Db, from: Contact, into: Contact): Promise<void> {
	const dialled = (column: NumberColumn): string | null => {
		const phone = into[column] ?? from[column];
		return phone === null ? null : lineOf(phone);
	};
	const consent = into.sms_consent_at === null && from.sms_consent_at !== null ? from : into;
	await db
		.insertInto('membership')
		.columns(['group_id', 'contact_id', 'source', 'created_at'])
		.expression(
			db
				.selectFrom('membership as m')
				.select((row) => ['m.group_id', row.val(into.id).as('contact_id'), 'm.source', 'm.created_at'])
				.where('m.contact_id', '=', from.id)
				.where((where) =>
					where.not(
						where.exists(
							where
								.selectFrom('membership as k')
								.select('k.group_id')
								.whereRef('k.group_id', '=', 'm.group_id')
								.where('k.contact_id', '=', into.id),
						),
					),
				),
		)
		.execute();
	await db.deleteFrom('membership').where('contact_id', '=', from.id).execute();
	await db.updateTable('message').set({ contact_id: into.id }).where('contact_id', '=', from.id).execute();
	await db.deleteFrom('contact').where('id', '=', from.id).execute();
	await db
		.updateTable('contact')
		.set({
			name: into.name ?? from.name,
			language: into.language ?? from.language,
			fields: JSON.stringify({ ...parse(from.fields), ...parse(into.fields) }),
			sms_number: dialled('sms_number'),
			whatsapp_number: dialled('whatsapp_number'),
			sms_consent_at: consent.sms_consent_at,
			sms_consent_source: consent.sms_consent_source,
		})
		.where('id', '=', into.id)
		.execute();
	await dropLeftGroups(db, into.id);
}

const parse = (fields: string): Record<string, unknown> => JSON.parse(fields) as Record<string, unknown>;

/** Nobody comes back into a group that they left under the other form. */
async function dropLeftGroups(db: Db, contactId: number): Promise<void> {
	const left = await db
		.selectFrom('contact as c')
		.innerJoin('identity as i', (on) =>
			on.on((where) =>
				where.or([
					where('i.phone', '=', where.ref('c.sms_number')),
					where('i.phone', '=', where.ref('c.whatsapp_number')),
				]),
			),
		)
		.innerJoin('consent_word as w', 'w.identity_id', 'i.id')
		.select('w.scope')
		.where('c.id', '=', contactId)
		.where('w.direction', '=', 'out')
		.where('w.scope', 'like', 'group:%')
		.execute();
	const groupIds = left.map(({ scope }) => Number(scope.slice('group:'.length)));
	if (groupIds.length > 0)
		await db.deleteFrom('membership').where('contact_id', '=', contactId).where('group_id', 'in', groupIds).execute();
}
