import type { EventTable } from '../../store/schema';
import type { IncomingNumberChange } from '../../providers/provider';
import {
	changeContactUserId,
	type Contact,
	contactsWithNumbers,
	lockContactNumbers,
	updateContact,
} from '../../store/contacts';
import { findEvent } from '../../store/events';
import {
	ensureIdentities,
	findIdentity,
	identityById,
	lockIdentities,
	moveUserId,
	type PersonKey,
	updateIdentity,
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
export async function applyNumberChange(store: Store, db: Database, told: NumberChange): Promise<SignalResult> {
	const change = await takeNewUserId(store, db, told);
	const { to } = change;
	if (to === null) return await applyConsentSignal(store, db, learnNumber(change));
	const known = await findEvent(db, change.provider, change.providerEventId);
	const person = await personBefore(db, change.from);
	const common = { channel: 'whatsapp' as const, sentAt: change.at, text: change.text };
	if (person.phone === null || person.phone === to) return await applyConsentSignal(store, db, learnNumber(change));
	const contact = known ? null : await moveContact(store, db, person.phone, to, change.at);
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
			newPhone: to,
			details: { messageType: 'system', newPhone: to, contactUpdated: contact?.isMoved ?? false },
		},
		{ holdPlaces: true },
	);
	if (left.isDuplicate || left.identityId === null) return left;

	const newId = (await ensurePeople(store, db, [to])).get(to);
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
		person: { phone: to, whatsAppUserId: null },
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

/**
 * Who is known by the old user id, or by the number it stands beside, is known by the new one from now on, so that what
 * they said holds for both. Somebody who has written under the new id already is the same person: the two halves are
 * told apart by the number, and come together by it.
 */
async function takeNewUserId(store: Store, db: Database, change: NumberChange): Promise<NumberChange> {
	const { from, newUserId } = change;
	if (newUserId === null) return change;
	const renamed = { ...change, from: { ...from, whatsAppUserId: newUserId } };
	const before = await holderOf(db, from);
	const after = await findIdentity(db, { whatsAppUserId: newUserId });
	if (!before || before.id === after?.id) return renamed;
	await lockIdentities(
		db,
		[before.id, after?.id ?? before.id].sort((a, b) => a - b),
	);
	if (!after) {
		await updateIdentity(db, { ...before, whatsAppUserId: newUserId });
		if (before.whatsAppUserId !== null) await changeContactUserId(db, before.whatsAppUserId, newUserId);
		return renamed;
	}
	// One of the two has a number: it lets go of its id, and takes the other's with the signal that carries both.
	if (before.phone !== null) {
		await updateIdentity(db, { ...before, whatsAppUserId: null });
		return { ...renamed, from: { phone: before.phone, whatsAppUserId: after.phone === null ? newUserId : null } };
	}
	if (after.phone === null || before.whatsAppUserId === null) return renamed;
	await updateIdentity(db, { ...after, whatsAppUserId: null });
	await applyConsentSignal(store, db, {
		...learnNumber({ ...change, to: after.phone, from: before }),
		provider: 'store',
		providerEventId: `user id of ${change.providerEventId}`,
		inbox: null,
	});
	const joined = await findIdentity(db, { phone: after.phone });
	if (joined) await updateIdentity(db, { ...joined, whatsAppUserId: newUserId });
	return renamed;
}

async function holderOf(db: Database, { phone, whatsAppUserId }: NumberChange['from']) {
	const byId = whatsAppUserId === null ? undefined : await findIdentity(db, { whatsAppUserId });
	return byId ?? (phone === null ? undefined : await findIdentity(db, { phone }));
}

/** By number; the user id goes along unless it is known to be at another number already. */
async function personBefore(db: Database, { phone, whatsAppUserId }: NumberChange['from']): Promise<PersonKey> {
	const account = whatsAppUserId === null ? undefined : await findIdentity(db, { whatsAppUserId });
	if (account && account.phone !== null) return { phone: phone ?? account.phone, whatsAppUserId: null };
	return { phone, whatsAppUserId };
}

/** Somebody known without a number, or known to have the new one: the two halves come together, as with any message that carries both. */
function learnNumber({ provider, providerEventId, sender, inbox, from, to, at, text }: NumberChange): SignalInput {
	const person = { phone: to ?? from.phone, whatsAppUserId: from.whatsAppUserId };
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
		details: { messageType: 'system', ...(to === null ? {} : { newPhone: to }) },
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
	to: string,
	at: number | null,
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
