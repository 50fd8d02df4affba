import type { IncomingEvent } from '../../providers/provider';
import { fingerprint } from '../../providers/fingerprint';
import { Turns } from '../shared/yieldTimer';
import { storable } from './storable';

/** As many as a provider puts into one request at most: Meta documents 1,000. */
const READ_AT_A_TIME = 1_000;
/** What was not understood is kept one by one up to here. */
const UNKNOWN_KEPT = 1_000;

/**
 * The events of a request, as a store can hold them. However many there are, n8n's event loop has its turns in between; and
 * whatever is of no use beyond a thousand is one event, so that a body of a million oddities is no million rows. What is understood
 * is never left out: the last of them may be a STOP.
 */
export async function readInTurns(told: Iterable<IncomingEvent>): Promise<IncomingEvent[]> {
	const events: IncomingEvent[] = [];
	const turns = new Turns();
	let unknown = 0;
	let read = 0;
	let lastId = '';
	for (const event of told) {
		if (++read % READ_AT_A_TIME === 0 || turns.isOver()) await turns.next();
		if (event.kind !== 'unknown' || ++unknown <= UNKNOWN_KEPT) events.push(storable(event));
		else lastId = event.providerEventId;
	}
	if (unknown > UNKNOWN_KEPT) {
		const more = unknown - UNKNOWN_KEPT;
		events.push({
			kind: 'unknown',
			providerEventId: `unknown:${fingerprint([more, lastId])}`,
			description: `${more} more of no use in one request`,
		});
	}
	return events;
}
