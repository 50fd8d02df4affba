import { groupsAmong, readScope } from '../../domain/consent/scope';
import { isOptedOut } from '../../domain/consent/state';
import { deleteRegistrations, saveRegistrations } from '../../store/registrations';
import { type ConsentWord, deleteScopes, saveWords } from '../../store/consentWords';
import { deleteMemberships, insertMembership } from '../../store/memberships';
import { withdrawQueued } from '../../store/messages';
import type { Database } from '../../store/schema';
import type { Change, RegistrationChange } from './change';
import { placeAt } from './waitingList';

/** Saves the words that are new, with the events they were said in; takes away those that turn out not to have been said. */
export async function writeWords(db: Database, change: Change): Promise<void> {
	const words: ConsentWord[] = [];
	for (const [scope, word] of change.after.words) {
		const before = change.before.words.get(scope);
		if (
			before &&
			before.direction === word.direction &&
			before.effectiveAt === word.effectiveAt &&
			before.source === word.source
		)
			continue;
		words.push({
			scope,
			direction: word.direction,
			effective_at: word.effectiveAt,
			source: word.source,
			event_id: change.eventIdOf(word.by),
		});
	}
	await saveWords(db, change.identityId, words);
	await deleteScopes(
		db,
		change.identityId,
		[...change.before.words.keys()].filter((scope) => !change.after.words.has(scope)),
	);
}

/** Saves the registrations that changed; who is newly registered gets a place or waits for one. */
export async function writeRegistrations(db: Database, change: Change): Promise<RegistrationChange> {
	const result: RegistrationChange = { rows: new Map(), freed: [], activated: [] };
	const gone: number[] = [];
	for (const senderId of new Set([...change.before.registrations.keys(), ...change.after.registrations.keys()])) {
		const word = change.after.registrations.get(senderId);
		const known = change.stored.registrations.get(senderId);
		if (known?.state === 'active' && word?.state !== 'registered') result.freed.push(senderId);
		if (!word) {
			result.rows.set(senderId, null);
			gone.push(senderId);
			continue;
		}
		const lastInboundAt = change.after.lastInboundAt.get(senderId) ?? null;
		const before = change.before.registrations.get(senderId);
		const isSame =
			before !== undefined &&
			before.state === word.state &&
			before.since === word.since &&
			before.endedBy === word.endedBy;
		if (known && isSame && lastInboundAt === known.lastInboundAt) continue;

		const keepsPlace = word.state === 'registered' && (known?.state === 'active' || known?.state === 'waiting');
		const limit = change.packageLimits.get(senderId) ?? null;
		const place = word.state !== 'registered' || keepsPlace ? null : await placeAt(db, senderId, limit);
		const state =
			word.state !== 'registered' ? word.state : keepsPlace ? known.state : place === 'free' ? 'active' : 'waiting';
		if (place === 'behindOthers') result.freed.push(senderId);
		if (state === 'active' && known?.state !== 'active') result.activated.push(senderId);
		result.rows.set(senderId, {
			senderId,
			identityId: change.identityId,
			state,
			// A place that was waited for counts from when it was given.
			since: keepsPlace && isSame ? known.since : word.since,
			endedBy: word.endedBy,
			lastInboundAt,
			inbox: change.senderId === senderId ? (change.inbox ?? known?.inbox ?? null) : (known?.inbox ?? null),
		});
	}
	await saveRegistrations(
		db,
		[...result.rows.values()].filter((row) => row !== null),
	);
	await deleteRegistrations(db, change.identityId, gone);
	return result;
}

/** Brings the groups of the person's contacts in line with the person's words; what the operator did is left alone unless the person left that group. */
export async function writeMemberships(db: Database, change: Change, contactId: number | null): Promise<void> {
	const contactIds = contactIdsOf(change, contactId);
	const left = groupsLeft(change);
	await deleteMemberships(db, { contactIds, groupIds: left, source: null });
	const dropped = [...change.before.joined].filter(
		(groupId) => !change.after.joined.has(groupId) && !left.includes(groupId),
	);
	await deleteMemberships(db, { contactIds, groupIds: dropped, source: 'person' });
	if (contactId === null) return;
	for (const groupId of change.after.joined) {
		if (!change.before.joined.has(groupId))
			await insertMembership(db, { groupId, contactId, source: 'person', now: change.now });
	}
}

/** Groups the person has just said STOP to. */
function groupsLeft({ before, after }: Change): number[] {
	return groupsAmong(newlyOut({ before, after }));
}

/**
 * Rule 10: what is queued for the person falls away in the transaction of the opt-out: everything by WhatsApp where the registration
 * ended, everything by SMS after a STOP by SMS, and advertising on every channel; of Meta's switch, that sender's WhatsApp advertising.
 */
export async function withdraw(db: Database, change: Change): Promise<void> {
	const { identityId, now } = change;
	const phones = change.phone === null ? [] : [change.phone];
	const own = { identityId, phones, contactIds: [], reason: 'opted out', now } as const;
	const everywhere = { ...own, contactIds: contactIdsOf(change, null) };

	for (const scope of newlyOut(change)) {
		const read = readScope(scope);
		if (read?.kind === 'all') await withdrawQueued(db, { ...everywhere, purposes: ['advertisement'] });
		if (read?.kind === 'sms') await withdrawQueued(db, { ...own, channels: ['sms'] });
		if (read?.kind === 'sender')
			await withdrawQueued(db, { ...everywhere, senderId: read.id, purposes: ['advertisement'] });
		if (read?.kind === 'marketing')
			await withdrawQueued(db, {
				...everywhere,
				senderId: read.id,
				channels: ['whatsapp'],
				purposes: ['advertisement'],
			});
		if (read?.kind === 'group') await withdrawQueued(db, { ...everywhere, groupId: read.id });
	}
	for (const [senderId, before] of change.before.registrations) {
		const after = change.after.registrations.get(senderId);
		// One that is gone was none: what came late shows that the person had said STOP before it.
		const isOver =
			after === undefined
				? isOptedOut(change.after.words, senderId)
				: after.state === 'ended' && after.endedBy !== 'operator';
		if (isOver && before.state === 'registered') await withdrawQueued(db, { ...own, senderId, channels: ['whatsapp'] });
	}
}

/** Scopes in which the person has just opted out. */
function newlyOut({ before, after }: Pick<Change, 'before' | 'after'>): string[] {
	return [...after.words]
		.filter(([scope, word]) => {
			const earlier = before.words.get(scope);
			const isNews = earlier?.direction !== 'out' || earlier.effectiveAt !== word.effectiveAt;
			return word.direction === 'out' && isNews;
		})
		.map(([scope]) => scope);
}

function contactIdsOf({ stored }: Change, contactId: number | null): number[] {
	return [...new Set([...stored.contacts.map((each) => each.contactId), ...(contactId === null ? [] : [contactId])])];
}
