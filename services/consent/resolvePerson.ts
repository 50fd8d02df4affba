import { deleteWords, wordsOf } from '../../store/consentWords';
import { historyOf, moveEvents } from '../../store/events';
import { forgetFormerId, moveFormerIds } from '../../store/formerUserIds';
import {
	adoptMessages,
	holderOfFormerId,
	type Identity,
	identitiesById,
	insertIdentity,
	lockIdentities,
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
	/** The number (E.164) this was said from, which the person has left since: an opt-out holds there, too. */
	saidFrom: string | null;
}

/** What a signal says of who its person is. */
export interface PersonNames extends PersonKey {
	/** Somebody found to be the same person (identity id), where neither has another's number. */
	sameAs?: number;
}

/**
 * Finds the person behind a number, a WhatsApp user id, or both; makes them where they are new. Where the two halves were known
 * apart and now come together they become one; where a known account writes from a new number, its registrations go along
 * and its opt-outs hold on both numbers (rule 9).
 * @param at UTC ms, when it was said: what comes late moves nobody back.
 */
export async function resolvePerson(
	db: Database,
	names: PersonNames,
	{ at, now }: { at: number; now: number },
): Promise<ResolvedPerson> {
	const { sameAs, ...told } = names;
	if (sameAs !== undefined) return await joinHalves(db, told, sameAs, { at, now });
	const { isFormer, ...key } = await underCurrentId(db, told);
	const found = await selectIdentities(db, key, true);
	if (found.length === 0) {
		const made = await insertIdentity(db, key, now);
		if (made) return { ...known(await paired(db, made, key, at)), isNew: true };
		// Somebody else made them while we looked.
		return await resolvePerson(db, key, { at, now });
	}
	const byPhone = found.find(({ phone }) => key.phone !== null && phone === key.phone);
	const byUserId = found.find(
		({ whatsAppUserId }) => key.whatsAppUserId !== null && whatsAppUserId === key.whatsAppUserId,
	);
	if (!byUserId || byUserId === byPhone) return known(await completed(db, byPhone ?? (found[0] as Identity), key, at));
	if (key.phone === null) return known(byUserId);
	if (byUserId.phone !== null && (isFormer || isLate(byUserId, at))) {
		// A number that was left by a notice has a history of its own, and what is said late there follows them.
		return byPhone && (await hasLeft(db, byPhone, at)) ? known(byPhone) : { ...known(byUserId), saidFrom: key.phone };
	}

	const left = byUserId.phone === null ? null : await leaveNumber(db, byUserId, byUserId.phone, now);
	if (!byPhone)
		return { ...known(await completed(db, { ...byUserId, phone: null }, key, at)), hasLearntNumber: true, left };
	const merged = await merge(db, byUserId, byPhone);
	return { ...known(await completed(db, byPhone, key, at)), hasLearntNumber: true, merged, left };
}

const known = (identity: Identity): ResolvedPerson => ({
	identity,
	isNew: false,
	hasLearntNumber: false,
	merged: null,
	left: null,
	saidFrom: null,
});

/** What comes under an id that its person had before is theirs. */
async function underCurrentId(
	db: Database,
	{ phone, whatsAppUserId }: PersonKey,
): Promise<PersonKey & { isFormer: boolean }> {
	const holder = whatsAppUserId === null ? undefined : await holderOfFormerId(db, whatsAppUserId);
	if (!holder || (holder.phone === null && holder.whatsAppUserId === null))
		return { phone, whatsAppUserId, isFormer: false };
	return { phone: phone ?? holder.phone, whatsAppUserId: holder.whatsAppUserId, isFormer: true };
}

/** Whether number and user id are known to belong together from a later time. */
const isLate = ({ pairedSince }: Identity, at: number): boolean => pairedSince !== null && at < pairedSince;

async function hasLeft(db: Database, { id }: Identity, after: number): Promise<boolean> {
	return (await historyOf(db, id)).some(({ kind, effectiveAt }) => kind === 'numberLeft' && effectiveAt > after);
}

/** Fills in the half that was missing. A number that comes with another user id has a new account; the number is what people know. */
async function completed(db: Database, identity: Identity, key: PersonKey, at: number): Promise<Identity> {
	const hasBoth = identity.phone !== null && identity.whatsAppUserId !== null;
	if (hasBoth && isLate(identity, at)) return identity;
	const whole = {
		...identity,
		phone: identity.phone ?? key.phone,
		whatsAppUserId: key.whatsAppUserId ?? identity.whatsAppUserId,
	};
	if (whole.phone === identity.phone && whole.whatsAppUserId === identity.whatsAppUserId) return identity;
	await updateIdentity(db, whole);
	return await paired(db, whole, whole, at);
}

async function paired(db: Database, identity: Identity, { phone, whatsAppUserId }: PersonKey, at: number) {
	if (phone === null || whatsAppUserId === null) return identity;
	await forgetFormerId(db, whatsAppUserId);
	const since = { ...identity, pairedSince: at };
	await updateIdentity(db, since);
	return since;
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

/** Two that were found to be one, though no name of theirs is the same; the number stays with the one that has it. */
async function joinHalves(
	db: Database,
	key: PersonKey,
	otherId: number,
	times: { at: number; now: number },
): Promise<ResolvedPerson> {
	const person = await resolvePerson(db, key, times);
	await lockIdentities(db, [otherId]);
	const [other] = await identitiesById(db, [otherId]);
	const isNobody = !other || (other.phone === null && other.whatsAppUserId === null);
	if (isNobody || other.id === person.identity.id || person.merged) return person;
	if (other.phone !== null && person.identity.phone !== null) return person;
	const [from, into] = other.phone === null ? [other, person.identity] : [person.identity, other];
	const merged = await merge(db, from, into);
	const whatsAppUserId = person.identity.whatsAppUserId ?? other.whatsAppUserId;
	const identity = { ...into, whatsAppUserId };
	await updateIdentity(db, identity);
	return { ...person, identity: await paired(db, identity, identity, times.at), isNew: false, merged };
}

async function merge(db: Database, from: Identity, into: Identity): Promise<NonNullable<ResolvedPerson['merged']>> {
	const eventIds = new Set((await historyOf(db, from.id)).map(({ id }) => id));
	const registrations = await registrationsOf(db, from.id);
	await moveEvents(db, from.id, into.id);
	await moveInvitations(db, from.id, into.id);
	await adoptMessages(db, from.id, into.id);
	await moveFormerIds(db, from.id, into.id);
	await deleteWords(db, from.id);
	await deleteRegistrations(
		db,
		from.id,
		registrations.map(({ senderId }) => senderId),
	);
	// The row stays for the chain of its consent records.
	await updateIdentity(db, { id: from.id, phone: null, whatsAppUserId: null, pairedSince: null });
	return { identityId: from.id, eventIds, registrations };
}
