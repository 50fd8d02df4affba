import { sql } from 'kysely';

import { listOf } from './database/rows';
import type { Database } from './schema';

/**
 * The messages that went out in one request with a first message, by `<first id> <phone>`. They were marked together with
 * it, which holds also while the provider's answer to the request has not been written down yet.
 */
export async function messagesOfBatches(
	db: Database,
	targets: readonly { firstId: number; phone: string }[],
): Promise<Map<string, number>> {
	if (targets.length === 0) return new Map();
	const rows = await db
		.selectFrom('message as first')
		.innerJoin('message as m', (join) =>
			join
				.onRef('m.campaign_id', '=', 'first.campaign_id')
				.onRef('m.channel', '=', 'first.channel')
				.onRef('m.marked_at', '=', 'first.marked_at'),
		)
		.select(['first.id as firstId', 'm.id', 'm.recipient'])
		.where(
			'first.id',
			'in',
			listOf(
				db,
				targets.map(({ firstId }) => firstId),
			),
		)
		.where(
			'm.recipient',
			'in',
			listOf(
				db,
				targets.map(({ phone }) => phone),
			),
		)
		.where('m.recipient', 'is not', null)
		.where('m.state', '<>', sql.lit('skipped'))
		.execute();
	return new Map(rows.map(({ firstId, id, recipient }) => [`${firstId} ${recipient}`, id]));
}

/** Messages by the provider's id; several people may share one, where one request went to all of them. */
export async function messagesOfProviderIds(db: Database, providerMessageIds: readonly string[]) {
	if (providerMessageIds.length === 0) return [];
	return await db
		.selectFrom('message')
		.select(['id', 'recipient', 'provider_message_id as providerMessageId'])
		.where('provider_message_id', 'in', listOf(db, [...new Set(providerMessageIds)]))
		.execute();
}
