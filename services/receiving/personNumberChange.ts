import type { EventTable } from '../../store/schema';
import type { IncomingNumberChange } from '../../providers/provider';
import { type Contact, contactsWithNumbers, lockContactNumbers, updateContact } from '../../store/contacts';
import { findEvent } from '../../store/events';
import {
	ensureIdentities,
	findIdentity,
	identityById,
	lockIdentities,
	moveUserId,
	type PersonKey,
} from '../../store/identities';
import { expireInvitations } from '../../store/invitations';
import { withdrawQueued } from '../../store/messages';
import type { Database } from '../../store/schema';
import type { Sender } from '../../store/senders';
import type { Store } from '../../store/store';
import { ensurePeople } from '../consent/ensurePeople';
import { carriedBefore, takenId } from '../consent/lateAtOldNumber';
import { fillFreed } from '../consent/waitingList';
import { writeRecords } from '../consent/writeRecords';
import { applyConsentSignal, type SignalInput, type SignalResult } from '../consent/engine';

export interface NumberChange extends Omit<IncomingNumberChange, 'kind' | 'sender'> {
	provider: EventTable['provider'];
	sender: Sender | null;
	inbox: string | null;
}

/**
 * A person's WhatsApp account has another number (rule 9): the registrations move there, with a record at both numbers; opt-outs hold
 * at both. What is queued for the old number falls away, because nobody knows who gets it. The same notice again changes nothing.
 */
export async function applyNumberChange(store: Store, db: Database, change: NumberChange): Promise<SignalResult> {
	const known = await findEvent(db, change.provider, change.providerEventId);
	const person = await personBefore(db, change.from);
	const common = { channel: 'whatsapp' as const, sentAt: change.at, text: change.text };
	if (person.phone === null || person.phone === change.to)
		return await applyConsentSignal(store, db, learnNumber(change));
	const contact = known ? null : await moveContact(store, db, person.phone, change);
	const left = await applyConsentSignal(
		store,
		db,
		{
			...common,
			...{
				provider: change.provider,
				providerEventId: change.providerEventId,
				kind: 'numberLeft',
				sender: change.sender,
				person,
				inbox: change.inbox,
			},
			newPhone: change.to,
			details: { messageType: 'system', newPhone: change.to, contactUpdated: contact?.isMoved ?? false },
		},
		{ holdPlaces: true },
	);
	if (left.isDuplicate || left.identityId === null) return left;

	const newId = (await ensurePeople(store, db, [change.to])).get(change.to);
	if (newId === undefined || newId === left.identityId) throw new Error('The new number belongs to the same identity.');
	await lockIdentities(db, [left.identityId, newId]);
	await leaveOldNumber(store, db, left.identityId, newId);
	const taken = await applyConsentSignal(store, db, {
		...common,
		...{
			provider: 'store',
			providerEventId: takenId(left.eventId),
			kind: 'numberTaken',
			sender: null,
			inbox: null,
			text: null,
		},
		person: { phone: change.to, whatsAppUserId: null },
		oldPhone: person.phone ?? undefined,
		...(await carriedBefore(db, left.identityId, left.eventId)),
	});
	const filled = await fillFreed(store, db, left.freed, left.eventId);
	return {
		...left,
		followed: [newId, ...taken.followed],
		inboxes: [...left.inboxes, ...taken.inboxes, ...filled.inboxes],
	};
}

/** By number; the user id goes along unless it is known to be at another number already. */
async function personBefore(db: Database, { phone, whatsAppUserId }: NumberChange['from']): Promise<PersonKey> {
	const account = whatsAppUserId === null ? undefined : await findIdentity(db, { whatsAppUserId });
	if (account && account.phone !== null) return { phone: phone ?? account.phone, whatsAppUserId: null };
	return { phone, whatsAppUserId };
}

/** Somebody known without a number, or known to have the new one: the two halves come together, as with any message that carries both. */
function learnNumber({ provider, providerEventId, sender, inbox, from, to, at, text }: NumberChange): SignalInput {
	const person = { phone: to, whatsAppUserId: from.whatsAppUserId };
	return {
		provider,
		providerEventId,
		kind: 'ignored',
		channel: 'whatsapp',
		sender,
		person,
		sentAt: at,
		inbox,
		text,
		details: { messageType: 'system', newPhone: to },
	};
}

/** Nothing more goes to the old number, and no invitation sent to it is answered by its next owner. */
async function leaveOldNumber(store: Store, db: Database, oldId: number, newId: number): Promise<void> {
	const old = await identityById(db, oldId);
	const phones = old?.phone ? [old.phone] : [];
	await withdrawQueued(db, { identityId: oldId, phones, contactIds: [], reason: 'number changed', now: store.now() });
	await expireInvitations(db, oldId);
	await moveUserId(db, oldId, newId);
}

/**
 * The contact of that WhatsApp number follows where it is certain which one is meant: the only one with the old number, and none has the new.
 * A consent to SMS at the old number was not given by whoever has it next, and ends; the SMS number itself stays for the operator to change.
 */
async function moveContact(
	store: Store,
	db: Database,
	oldPhone: string | null,
	{ to, at }: NumberChange,
): Promise<{ isMoved: boolean } | null> {
	if (oldPhone === null) return null;
	await lockContactNumbers(db, [oldPhone, to]);
	const found = await contactsWithNumbers(db, [oldPhone, to]);
	const holder = found.find(({ whatsAppNumber }) => whatsAppNumber === oldPhone);
	const isMoved =
		holder !== undefined && !found.some(({ smsNumber, whatsAppNumber }) => smsNumber === to || whatsAppNumber === to);
	if (isMoved) await updateContact(db, holder.id, { ...holder, whatsAppNumber: to }, store.now());
	const consenting = found.find(
		({ smsNumber, smsConsentAt }) =>
			smsNumber === oldPhone && smsConsentAt !== null && smsConsentAt <= (at ?? store.now()),
	);
	if (consenting)
		await endSmsConsent(
			store,
			db,
			isMoved && consenting.id === holder.id ? { ...consenting, whatsAppNumber: to } : consenting,
			oldPhone,
		);
	return { isMoved };
}

async function endSmsConsent(store: Store, db: Database, contact: Contact, phone: string): Promise<void> {
	await updateContact(db, contact.id, { ...contact, smsConsentSource: null, smsConsentAt: null }, store.now());
	const identityId = (await ensureIdentities(db, [phone], store.now())).get(phone);
	if (identityId === undefined) throw new Error('An identity was neither found nor made.');
	await writeRecords(store, db, identityId, [
		{
			action: 'smsConsentEnded',
			outcome: 'numberChanged',
			applied: true,
			phone,
			channel: 'sms',
			source: 'provider',
			evidence: { source: contact.smsConsentSource, contactId: contact.id },
		},
	]);
}
