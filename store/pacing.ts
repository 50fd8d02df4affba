import { sql } from 'kysely';

import type { ProviderName } from '../domain/provider';
import { forNoKeyUpdate } from './database/dialect';
import { listOf } from './database/rows';
import type { Database } from './schema';

/** A sender as delivery sees it. */
export interface SendingSender {
	id: number;
	phone: string;
	provider: ProviderName;
	providerSenderId: string | null;
	smsSenderAddress: string | null;
	ratePerSecond: number;
	country: string;
	/** The first microsecond (UTC) not yet given to a message. */
	nextSendAtUs: number;
	slowdown: number;
	/** How often in a row the provider was not reached or took nothing. */
	setbacks: number;
	/** UTC ms: so long the answer to the one message tried after a setback is awaited; null: none is tried. */
	tryingUntil: number | null;
	/** How often in a row something else than the provider answered. */
	foreignAnswers: number;
	/** UTC ms: when the provider last throttled it. */
	slowedAt: number | null;
	stoppedReason: string | null;
}

export async function sendingSender(db: Database, id: number): Promise<SendingSender | undefined> {
	return await senders(db).where('id', '=', id).executeTakeFirst();
}

/**
 * As sendingSender, and holds the sender's pace until the transaction ends. Take it after the identities and before the
 * messages, as everybody does. The weaker lock lets others refer to the sender meanwhile.
 */
export async function lockPace(db: Database, id: number): Promise<SendingSender | undefined> {
	const query = senders(db).where('id', '=', id);
	return await forNoKeyUpdate(db, query).executeTakeFirst();
}

/** As lockPace, of every sender that these messages go out from. */
export async function lockPaceOfMessages(db: Database, messageIds: readonly number[]): Promise<SendingSender[]> {
	const ofThese = db.selectFrom('message').select('sender_id').where('id', 'in', listOf(db, messageIds));
	return await forNoKeyUpdate(db, senders(db).where('id', 'in', ofThese).orderBy('id')).execute();
}

function senders(db: Database) {
	return db
		.selectFrom('sender')
		.select([
			'id',
			'phone',
			'provider',
			'provider_sender_id as providerSenderId',
			'sms_sender_address as smsSenderAddress',
			'rate_per_second as ratePerSecond',
			'country',
			'next_send_at_us as nextSendAtUs',
			'slowdown',
			'setbacks',
			'trying_until as tryingUntil',
			'foreign_answers as foreignAnswers',
			'slowed_at as slowedAt',
			'stopped_reason as stoppedReason',
		]);
}

export async function setPace(
	db: Database,
	id: number,
	pace: Partial<
		Pick<SendingSender, 'nextSendAtUs' | 'slowdown' | 'setbacks' | 'tryingUntil' | 'foreignAnswers' | 'slowedAt'>
	>,
): Promise<void> {
	await db
		.updateTable('sender')
		.set({
			...(pace.nextSendAtUs === undefined ? {} : { next_send_at_us: pace.nextSendAtUs }),
			...(pace.slowdown === undefined ? {} : { slowdown: pace.slowdown }),
			...(pace.setbacks === undefined ? {} : { setbacks: pace.setbacks }),
			...(pace.tryingUntil === undefined ? {} : { trying_until: pace.tryingUntil }),
			...(pace.foreignAnswers === undefined ? {} : { foreign_answers: pace.foreignAnswers }),
			...(pace.slowedAt === undefined ? {} : { slowed_at: pace.slowedAt }),
		})
		.where('id', '=', id)
		.execute();
}

/** Nothing more goes out from this sender until it is saved anew. */
export async function stopSender(db: Database, id: number, reason: string): Promise<void> {
	await db
		.updateTable('sender')
		.set({ stopped_reason: sql<string>`coalesce(stopped_reason, ${reason})` })
		.where('id', '=', id)
		.execute();
}
