import { deleteWords, wordsOf } from '../../store/consentWords';
import { historyOf, moveEvents } from '../../store/events';
import {
	adoptMessages,
	type Identity,
	insertIdentity,
	type PersonKey,
	selectIdentities,
	updateIdentity,
} from '../../store/identities';
import { moveInvitations } from '../../store/invitations';
import { deleteRegistrations, type LimitedRegistration, registrationsOf } from '../../store/registrations';
import type { Database } from '../../store/schema';

/** A person, locked until the transaction ends, and what was learnt about them on the way. */
export interface ResolvedPerson {
	identity: Identity;
	/** Nothing is known of them yet. */
	isNew: boolean;
	/** They were known without a number, and have one now: what waited for it can be done. */
	hasLearntNumber: boolean;
	/** The other half of the person, found to be the same one: its events are this identity's now, its registrations are gone. */
	merged: { identityId: number; eventIds: ReadonlySet<number>; registrations: LimitedRegistration[] } | null;
	/** A number the person no longer writes from, with the opt-outs that go on holding there. */
	left: { identity: Identity; scopes: string[] } | null;
}

/**
 * Finds the person behind a number, a WhatsApp user id, or both; makes them where they are new. Where the two halves were known
 * apart and now come together they become one; where a known account writes from a new number, its registrations go along
 * and its opt-outs hold on both numbers (rule 9).
 */
export async function resolvePerson(db: Database, key: PersonKey, now: number): Promise<ResolvedPerson> {
	const found = await selectIdentities(db, key, true);
	if (found.length === 0) {
		const made = await insertIdentity(db, key, now);
		if (made) return { ...known(made), isNew: true };
		// Somebody else made them while we looked.
		return await resolvePerson(db, key, now);
	}
	const byPhone = found.find(({ phone }) => key.phone !== null && phone === key.phone);
	const byUserId = found.find(
		({ whatsAppUserId }) => key.whatsAppUserId !== null && whatsAppUserId === key.whatsAppUserId,
	);
	if (!byUserId || byUserId === byPhone) return known(await completed(db, byPhone ?? (found[0] as Identity), key));
	if (key.phone === null) return known(byUserId);

	const left = byUserId.phone === null ? null : await leaveNumber(db, byUserId, byUserId.phone, now);
	if (!byPhone)
		return { ...known(await completed(db, { ...byUserId, phone: null }, key)), hasLearntNumber: true, left };
	const merged = await merge(db, byUserId, byPhone);
	return { ...known(await completed(db, byPhone, key)), hasLearntNumber: true, merged, left };
}

const known = (identity: Identity): ResolvedPerson => ({
	identity,
	isNew: false,
	hasLearntNumber: false,
	merged: null,
	left: null,
});

/** Fills in the half that was missing. A number that comes with another user id has a new account; the number is what people know. */
async function completed(db: Database, identity: Identity, { phone, whatsAppUserId }: PersonKey): Promise<Identity> {
	const whole = {
		...identity,
		phone: identity.phone ?? phone,
		whatsAppUserId: whatsAppUserId ?? identity.whatsAppUserId,
	};
	if (whole.phone !== identity.phone || whole.whatsAppUserId !== identity.whatsAppUserId)
		await updateIdentity(db, whole);
	return whole;
}

async function leaveNumber(
	db: Database,
	account: Identity,
	phone: string,
	now: number,
): Promise<ResolvedPerson['left']> {
	await updateIdentity(db, { ...account, phone: null });
	const identity = await insertIdentity(db, { phone, whatsAppUserId: null }, now);
	if (!identity) throw new Error('A number that was just given up is taken already.');
	const words = await wordsOf(db, account.id);
	return { identity, scopes: words.filter(({ direction }) => direction === 'out').map(({ scope }) => scope) };
}

async function merge(db: Database, from: Identity, into: Identity): Promise<NonNullable<ResolvedPerson['merged']>> {
	const eventIds = new Set((await historyOf(db, from.id)).map(({ id }) => id));
	const registrations = await registrationsOf(db, from.id);
	await moveEvents(db, from.id, into.id);
	await moveInvitations(db, from.id, into.id);
	await adoptMessages(db, from.id, into.id);
	await deleteWords(db, from.id);
	await deleteRegistrations(
		db,
		from.id,
		registrations.map(({ senderId }) => senderId),
	);
	// The row stays for the chain of its consent records.
	await updateIdentity(db, { id: from.id, phone: null, whatsAppUserId: null });
	return { identityId: from.id, eventIds, registrations };
}
