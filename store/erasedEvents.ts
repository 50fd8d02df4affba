import { findEvent, type KnownEvent } from './events';
import { keyedHash } from './database/keyedHash';
import { listOf, rowsOf, textCell, numberCell } from './database/rows';
import { sql } from 'kysely';
import type { Database, EventTable } from './schema';

/** Providers' ids of messages hold the person's number; a keyed hash still recognises the same event when it comes again. */
function erasedId(db: Database, provider: EventTable['provider'], providerEventId: string): string {
	return `erased ${keyedHash(db, 'event', `${provider} ${providerEventId}`)}`;
}

export async function findErasedEvent(
	db: Database,
	provider: EventTable['provider'],
	providerEventId: string,
): Promise<KnownEvent | undefined> {
	return await findEvent(db, provider, erasedId(db, provider, providerEventId));
}

/** Leaves of events that something happened and when, and nothing of the person. Nobody is told of them any more. @returns how many. */
export async function eraseEvents(db: Database, ids: readonly number[]): Promise<number> {
	const events = await db
		.selectFrom('event')
		.select(['id', 'provider', 'provider_event_id as providerEventId'])
		.where('id', 'in', listOf(db, ids))
		.where('provider_event_id', 'not like', 'erased %')
		.orderBy('id')
		.execute();
	if (events.length === 0) return 0;
	const rows = events.map(({ id, provider, providerEventId }) => [id, erasedId(db, provider, providerEventId)]);
	await sql`update event set
			provider_event_id = ${textCell(1)}, identity_id = null, inbox = null, text = null, details = '{}', lease_owner = null, lease_until = null
		from ${rowsOf(db, rows)} where event.id = ${numberCell(0)}`.execute(db);
	return events.length;
}
