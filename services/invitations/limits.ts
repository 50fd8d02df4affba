import {
	DAY_MS,
	FOUR_WEEKS_MS,
	HOUR_MS,
	type InvitationLimits,
	isCountryAllowed,
	type LimitRefusal,
	type SentRefusal,
} from '../../domain/invitationLimits';
import { countedAddress } from '../../domain/networkAddress';
import {
	addressKeys,
	insertRequest,
	lockRequests,
	removeOldRequests,
	requestAt,
	type RequestColumn,
	requestKey,
} from '../../store/invitationRequests';
import { insertSent, sentAt } from '../../store/invitationsSent';
import type { Database, InvitationOrigin } from '../../store/schema';
import type { Store } from '../../store/store';

export interface InvitationRequest {
	origin: InvitationOrigin;
	/** E.164. */
	phone: string;
	/** ISO 3166 alpha-2; null: of no country. */
	country: string | null;
	/** The visitor's on the network, as it came; null where there is no visitor. */
	address: string | null;
}

export interface Refusal {
	refusal: LimitRefusal | SentRefusal;
	/** UTC ms: when there is room again; null: never. */
	retryAt: number | null;
}

/**
 * Counts a request for an invitation, in the transaction that makes it, or says why it is refused; a refused one leaves nothing behind,
 * so that the table holds no more rows than the limits permit. Numbers are counted over all origins, the rest for each apart: a campaign of
 * the company's must not close its form. Call it before anything else of the transaction is locked.
 */
export async function countRequest(
	store: Store,
	db: Database,
	limits: InvitationLimits,
	request: InvitationRequest,
): Promise<Refusal | null> {
	if (!isCountryAllowed(request.country, limits)) return { refusal: 'countryNotAllowed', retryAt: null };
	const now = store.now();
	const numberKey = requestKey(store.ledgerKey, request.phone);
	const { addressKey, networkKey } =
		request.address === null
			? { addressKey: null, networkKey: null }
			: addressKeys(store.ledgerKey, countedAddress(request.address));
	await lockRequests(db);
	const limited: Array<[LimitRefusal, RequestColumn, string | null, number, number]> = [
		['numberLimit', 'number_key', numberKey, limits.numberPerHour, HOUR_MS],
		['numberLimit', 'number_key', numberKey, limits.numberPerDay, DAY_MS],
		['addressLimit', 'address_key', addressKey, limits.addressPerHour, HOUR_MS],
		['addressLimit', 'address_key', addressKey, limits.addressPerDay, DAY_MS],
		['addressLimit', 'network', networkKey, limits.networkPerHour, HOUR_MS],
		['addressLimit', 'network', networkKey, limits.networkPerDay, DAY_MS],
		['overallLimit', 'origin', request.origin, limits.overallPerHour, HOUR_MS],
		['overallLimit', 'origin', request.origin, limits.overallPerDay, DAY_MS],
	];
	for (const [refusal, column, value, most, windowMs] of limited) {
		if (value === null || most <= 0) continue;
		// Where there are `most` of them, the oldest of these says when the next one may come.
		const at = await requestAt(db, { column, value, origin: request.origin, since: now - windowMs, skip: most - 1 });
		if (at !== undefined) return { refusal, retryAt: at + windowMs };
	}
	await insertRequest(db, { origin: request.origin, numberKey, addressKey, at: now });
	await removeOldRequests(db, request.origin, now - DAY_MS);
	return null;
}

/** What is known of a person whom an invitation would be sent to. */
export interface Invitee {
	/** E.164: the one invited. */
	phone: string;
	/** Numbers and WhatsApp user ids of the person, that one among them. */
	addresses: readonly string[];
	/** UTC ms: the newest opt-out that holds; null: none does. */
	optedOutAt: number | null;
	/** UTC ms; null: has never written. */
	lastHeardAt: number | null;
}

/**
 * Whether so much was sent to the person that nothing more is: after an opt-out one invitation until they register, which no setting
 * changes, and a few in four weeks as long as they do not write.
 */
export async function sentEnough(
	store: Store,
	db: Database,
	{ unansweredPerFourWeeks: most }: InvitationLimits,
	{ phone, addresses, optedOutAt, lastHeardAt }: Invitee,
): Promise<Refusal | null> {
	if (optedOutAt !== null) {
		const numberKeys = addresses.map((each) => requestKey(store.ledgerKey, each));
		const at = await sentAt(db, { numberKeys, since: optedOutAt, skip: 0 });
		if (at !== undefined) return { refusal: 'invitedSinceStop', retryAt: null };
	}
	if (most <= 0) return null;
	const at = await sentAt(db, {
		numberKeys: [requestKey(store.ledgerKey, phone)],
		since: Math.max(store.now() - FOUR_WEEKS_MS, lastHeardAt ?? 0) + 1,
		skip: most - 1,
	});
	return at === undefined ? null : { refusal: 'unansweredLimit', retryAt: at + FOUR_WEEKS_MS };
}

/** Call it for what really goes out. */
export async function countSent(store: Store, db: Database, { phone, optedOutAt }: Invitee): Promise<void> {
	const at = store.now();
	await insertSent(
		db,
		{ numberKey: requestKey(store.ledgerKey, phone), afterOptOut: optedOutAt !== null, at },
		at - FOUR_WEEKS_MS,
	);
}
