import { groupsAmong } from '../../domain/consent/scope';
import {
	type Contact,
	contactOfUserId,
	contactsWithNumbers,
	lockContactNumbers,
	removeContact,
	updateContact,
} from '../../store/contacts';
import { optOutsOf } from '../../store/consentWords';
import { adoptMemberships, deleteMemberships } from '../../store/memberships';
import { adoptContactMessages } from '../../store/messages';
import type { Database } from '../../store/schema';
import type { ResolvedPerson } from './resolvePerson';

/**
 * The contact of somebody known by their WhatsApp user id gets the number as soon as it is known. Where another contact has that
 * number, the two are one: the other stays, its empty fields are completed, groups are put together but for those left by STOP x.
 */
export async function contactLearnsNumber(db: Database, person: ResolvedPerson, now: number): Promise<void> {
	const { phone, whatsAppUserId } = person.identity;
	if (phone === null || whatsAppUserId === null || !(await contactOfUserId(db, whatsAppUserId))) return;
	await lockContactNumbers(db, [phone, whatsAppUserId]);
	const contact = await contactOfUserId(db, whatsAppUserId);
	if (!contact) return;
	const others = (await contactsWithNumbers(db, [phone])).filter(({ id }) => id !== contact.id);
	const other =
		others.find(({ whatsAppNumber }) => whatsAppNumber === phone) ??
		others.find(({ whatsAppNumber }) => whatsAppNumber === null);
	if (!other) {
		const whatsAppNumber = contact.whatsAppNumber ?? phone;
		await updateContact(db, contact.id, { ...contact, whatsAppNumber, whatsAppUserId: null }, now);
		return;
	}
	// Two SMS numbers: both contacts stay, and the user id goes on saying that they are one person.
	if (contact.smsNumber !== null && other.smsNumber !== null && contact.smsNumber !== other.smsNumber) return;
	await join(db, { from: contact, into: other, phone, isRetold: person.merged !== null, now });
}

async function join(
	db: Database,
	{ from, into, phone, isRetold, now }: { from: Contact; into: Contact; phone: string; isRetold: boolean; now: number },
): Promise<void> {
	const numbers = [phone, into.smsNumber, from.smsNumber].filter((number) => number !== null);
	const left = (await optOutsOf(db, numbers)).map(({ scope }) => scope);
	// What the person joined is told anew by the history of both halves, in the order in which it was said.
	if (isRetold) await deleteMemberships(db, { contactIds: [from.id], groupIds: null, source: 'person' });
	await adoptMemberships(db, {
		fromId: from.id,
		toId: into.id,
		leftGroupIds: groupsAmong(left),
		now,
	});
	await adoptContactMessages(db, from.id, into.id);
	await removeContact(db, from.id);
	const consent = into.smsNumber === null ? from : into;
	await updateContact(
		db,
		into.id,
		{
			name: into.name ?? from.name,
			language: into.language ?? from.language,
			fields: { ...from.fields, ...into.fields },
			smsNumber: into.smsNumber ?? from.smsNumber,
			whatsAppNumber: into.whatsAppNumber ?? phone,
			whatsAppUserId: into.whatsAppUserId,
			smsConsentSource: consent.smsConsentSource,
			smsConsentAt: consent.smsConsentAt,
		},
		now,
	);
}
