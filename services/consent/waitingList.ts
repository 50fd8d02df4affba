import type { CarriedRegistration, ConsentSignal } from '../../domain/consent/signal';
import type { Count } from '../../store/counters';
import { insertEvent } from '../../store/events';
import { lockPlaces } from '../../store/identities';
import { activateWaiting, countInState, oldestWaiting, type Registration } from '../../store/registrations';
import type { Database, EventOutput } from '../../store/schema';
import { type Sender, senderById } from '../../store/senders';
import type { Store } from '../../store/store';
import type { RegistrationChange } from './change';
import type { ResolvedPerson } from './resolvePerson';
import type { StoredPerson } from './personState';
import { writeRecords } from './writeRecords';

/** A sender whose package limits how many registrations are active. */
export interface LimitedSender {
	id: number;
	phone: string;
	packageLimit: number | null;
}

export interface Filled {
	inboxes: string[];
	counts: Count[];
	/** There may be free places and people waiting still. */
	isMore: boolean;
}

/** More at once would make the transaction long: the caller goes on with the rest (fillWaiting). */
const MOST_FILLED_AT_ONCE = 50;

/**
 * Loads a person and the package limits that matter to them; where there is one, the sender's places are locked first,
 * before anything else of the sender's people is, so that nobody waits in a circle.
 */
export async function lockLimited(
	db: Database,
	person: ResolvedPerson,
	sender: Sender | null,
	carried: readonly CarriedRegistration[],
	load: () => Promise<StoredPerson>,
): Promise<{ stored: StoredPerson; limits: Map<number, number | null> }> {
	const stored = await load();
	const limits = new Map<number, number | null>(
		[...stored.registrations].map(([id, { packageLimit }]) => [id, packageLimit]),
	);
	for (const { senderId, packageLimit } of person.merged?.registrations ?? []) limits.set(senderId, packageLimit);
	if (sender) limits.set(sender.id, sender.packageLimit);
	for (const [senderId, limit] of await limitsOf(db, carried)) limits.set(senderId, limit);
	const limited = [...limits].filter(([, limit]) => limit !== null).map(([id]) => id);
	if (limited.length === 0 || !(await lockPlaces(db, limited))) return { stored, limits };
	// While we waited a place may have been given to this very person, and a package changed.
	const fresh = await load();
	for (const id of limited) limits.set(id, (await senderById(db, id))?.packageLimit ?? null);
	return { stored: fresh, limits };
}

/** The package limits where registrations come from another number. */
export async function limitsOf(
	db: Database,
	carried: readonly CarriedRegistration[],
): Promise<Map<number, number | null>> {
	const limits = new Map<number, number | null>();
	for (const { senderId } of carried) limits.set(senderId, (await senderById(db, senderId))?.packageLimit ?? null);
	return limits;
}

/** Fills the places that became free at these senders. */
export async function fillFreed(
	store: Store,
	db: Database,
	senderIds: readonly number[],
	causeEventId: number,
): Promise<Filled> {
	const all: Filled = { inboxes: [], counts: [], isMore: false };
	for (const senderId of new Set(senderIds)) {
		const sender = await senderById(db, senderId);
		if (!sender || sender.packageLimit === null) continue;
		const { inboxes, counts, isMore } = await fillPlaces(store, db, sender, String(causeEventId));
		all.inboxes.push(...inboxes);
		all.counts.push(...counts);
		all.isMore ||= isMore;
	}
	return all;
}

/** What reports count of a signal. */
export function countsOf({
	signal,
	registrations,
	outcome,
	output,
	merged,
	now,
}: {
	signal: ConsentSignal;
	registrations: RegistrationChange;
	outcome: string;
	output: EventOutput | null;
	merged: readonly Registration[];
	now: number;
}): Count[] {
	// Who only came from another number is not one more.
	const activated = signal.kind === 'numberTaken' ? [] : registrations.activated;
	const counts: Count[] = activated
		.filter((senderId) => !merged.some((each) => each.senderId === senderId && each.state === 'active'))
		.map((senderId) => ({ at: now, senderId, channel: 'whatsapp', what: 'registration' }));
	const own = { at: now, senderId: signal.senderId ?? 0, channel: signal.channel };
	if (output === 'optOut' && outcome === 'optedOut') counts.push({ ...own, what: 'optOut' });
	if (output === 'invited') counts.push({ ...own, what: 'invitation' });
	return counts;
}

/**
 * Whether one more may be active. Where somebody waits for a free place already (a larger package is just being filled), newcomers
 * stand behind them. The sender's places must be locked where there is a limit.
 */
export async function placeAt(
	db: Database,
	senderId: number,
	packageLimit: number | null,
): Promise<'free' | 'behindOthers' | 'full'> {
	if (packageLimit === null) return 'free';
	if ((await countInState(db, senderId, 'active')) >= packageLimit) return 'full';
	return (await oldestWaiting(db, senderId, 1)).length === 0 ? 'free' : 'behindOthers';
}

/**
 * Gives free places to those who wait longest, each with an event of its own (rule 5).
 * @param cause what freed the places: part of the events' ids. @returns the inboxes to wake, and what the caller counts at its end.
 */
export async function fillPlaces(store: Store, db: Database, sender: LimitedSender, cause: string): Promise<Filled> {
	await lockPlaces(db, [sender.id]);
	const free =
		sender.packageLimit === null
			? MOST_FILLED_AT_ONCE
			: sender.packageLimit - (await countInState(db, sender.id, 'active'));
	const filled: Filled = { inboxes: [], counts: [], isMore: false };
	if (free <= 0) return filled;
	const now = store.now();
	const waiting = await oldestWaiting(db, sender.id, Math.min(free, MOST_FILLED_AT_ONCE));
	filled.isMore = waiting.length === MOST_FILLED_AT_ONCE;
	for (const { identityId, inbox } of waiting) {
		if (!(await activateWaiting(db, sender.id, identityId, now))) continue;
		await insertEvent(db, {
			inbox,
			provider: 'store',
			providerEventId: `place ${cause} ${identityId}`,
			kind: 'placeFreed',
			channel: 'whatsapp',
			senderId: sender.id,
			identityId,
			groupId: null,
			effectiveAt: now,
			receivedAt: now,
			text: null,
			details: { registration: 'active', placeFreed: true },
			applied: true,
			outcome: 'registered',
			output: 'optIn',
		});
		await writeRecords(store, db, identityId, [
			{ action: 'placeFreed', outcome: 'registered', sender: sender.phone, channel: 'whatsapp', source: 'store' },
		]);
		filled.counts.push({ at: now, senderId: sender.id, channel: 'whatsapp', what: 'registration' });
		if (inbox !== null) filled.inboxes.push(inbox);
	}
	return filled;
}
