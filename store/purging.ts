import { type RawBuilder, sql } from 'kysely';

import { jsonText, jsonWithout, lockClause } from './database/dialect';
import { emptyMessages } from './personData';
import { listOf } from './database/rows';
import type { Database } from './schema';

/** What can be purged: where it lies, what of it is old enough, and how it goes. */
export interface Purgeable {
	table: 'event' | 'message' | 'invitation';
	/** Of the row `x`; asked again in the transaction that purges. */
	condition: (db: Database, before: number) => RawBuilder<boolean>;
	purge: (db: Database, ids: readonly number[]) => Promise<void>;
}

/** In no state in which something may still happen to a message. */
const FINISHED = sql<boolean>`x.state not in ('queued', 'sending')`;
/** Nobody waits for it any more. */
const TAKEN = sql<boolean>`(x.inbox is null or x.taken_at is not null)`;
/** Counting and resuming need the messages of a campaign that goes on. */
const NOT_OF_OPEN_CAMPAIGN = sql<boolean>`not exists (select 1 from campaign c where c.id = x.campaign_id and c.state not in ('finished', 'cancelled'))`;

/** What the person wrote and how they are called; the event itself is what their consent is folded from, and stays. */
export const inboundTexts: Purgeable = {
	table: 'event',
	condition: (db, before) =>
		sql`x.received_at < ${before} and ${TAKEN} and (x.text is not null or ${jsonText(db, 'x.details', 'profileName')} is not null)`,
	purge: async (db, ids) => {
		const details = jsonWithout(db, 'details', 'profileName');
		await db.updateTable('event').set({ text: null, details }).where('id', 'in', listOf(db, ids)).execute();
	},
};

/** Reports of providers and what was not understood: no consent rests on them. */
export const reports: Purgeable = {
	table: 'event',
	condition: (_, before) => sql`x.received_at < ${before} and ${TAKEN} and x.kind in ('status', 'unknown')`,
	purge: async (db, ids) => {
		await db.deleteFrom('event').where('id', 'in', listOf(db, ids)).execute();
	},
};

export const messageContents: Purgeable = {
	table: 'message',
	condition: (db, before) => {
		const isTemplateName = sql`${jsonText(db, 'x.content', 'language')} is null`;
		const isWhole = sql`${jsonText(db, 'x.content', 'type')} = 'text'`;
		return sql`x.state_at < ${before} and ${FINISHED} and (x.fields is not null or (x.content is not null and (${isWhole} or not (${isTemplateName}))))`;
	},
	purge: emptyMessages,
};

export const finishedMessages: Purgeable = {
	table: 'message',
	condition: (_, before) =>
		sql`x.state_at < ${before} and x.created_at < ${before} and ${FINISHED} and ${NOT_OF_OPEN_CAMPAIGN}`,
	purge: async (db, ids) => {
		await db.deleteFrom('message').where('id', 'in', listOf(db, ids)).execute();
	},
};

/** Used or expired, with the evidence; what a registration rests on lies in the ledger as well. */
export const invitations: Purgeable = {
	table: 'invitation',
	condition: (_, before) =>
		sql`((x.state = 'used' and coalesce(x.used_at, x.created_at) < ${before}) or (x.state <> 'used' and x.expires_at < ${before} and x.created_at < ${before}))`,
	purge: async (db, ids) => {
		await db.deleteFrom('invitation').where('id', 'in', listOf(db, ids)).execute();
	},
};

/** Those in a stretch of ids that may go. */
export async function purgeableIds(
	db: Database,
	{ table, condition }: Purgeable,
	before: number,
	after: number,
	through: number,
): Promise<number[]> {
	const { rows } = await sql<{ id: number }>`select x.id as id from ${sql.table(table)} x
		where x.id > ${after} and x.id <= ${through} and ${condition(db, before)} order by x.id`.execute(db);
	return rows.map(({ id }) => id);
}

/** Purges those that may still go. @returns how many. */
export async function purgeIds(db: Database, what: Purgeable, before: number, ids: readonly number[]): Promise<number> {
	const { rows } = await sql<{ id: number }>`select x.id as id from ${sql.table(what.table)} x
		where x.id in ${listOf(db, ids)} and ${what.condition(db, before)} order by x.id ${lockClause(db, 'for update')}`.execute(
		db,
	);
	if (rows.length > 0) {
		await what.purge(
			db,
			rows.map(({ id }) => id),
		);
	}
	return rows.length;
}
