import type { Kysely } from 'kysely';

import { lineOf } from '../../../domain/line';
import { type Db, DOUBLE_FORM_CODES, ROWS_A_PAGE, type Tables } from './tables';

type Word = Tables['consent_word'];
type Registration = Tables['registration'];

/** Identities under an older form of their line's number get the dialled one; where somebody is known by that already, the two become one. */
export async function joinIdentitiesOfOneLine(untyped: Kysely<unknown>): Promise<void> {
	const db = untyped as unknown as Db;
	for (let after = 0; ;) {
		const page = await db
			.selectFrom('identity')
			.select(['id', 'phone'])
			.where('id', '>', after)
			.where((where) => where.or(DOUBLE_FORM_CODES.map((code) => where('phone', 'like', `${code}%`))))
			.orderBy('id')
			.limit(ROWS_A_PAGE)
			.execute();
		for (const { id, phone } of page) if (phone !== null && lineOf(phone) !== phone) await joinIdentity(db, id, phone);
		const last = page.at(-1);
		if (!last || page.length < ROWS_A_PAGE) return;
		after = last.id;
	}
}

async function joinIdentity(db: Db, id: number, older: string): Promise<void> {
	const line = lineOf(older);
	const other = await db.selectFrom('identity').select('id').where('phone', '=', line).executeTakeFirst();
	if (other) {
		await joinWords(db, id, other.id);
		await joinRegistrations(db, id, other.id);
		await db.updateTable('event').set({ identity_id: other.id }).where('identity_id', '=', id).execute();
		await db.updateTable('invitation').set({ identity_id: other.id }).where('identity_id', '=', id).execute();
		await db.updateTable('invitation').set({ answered_by: other.id }).where('answered_by', '=', id).execute();
		// The row stays for the chain of its consent records.
		await db.updateTable('identity').set({ phone: null, merged_into_id: other.id }).where('id', '=', id).execute();
		await db.updateTable('identity').set({ told_phone: older }).where('id', '=', other.id).execute();
	} else {
		await db.updateTable('identity').set({ phone: line, told_phone: older }).where('id', '=', id).execute();
	}
	await readdressOpenMessages(db, older, other ? { from: id, to: other.id } : null);
}

/** The newest word of each scope holds; at equal times the opt-out. */
async function joinWords(db: Db, from: number, into: number): Promise<void> {
	const words = await db.selectFrom('consent_word').selectAll().where('identity_id', 'in', [from, into]).execute();
	const newest = new Map<string, Word>();
	for (const word of words) {
		const known = newest.get(word.scope);
		if (!known || isNewer(word, known)) newest.set(word.scope, word);
	}
	await db.deleteFrom('consent_word').where('identity_id', 'in', [from, into]).execute();
	for (const word of newest.values())
		await db
			.insertInto('consent_word')
			.values({ ...word, identity_id: into })
			.execute();
}

function isNewer(word: Word, known: Word): boolean {
	const [at, knownAt] = [Number(word.effective_at), Number(known.effective_at)];
	return at > knownAt || (at === knownAt && word.direction === 'out');
}

/** Of each sender the newest state; at equal times the end. No registration stays that a newer opt-out of either half ends. */
async function joinRegistrations(db: Db, from: number, into: number): Promise<void> {
	const rows = await db.selectFrom('registration').selectAll().where('identity_id', 'in', [from, into]).execute();
	const newest = new Map<number, Registration>();
	for (const row of rows) {
		const known = newest.get(row.sender_id);
		newest.set(row.sender_id, known ? newerOf(row, known) : row);
	}
	const outs = await db
		.selectFrom('consent_word')
		.select(['scope', 'effective_at as at'])
		.where('identity_id', '=', into)
		.where('direction', '=', 'out')
		.execute();
	await db.deleteFrom('registration').where('identity_id', 'in', [from, into]).execute();
	for (const row of newest.values()) {
		const stop = outs.find(
			({ scope, at }) => (scope === 'all' || scope === `sender:${row.sender_id}`) && Number(at) >= Number(row.since),
		);
		const ended =
			stop && (row.state === 'active' || row.state === 'waiting')
				? { state: 'ended', ended_by: 'person', since: stop.at }
				: {};
		await db
			.insertInto('registration')
			.values({ ...row, ...ended, identity_id: into })
			.execute();
	}
}

function newerOf(one: Registration, other: Registration): Registration {
	const [at, otherAt] = [Number(one.since), Number(other.since)];
	const isOne = at > otherAt || (at === otherAt && one.state === 'ended');
	const inbound = [one.last_inbound_at, other.last_inbound_at].filter((time) => time !== null).map(Number);
	return { ...(isOne ? one : other), last_inbound_at: inbound.length === 0 ? null : Math.max(...inbound) };
}

/** What is still to be sent goes to the line once: a campaign that had both forms in it leaves the older one out. */
async function readdressOpenMessages(
	db: Db,
	older: string,
	joined: { from: number; to: number } | null,
): Promise<void> {
	const line = lineOf(older);
	if (joined)
		await db
			.updateTable('message')
			.set({ identity_id: joined.to })
			.where('identity_id', '=', joined.from)
			.where('state', 'in', ['queued', 'sending'])
			.execute();
	const open = await db
		.selectFrom('message')
		.select(['id', 'campaign_id as campaignId', 'channel'])
		.where('recipient', '=', older)
		.where('state', 'in', ['queued', 'sending'])
		.execute();
	for (const { id, campaignId, channel } of open) {
		const twin =
			campaignId === null
				? undefined
				: await db
						.selectFrom('message')
						.select('id')
						.where('campaign_id', '=', campaignId)
						.where('channel', '=', channel)
						.where('recipient', '=', line)
						.where('state', '<>', 'skipped')
						.executeTakeFirst();
		const change = twin ? { state: 'skipped', reason: 'duplicate' } : { recipient: line };
		await db.updateTable('message').set(change).where('id', '=', id).execute();
	}
}
