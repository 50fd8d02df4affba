import {
	DAY_MS,
	HOUR_MS,
	type InvitationLimits,
	isCountryAllowed,
	type LimitRefusal,
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
	refusal: LimitRefusal;
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
