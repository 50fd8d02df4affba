import { clickToChatLink, clickToChatText } from '../../domain/clickToChat';
import { InvalidInputError } from '../../domain/errors';
import type { PersonFields } from '../../domain/personFields';
import { groupsWithIds } from '../../store/groups';
import { lockIdentities } from '../../store/identities';
import {
	claimReminders,
	type DueReminder,
	findDueReminders,
	type ReminderFilter,
	type ReminderRow,
} from '../../store/reminders';
import { chunksOf } from '../../store/database/rows';
import type { Database } from '../../store/schema';
import { resolveSender } from '../../store/senders';
import type { Store } from '../../store/store';
import { writeRecords } from '../consent/writeRecords';

export interface RemindInput {
	/** SenderRef; '' for all senders. */
	sender: string;
	/** Since the person was invited or last reminded. */
	afterMs: number;
	/** As often each invitation is reminded of at most. */
	most: number;
	/** Most reminders handed out. */
	limit: number;
}

/** One person to remind, once. */
export interface Reminder {
	invitationId: number;
	/** E.164. */
	phone: string;
	/** As the person typed it on the form. */
	name: string | null;
	senderPhone: string;
	/** Shortcode of the group in the text. */
	group: string | null;
	groupName: string | null;
	groups: string[];
	code: string;
	link: string;
	text: string;
	/** The person's, else that of the form, else the sender's. */
	language: string;
	/** How often the person was reminded, this time included. */
	reminder: number;
	/** ISO 8601. */
	invitedAt: string;
	expiresAt: string;
	/** For Send: the same reminder is sent once, however often the workflow is run again. */
	idempotencyKey: string;
}

const SHORTEST_MS = 60 * 60_000;
const LONGEST_MS = 366 * 24 * 60 * 60_000;
/** Looked for at once, outside of any transaction. */
const FOUND_AT_ONCE = 1_000;
/** Each has a record of its own to be written: so many stay well below the time a transaction may take. */
const CLAIMED_AT_ONCE = 10;

/**
 * Hands out the reminders that are due, each of them once: whoever asks at the same time gets others, and a workflow that fails afterwards
 * has lost its reminders rather than sent them twice. @throws {InvalidInputError} @throws {NotFoundError} for the sender.
 */
export async function remind(store: Store, input: RemindInput): Promise<Reminder[]> {
	if (!(input.afterMs >= SHORTEST_MS && input.afterMs <= LONGEST_MS))
		throw new InvalidInputError('A reminder follows after an hour at least, and a year at most.');
	if (!(input.most >= 1 && input.most <= 10))
		throw new InvalidInputError('Between 1 and 10 reminders of one invitation are possible.');
	const senderId =
		input.sender === '' ? null : (await store.read((db) => resolveSender(db, input.sender, 'whatsapp'))).id;
	const now = store.now();
	const filter: ReminderFilter = { senderId, lastSentBefore: now - input.afterMs, most: input.most, now };
	const reminders: Reminder[] = [];
	while (reminders.length < input.limit) {
		const size = Math.min(FOUND_AT_ONCE, input.limit - reminders.length);
		const candidates = await store.read((db) => findDueReminders(db, filter, size));
		for (const chunk of chunksOf(candidates, CLAIMED_AT_ONCE))
			reminders.push(...(await store.transaction((db) => claimChunk(store, db, filter, chunk))));
		if (candidates.length < size) break;
	}
	return reminders;
}

async function claimChunk(
	store: Store,
	db: Database,
	filter: ReminderFilter,
	candidates: readonly DueReminder[],
): Promise<Reminder[]> {
	// From here on none of them says STOP or registers unseen, and nobody else claims them.
	await lockIdentities(
		db,
		candidates.map(({ identityId }) => identityId),
	);
	const rows = await claimReminders(
		db,
		filter,
		candidates.map(({ id }) => id),
	);
	const groups = new Map((await groupsWithIds(db, rows.flatMap(groupIdsOf))).map((group) => [group.id, group]));
	for (const row of rows) {
		await writeRecords(store, db, row.identityId, [
			{
				action: 'reminded',
				outcome: 'reminded',
				phone: row.phone,
				sender: row.senderPhone,
				channel: 'sms',
				source: 'operator',
				evidence: { invitationId: row.id, reminder: row.reminders + 1 },
			},
		]);
	}
	return rows.map((row) => toReminder(row, groups, filter.now));
}

const groupIdsOf = ({ groupId, furtherGroupIds }: ReminderRow): number[] => [
	...(groupId === null ? [] : [groupId]),
	...(JSON.parse(furtherGroupIds) as number[]),
];

function toReminder(
	row: ReminderRow,
	groups: ReadonlyMap<number, { shortcode: string; name: string }>,
	now: number,
): Reminder {
	const known = groupIdsOf(row).flatMap((id) => groups.get(id) ?? []);
	const group = row.groupId === null ? undefined : groups.get(row.groupId);
	const words = { shortcode: group?.shortcode ?? null, code: row.code };
	const fields = row.personFields === null ? {} : (JSON.parse(row.personFields) as PersonFields);
	const { language } = JSON.parse(row.evidence) as { language?: string };
	return {
		invitationId: row.id,
		phone: row.phone ?? '',
		name: fields.name ?? null,
		senderPhone: row.senderPhone,
		group: words.shortcode,
		groupName: group?.name ?? null,
		groups: known.map(({ shortcode }) => shortcode),
		code: row.code,
		link: clickToChatLink({ senderPhone: row.senderPhone, ...words }),
		text: clickToChatText(words),
		language: fields.language ?? language ?? row.senderLanguage,
		reminder: row.reminders + 1,
		invitedAt: new Date(row.createdAt).toISOString(),
		expiresAt: new Date(row.expiresAt).toISOString(),
		idempotencyKey: `reminder ${row.id} ${now}`,
	};
}
