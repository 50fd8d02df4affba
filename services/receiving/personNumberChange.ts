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
import { forgetFormerId, saveFormerId } from '../../store/formerUserIds';
import {
	ensureIdentities,
	findIdentity,
	type Identity,
	identityById,
	lockIdentities,
	lockNumbers,
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
 * A person's WhatsApp account has another number, another user id, or both (rule 9): the registrations move there, with a record at both
 * numbers; opt-outs hold at both. What is queued for the old number falls away, because nobody knows who gets it. The same notice
 * again changes nothing.
 */
export async function applyNumberChange(store: Store, db: Database, change: NumberChange): Promise<SignalResult> {
	// Before anything is looked up: told again, an old notice would meet names that have moved on.
	if (await findEvent(db, change.provider, change.providerEventId))
		return await applyConsentSignal(store, db, learnNumber(change));
	const names = await lockNames(db, change);
	const moved = { ...change, to: change.to ?? writtenFrom(names) };
	const person = await personBefore(db, { ...change.from, phone: change.from.phone ?? names.before?.phone ?? null });
	const result =
		moved.to !== null && person.phone !== null && person.phone !== moved.to
			? await leaveNumber(store, db, { change: moved, to: moved.to, person, names })
			: await applyConsentSignal(store, db, learnNumber(await withNewUserId(store, db, moved, names)));
	await keepFormerIds(db, change, names);
	return result;
}

/** Who was known by the names of a notice when it came. */
interface Names {
	/** By the old user id, or by the number it stands beside. */
	before: Identity | undefined;
	/** Who has written under the new user id already. */
	after: Identity | undefined;
}

async function lockNames(db: Database, { from, newUserId, to, at }: NumberChange): Promise<Names> {
	const told = [from.phone, from.whatsAppUserId, newUserId, to].filter((name) => name !== null);
	await lockNumbers(db, told);
	const byUserId =
		from.whatsAppUserId === null ? undefined : await findIdentity(db, { whatsAppUserId: from.whatsAppUserId });
	const byPhone = from.phone === null ? undefined : await findIdentity(db, { phone: from.phone });
	// A notice from before the number was known to have another account speaks of that account no more.
	const isOutdated =
		at !== null && byPhone?.pairedSince !== undefined && byPhone.pairedSince !== null && at < byPhone.pairedSince;
	return {
		before: byUserId ?? (isOutdated ? undefined : byPhone),
		after: newUserId === null ? undefined : await findIdentity(db, { whatsAppUserId: newUserId }),
	};
}

/** Whoever wrote under the new id from another number has told that the number changed, too. */
function writtenFrom({ before, after }: Names): string | null {
	const areTwo = before && after && before.id !== after.id;
	return areTwo && before.phone !== null ? after.phone : null;
}

async function leaveNumber(
	store: Store,
	db: Database,
	{ change, to, person, names }: { change: NumberChange; to: string; person: PersonKey; names: Names },
): Promise<SignalResult> {
	const { newUserId } = change;
	if (newUserId !== null && names.before && names.before.phone === person.phone)
		await updateIdentity(db, { ...names.before, whatsAppUserId: null });
	const contact = await moveContact(store, db, person.phone, to, change.at);
	const common = { channel: 'whatsapp' as const, sentAt: change.at, text: change.text };
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
				person:
					newUserId === null || names.before?.phone === null ? person : { phone: person.phone, whatsAppUserId: null },
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
	await leaveOldNumber(store, db, { oldId: left.identityId, newId, at: change.at });
	const byStore = { provider: 'store', sender: null, inbox: null, text: null } as const;
	const taken = await applyConsentSignal(store, db, {
		...common,
		...byStore,
		providerEventId: takenId(left.eventId),
		kind: 'numberTaken',
		person: { phone: to, whatsAppUserId: null },
		oldPhone: person.phone ?? undefined,
		...(await carriedBefore(db, left.identityId, left.eventId)),
	});
	// What was said under the new id since then was said at the new number.
	const joined =
		newUserId === null
			? []
			: [
					await applyConsentSignal(store, db, {
						...common,
						...byStore,
						providerEventId: `user id of event ${left.eventId}`,
						kind: 'ignored',
						person: { phone: to, whatsAppUserId: newUserId },
					}),
				];
	const filled = await fillFreed(store, db, left.freed, left.eventId);
	const further = [taken, ...joined];
	return {
		...left,
		followed: [newId, ...further.flatMap(({ followed }) => followed)],
		inboxes: [...left.inboxes, ...further.flatMap(({ inboxes }) => inboxes), ...filled.inboxes],
	};
}

/**
 * Who is known by the old user id, or by the number it stands beside, is known by the new one from now on, so that what they
 * said holds for both. Somebody who has written under the new id already is the same person: the two come together.
 */
async function withNewUserId(
	store: Store,
	db: Database,
	change: NumberChange,
	{ before, after }: Names,
): Promise<NumberChange> {
	const { newUserId } = change;
	if (newUserId === null) return change;
	if (before && after && before.id !== after.id) {
		await applyConsentSignal(store, db, {
			...learnNumber({ ...change, to: null, from: { phone: null, whatsAppUserId: newUserId } }),
			provider: 'store',
			providerEventId: `user id of ${change.providerEventId}`,
			sender: null,
			inbox: null,
			text: null,
			person: { phone: null, whatsAppUserId: newUserId, sameAs: before.id },
		});
	} else if (before && !after) {
		await forgetFormerId(db, newUserId);
		await updateIdentity(db, { ...before, whatsAppUserId: newUserId, pairedSince: change.at ?? store.now() });
	}
	if (before && before.whatsAppUserId !== null) await changeContactUserId(db, before.whatsAppUserId, newUserId);
	return { ...change, from: { phone: change.from.phone, whatsAppUserId: newUserId } };
}

/** What comes late under the old id was said by who has the new one. */
async function keepFormerIds(db: Database, { from, newUserId }: NumberChange, { before }: Names): Promise<void> {
	const holder = newUserId === null ? undefined : await findIdentity(db, { whatsAppUserId: newUserId });
	if (!holder) return;
	const former = new Set([from.whatsAppUserId, before?.whatsAppUserId ?? null]);
	for (const userId of former) {
		if (userId === null || userId === holder.whatsAppUserId) continue;
		const other = await findIdentity(db, { whatsAppUserId: userId });
		if (other?.whatsAppUserId !== userId) await saveFormerId(db, userId, holder.id);
	}
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
async function leaveOldNumber(
	store: Store,
	db: Database,
	{ oldId, newId, at }: { oldId: number; newId: number; at: number | null },
): Promise<void> {
	const old = await identityById(db, oldId);
	const phones = old?.phone ? [old.phone] : [];
	await withdrawQueued(db, { identityId: oldId, phones, contactIds: [], reason: 'number changed', now: store.now() });
	await expireInvitations(db, oldId);
	await moveUserId(db, oldId, newId, at ?? store.now());
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
