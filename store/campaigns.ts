import type { Audience, AudienceChannel } from '../domain/audience';
import type { Purpose } from '../domain/channel';
import type { MessageContent } from '../domain/content';
import type { MessageState } from '../domain/messageState';
import { contains } from './database/like';
import { forUpdate } from './database/dialect';
import { changeMessages } from './messageChanges';
import type { CampaignState, Database } from './schema';

export interface Campaign {
	id: number;
	key: string;
	name: string;
	purpose: Purpose;
	channels: AudienceChannel;
	whatsAppSenderId: number | null;
	smsSenderId: number | null;
	audience: Audience;
	content: MessageContent;
	state: CampaignState;
	/** Below 0: that many typed numbers are still to plan; then the contact id planned through. */
	plannedThrough: number;
	pauseReason: string | null;
	startsAt: number;
	createdAt: number;
	finishedAt: number | null;
}

export type NewCampaign = Pick<
	Campaign,
	| 'key'
	| 'name'
	| 'purpose'
	| 'channels'
	| 'whatsAppSenderId'
	| 'smsSenderId'
	| 'audience'
	| 'content'
	| 'startsAt'
	| 'createdAt'
>;

const COLUMNS = [
	'id',
	'key',
	'name',
	'purpose',
	'channels',
	'whatsapp_sender_id as whatsAppSenderId',
	'sms_sender_id as smsSenderId',
	'audience',
	'content',
	'state',
	'planned_through as plannedThrough',
	'pause_reason as pauseReason',
	'starts_at as startsAt',
	'created_at as createdAt',
	'finished_at as finishedAt',
] as const;

type Row = Omit<Campaign, 'audience' | 'content'> & { audience: string; content: string };

function toCampaign(row: Row): Campaign {
	return { ...row, audience: JSON.parse(row.audience) as Audience, content: JSON.parse(row.content) as MessageContent };
}

/** @returns whether it was made: false when there is one with this key. */
export async function insertCampaign(db: Database, campaign: NewCampaign): Promise<boolean> {
	const { numInsertedOrUpdatedRows } = await db
		.insertInto('campaign')
		.values({
			key: campaign.key,
			name: campaign.name,
			purpose: campaign.purpose,
			channels: campaign.channels,
			whatsapp_sender_id: campaign.whatsAppSenderId,
			sms_sender_id: campaign.smsSenderId,
			audience: JSON.stringify(campaign.audience),
			content: JSON.stringify(campaign.content),
			state: 'planning',
			planned_through: -campaign.audience.numbers.length,
			pause_reason: null,
			starts_at: campaign.startsAt,
			created_at: campaign.createdAt,
			finished_at: null,
		})
		.onConflict((conflict) => conflict.doNothing())
		.executeTakeFirst();
	return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function campaignByKey(db: Database, key: string): Promise<Campaign | undefined> {
	const row = await db.selectFrom('campaign').select(COLUMNS).where('key', '=', key).executeTakeFirst();
	return row && toCampaign(row);
}

export async function campaignById(db: Database, id: number): Promise<Campaign | undefined> {
	const row = await db.selectFrom('campaign').select(COLUMNS).where('id', '=', id).executeTakeFirst();
	return row && toCampaign(row);
}

/** Newest first; `before` is the id of the last one read. */
export async function selectCampaigns(
	db: Database,
	{ search, limit, before }: { search: string; limit: number; before: number | null },
): Promise<Campaign[]> {
	let query = db.selectFrom('campaign').select(COLUMNS).orderBy('id', 'desc').limit(limit);
	if (before !== null) query = query.where('id', '<', before);
	if (search !== '')
		query = query.where((where) => where.or([contains(where.ref('name'), search), contains(where.ref('key'), search)]));
	return (await query.execute()).map(toCampaign);
}

export async function lockCampaign(db: Database, id: number): Promise<Campaign | undefined> {
	const row = await forUpdate(db, db.selectFrom('campaign').select(COLUMNS).where('id', '=', id)).executeTakeFirst();
	return row && toCampaign(row);
}

export async function setCampaign(
	db: Database,
	id: number,
	change: { state?: CampaignState; plannedThrough?: number; pauseReason?: string | null; finishedAt?: number },
): Promise<void> {
	await db
		.updateTable('campaign')
		.set({
			...(change.state === undefined ? {} : { state: change.state }),
			...(change.plannedThrough === undefined ? {} : { planned_through: change.plannedThrough }),
			...(change.pauseReason === undefined ? {} : { pause_reason: change.pauseReason }),
			...(change.finishedAt === undefined ? {} : { finished_at: change.finishedAt }),
		})
		.where('id', '=', id)
		.execute();
}

/** The provider asks for a pause: a running campaign waits for the operator, with the reason. */
export async function pauseCampaignFor(db: Database, id: number, reason: string): Promise<void> {
	await db
		.updateTable('campaign')
		.set({ state: 'paused', pause_reason: reason })
		.where('id', '=', id)
		.where('state', '=', 'running')
		.execute();
}

/** How many messages of a campaign are in which state, for which reason. */
export async function messageTotals(
	db: Database,
	campaignIds: readonly number[],
): Promise<Array<{ campaignId: number; state: MessageState; reason: string | null; total: number }>> {
	if (campaignIds.length === 0) return [];
	const rows = await db
		.selectFrom('message')
		.select(({ fn }) => ['campaign_id as campaignId', 'state', 'reason', fn.countAll<number>().as('total')])
		.where('campaign_id', 'in', [...campaignIds])
		.groupBy(['campaign_id', 'state', 'reason'])
		.execute();
	return rows.map((row) => ({ ...row, campaignId: row.campaignId ?? 0, total: Number(row.total) }));
}

/** Running campaigns that have nothing more to send are finished now. Each is returned by one call only. */
export async function finishCampaigns(db: Database, now: number): Promise<number[]> {
	const finished = await db
		.updateTable('campaign')
		.set({ state: 'finished', finished_at: now })
		.where('state', '=', 'running')
		.where((where) =>
			where.not(
				where.exists(
					where
						.selectFrom('message')
						.select('message.id')
						.whereRef('message.campaign_id', '=', 'campaign.id')
						.where('message.state', 'in', ['queued', 'sending']),
				),
			),
		)
		.returning('id')
		.execute();
	return finished.map(({ id }) => id);
}

/** Cancels up to `limit` queued messages of a campaign. @returns how many. */
export async function cancelMessages(db: Database, campaignId: number, limit: number, now: number): Promise<number> {
	const queued = await db
		.selectFrom('message')
		.select('id')
		.where('campaign_id', '=', campaignId)
		.where('state', '=', 'queued')
		.orderBy('id')
		.limit(limit)
		.execute();
	const cancelled = await changeMessages(
		db,
		queued.map(({ id }) => id),
		now,
		({ state }) =>
			state === 'queued' ? { state: 'cancelled', error: null, leaseOwner: null, leaseUntil: null } : null,
	);
	return cancelled.length;
}

/** What planning left out, summed up for the counters. */
export async function leftOutTotals(db: Database, campaignId: number) {
	const rows = await db
		.selectFrom('message')
		.select(({ fn }) => [
			'sender_id as senderId',
			'channel',
			'group_id as groupId',
			'reason',
			fn.countAll<number>().as('total'),
		])
		.where('campaign_id', '=', campaignId)
		.where('state', '=', 'skipped')
		.groupBy(['sender_id', 'channel', 'group_id', 'reason'])
		.execute();
	return rows.map((row) => ({ ...row, total: Number(row.total) }));
}
