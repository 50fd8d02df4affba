import { sql } from 'kysely';

import type { ReportChannel } from '../domain/channel';
import { quarterOf } from '../domain/quarterHour';
import { chunksOf } from './database/rows';
import type { CounterTable, Database } from './schema';

/** Something that happened `total` times (default 1; less than 0 takes back what was counted before). */
export interface Count {
	/** When, UTC ms. */
	at: number;
	senderId: number;
	channel: ReportChannel;
	/** A state that messages reached, or registration, optOut, invitation. */
	what: string;
	campaignId?: number | null;
	groupId?: number | null;
	template?: string | null;
	error?: string | null;
	total?: number;
}

const ROWS_A_STATEMENT = 200;

/** Adds to the counters. Call it last in a transaction: the rows are shared by all, in key order so that nobody waits in a circle. */
export async function addCounts(db: Database, counts: readonly Count[]): Promise<void> {
	for (const values of chunksOf(sumUp(counts), ROWS_A_STATEMENT)) {
		await db
			.insertInto('counter')
			.values(values)
			.onConflict((conflict) =>
				conflict
					.columns(['quarter_at', 'sender_id', 'channel', 'campaign_id', 'group_id', 'template', 'error', 'what'])
					.doUpdateSet({ total: sql<number>`counter.total + excluded.total` }),
			)
			.execute();
	}
}

function sumUp(counts: readonly Count[]): CounterTable[] {
	const rows = new Map<string, CounterTable>();
	for (const count of counts) {
		const row: CounterTable = {
			quarter_at: quarterOf(count.at),
			sender_id: count.senderId,
			channel: count.channel,
			campaign_id: count.campaignId ?? 0,
			group_id: count.groupId ?? 0,
			template: count.template ?? '',
			error: count.error ?? '',
			what: count.what,
			total: count.total ?? 1,
		};
		const key = JSON.stringify({ ...row, total: 0 });
		const known = rows.get(key);
		if (known) known.total += row.total;
		else rows.set(key, row);
	}
	return [...rows.entries()]
		.filter(([, { total }]) => total !== 0)
		.sort(([one], [other]) => (one < other ? -1 : 1))
		.map(([, row]) => row);
}

export interface QuarterTotal {
	quarterAt: number;
	channel: ReportChannel;
	what: string;
	total: number;
}

/** Totals by quarter, channel and kind, of quarters that begin from `startAt` on and before `endAt` (UTC ms). */
export async function quarterTotals(db: Database, startAt: number, endAt: number): Promise<QuarterTotal[]> {
	const rows = await db
		.selectFrom('counter')
		.select(({ fn }) => ['quarter_at as quarterAt', 'channel', 'what', fn.sum<number>('total').as('total')])
		.where('quarter_at', '>=', startAt)
		.where('quarter_at', '<', endAt)
		.groupBy(['quarter_at', 'channel', 'what'])
		.execute();
	return rows.map((row) => ({ ...row, total: Number(row.total) }));
}
