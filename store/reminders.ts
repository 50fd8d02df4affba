import { type ExpressionBuilder, sql } from 'kysely';

import { listOf } from './database/rows';
import type { Database, Schema } from './schema';

/** Invitations still open after a while, whose people may be reminded. */
export interface ReminderFilter {
	/** Null: of all senders. */
	senderId: number | null;
	/** UTC ms: last invited or reminded at this time or earlier. */
	lastSentBefore: number;
	/** Reminded fewer times than this. */
	most: number;
	/** UTC ms. */
	now: number;
}

export interface DueReminder {
	id: number;
	identityId: number;
}

export interface ReminderRow {
	id: number;
	code: string;
	identityId: number;
	phone: string | null;
	senderId: number;
	senderPhone: string;
	senderLanguage: string;
	groupId: number | null;
	furtherGroupIds: string;
	reminders: number;
	evidence: string;
	personFields: string | null;
	createdAt: number;
	lastSentAt: number;
	expiresAt: number;
}

/**
 * The rule in one place, for finding and for claiming: sent, open, not expired, with a number, the person's newest at this sender, not registered
 * there, no word of theirs against hearing from it, by SMS, or of its group, and nothing that Verify found against them. As domain/permission.ts
 * decides a Service SMS.
 */
function due(db: Database, { senderId, lastSentBefore, most, now }: ReminderFilter) {
	const query = db
		.selectFrom('invitation as i')
		.innerJoin('identity as p', 'p.id', 'i.identity_id')
		.where('i.state', '=', sql.lit('pending'))
		.where('i.told', '=', 1)
		.where('i.last_sent_at', '<=', lastSentBefore)
		.where('i.reminders', '<', most)
		.where('i.expires_at', '>', now)
		.where('p.phone', 'is not', null)
		.where((where) =>
			where.not(
				where.exists(
					where
						.selectFrom('invitation as n')
						.select('n.id')
						.whereRef('n.identity_id', '=', 'i.identity_id')
						.whereRef('n.sender_id', '=', 'i.sender_id')
						.where('n.state', '=', 'pending')
						.where('n.told', '=', 1)
						.whereRef('n.id', '>', 'i.id'),
				),
			),
		)
		.where((where) =>
			where.not(
				where.exists(
					where
						.selectFrom('registration as r')
						.select('r.state')
						.whereRef('r.identity_id', '=', 'i.identity_id')
						.whereRef('r.sender_id', '=', 'i.sender_id')
						.where('r.state', 'in', ['active', 'waiting']),
				),
			),
		)
		.where((where) =>
			where.not(
				where.exists(
					where
						.selectFrom('consent_word as w')
						.select('w.scope')
						.whereRef('w.identity_id', '=', 'i.identity_id')
						.where('w.direction', '=', sql.lit('out'))
						.where((scope) =>
							scope.or([
								scope('w.scope', 'in', ['all', 'sms']),
								scope('w.scope', 'in', [sql<string>`'sender:' || i.sender_id`, sql<string>`'group:' || i.group_id`]),
							]),
						),
				),
			),
		)
		.where('p.contradicted_at', 'is', null)
		.where((where) => where.not(standsAgainstContact(where)));
	return senderId === null ? query : query.where('i.sender_id', '=', senderId);
}

/**
 * Somebody else behind the person's contact, by its other number or its WhatsApp user id, said STOP, or Verify found something against them:
 * it holds for this number too, but for a STOP by SMS, which is its own number's.
 */
function standsAgainstContact(
	where: ExpressionBuilder<Schema & { i: Schema['invitation']; p: Schema['identity'] }, 'i' | 'p'>,
) {
	return where.exists(
		where
			.selectFrom('contact as c')
			.innerJoin('identity as o', (join) =>
				join.on((on) =>
					on.or([
						on('o.phone', '=', on.ref('c.sms_number')),
						on('o.phone', '=', on.ref('c.whatsapp_number')),
						on('o.whatsapp_user_id', '=', on.ref('c.whatsapp_user_id')),
					]),
				),
			)
			.select('c.id')
			.where((own) =>
				own.or([
					own('c.sms_number', '=', own.ref('p.phone')),
					own('c.whatsapp_number', '=', own.ref('p.phone')),
					own('c.whatsapp_user_id', '=', own.ref('p.whatsapp_user_id')),
				]),
			)
			.where((other) =>
				other.or([
					other('o.contradicted_at', 'is not', null),
					other.exists(
						other
							.selectFrom('consent_word as w')
							.select('w.scope')
							.whereRef('w.identity_id', '=', 'o.id')
							.where('w.direction', '=', sql.lit('out'))
							.where('w.scope', 'in', [
								sql.lit('all'),
								sql<string>`'sender:' || i.sender_id`,
								sql<string>`'group:' || i.group_id`,
							]),
					),
				]),
			),
	);
}

/** Those that have waited longest. */
export async function findDueReminders(db: Database, filter: ReminderFilter, limit: number): Promise<DueReminder[]> {
	return await due(db, filter)
		.select(['i.id as id', 'i.identity_id as identityId'])
		.orderBy('i.last_sent_at')
		.orderBy('i.id')
		.limit(limit)
		.execute();
}

/** Of these invitations the ones that are due still, counted as reminded. Their people must be locked. */
export async function claimReminders(
	db: Database,
	filter: ReminderFilter,
	ids: readonly number[],
): Promise<ReminderRow[]> {
	const claimed = await due(db, filter)
		.innerJoin('sender as s', 's.id', 'i.sender_id')
		.select([
			'i.id as id',
			'i.code as code',
			'i.identity_id as identityId',
			'p.phone as phone',
			's.id as senderId',
			's.phone as senderPhone',
			's.language as senderLanguage',
			'i.group_id as groupId',
			'i.further_group_ids as furtherGroupIds',
			'i.reminders as reminders',
			'i.evidence as evidence',
			'i.person_fields as personFields',
			'i.created_at as createdAt',
			'i.last_sent_at as lastSentAt',
			'i.expires_at as expiresAt',
		])
		.where('i.id', 'in', listOf(db, ids))
		.orderBy('i.last_sent_at')
		.orderBy('i.id')
		.execute();
	if (claimed.length === 0) return [];
	await db
		.updateTable('invitation')
		.set((set) => ({ reminders: set('reminders', '+', 1), last_sent_at: filter.now }))
		.where(
			'id',
			'in',
			listOf(
				db,
				claimed.map(({ id }) => id),
			),
		)
		.execute();
	return claimed;
}
