import { type RawBuilder, sql, type SqlBool } from 'kysely';

import { readNumberSearch } from '../domain/numberSearch';
import type { PersonKey } from './identities';
import { contains } from './database/like';
import { listOf } from './database/rows';
import type { Database, EndedBy, RegistrationState } from './schema';
import type { Succession } from './successions';

/** A registration with the person and the contact, as lists show it. */
export interface RegistrationRow {
	senderId: number;
	senderPhone: string;
	identityId: number;
	phone: string | null;
	whatsAppUserId: string | null;
	state: RegistrationState;
	endedBy: EndedBy | null;
	since: number;
	lastInboundAt: number | null;
	contactId: number | null;
	contactName: string | null;
}

/** Where a page ended: everything that a list can be ordered by. */
export type RegistrationKey = Pick<RegistrationRow, 'since' | 'identityId' | 'senderId' | 'contactId'>;

export interface RegistrationQuery {
	senderId?: number;
	groupId?: number;
	state?: RegistrationState;
	since?: number;
	/** Not empty. */
	search?: string;
	person?: PersonKey;
	/** Only who is active at one of these and has no word or registration with what came after. */
	lostBy?: readonly Succession[];
	limit: number;
	after?: RegistrationKey;
}

/** Rows looked through by one statement where few of them may be meant: it takes some 20 ms, and others get their turn in between. */
const SLICE = 5_000;

const rows = (db: Database) =>
	db
		.selectFrom('registration as r')
		.innerJoin('identity as i', 'i.id', 'r.identity_id')
		.innerJoin('sender as s', 's.id', 'r.sender_id')
		.leftJoin('contact as c', 'c.whatsapp_number', 'i.phone')
		.select([
			'r.sender_id as senderId',
			's.phone as senderPhone',
			'r.identity_id as identityId',
			'i.phone as phone',
			'i.whatsapp_user_id as whatsAppUserId',
			'r.state as state',
			'r.ended_by as endedBy',
			'r.since as since',
			'r.last_inbound_at as lastInboundAt',
			'c.id as contactId',
			'c.name as contactName',
		]);

type Rows = ReturnType<typeof rows>;

/** A column that a list is ordered by, and its value in a row. */
type Column = [name: string, valueOf: (key: RegistrationKey) => number | null];

interface Order {
	/** What the list is ordered by, before the sender. */
	columns: Column[];
	/** Every condition is one that the index of the order serves: a page is read without looking at other rows. */
	isServed: boolean;
	isByPerson?: boolean;
}

/** A place in the list: behind one row, or behind every row with these values. */
interface Cursor {
	values: Array<number | null>;
	senderId: number | null;
}

/**
 * One page, ordered by person and sender; with `since` by that time, with a group by contact. Where few rows meet the conditions the
 * table is looked through in slices, each a short statement of its own.
 */
export async function selectRegistrations(db: Database, query: RegistrationQuery): Promise<RegistrationRow[]> {
	if (query.lostBy?.length === 0) return [];
	if (query.person) return await conditioned(rows(db), query, false).limit(query.limit).execute();
	const order = orderOf(query);
	const found: RegistrationRow[] = [];
	const { after } = query;
	let from: Cursor | null = after
		? { values: order.columns.map(([, valueOf]) => valueOf(after)), senderId: after.senderId }
		: null;
	for (;;) {
		// Of two bounds SQLite would take the earlier one, and read for each slice again what lies before it.
		const isPastSince =
			query.groupId === undefined && query.since !== undefined && from !== null && (from.values[0] ?? 0) >= query.since;
		const bounded = isPastSince ? { ...query, since: undefined } : query;
		const end: Cursor | null = order.isServed ? null : await sliceEnd(db, bounded, order, from);
		let select = conditioned(rows(db), bounded, !order.isServed).limit(query.limit - found.length);
		if (query.groupId !== undefined)
			select = select.innerJoin(sql<{ contact_id: number }>`membership`.as('m'), (join) =>
				join.on(sql<SqlBool>`m.contact_id = c.id and m.group_id = ${query.groupId}`),
			);
		for (const [name] of order.columns) select = select.orderBy(sql.ref(name));
		if (from) select = select.where(compare(order, from, '>'));
		if (end) select = select.where(compare(order, end, '<='));
		// PostgreSQL joins people in the order of their ids, and would begin with the first of all.
		if (order.isByPerson && from) select = select.where('i.id', '>=', from.values[0] ?? 0);
		if (order.isByPerson && end) select = select.where('i.id', '<=', end.values[0] ?? 0);
		found.push(...(await select.orderBy('r.sender_id').execute()));
		if (end === null || found.length >= query.limit) return found;
		from = end;
	}
}

function orderOf({ groupId, since, senderId, state, search, lostBy }: RegistrationQuery): Order {
	const isNarrow = search !== undefined || lostBy !== undefined;
	const byPerson: Column = ['r.identity_id', ({ identityId }) => identityId];
	if (groupId !== undefined) {
		return {
			columns: [['m.contact_id', ({ contactId }) => contactId]],
			isServed: !isNarrow && senderId === undefined && state === undefined && since === undefined,
		};
	}
	if (since === undefined)
		return { columns: [byPerson], isServed: !isNarrow && senderId === undefined, isByPerson: true };
	return {
		columns: [['r.since', (key) => key.since], byPerson],
		isServed: !isNarrow && (state === undefined) === (senderId === undefined),
	};
}

/** The last row of the next slice of what the index of the order serves; null: less than a slice is left. */
async function sliceEnd(
	db: Database,
	{ groupId, since, state }: RegistrationQuery,
	order: Order,
	from: Cursor | null,
): Promise<Cursor | null> {
	const conditions: Array<RawBuilder<SqlBool>> = [];
	if (from) conditions.push(compare(order, { ...from, senderId: null }, from.senderId === null ? '>' : '>='));
	if (groupId !== undefined) conditions.push(sql`m.group_id = ${groupId}`);
	else if (since !== undefined) conditions.push(sql`r.since >= ${since}`);
	else if (state !== undefined && order.isByPerson) conditions.push(sql`r.state = ${state}`);
	const columns = sql.join(order.columns.map(([name], index) => sql`${sql.ref(name)} as ${sql.ref(`value${index}`)}`));
	const table = groupId === undefined ? sql`registration as r` : sql`membership as m`;
	const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
	const by = sql.join(order.columns.map(([name]) => sql.ref(name)));
	const ends = await sql<
		Record<string, number>
	>`select ${columns} from ${table} ${where} order by ${by} limit 1 offset ${sql.lit(SLICE - 1)}`.execute(db);
	const [end] = ends.rows;
	return end ? { values: order.columns.map((_, index) => end[`value${index}`] ?? null), senderId: null } : null;
}

function compare({ columns }: Order, { values, senderId }: Cursor, how: '>' | '>=' | '<='): RawBuilder<SqlBool> {
	const names = [...columns.map(([name]) => name), ...(senderId === null ? [] : ['r.sender_id'])];
	const bounds = [...values, ...(senderId === null ? [] : [senderId])];
	return sql<SqlBool>`(${sql.join(names.map((name) => sql.ref(name)))}) ${sql.raw(how)} (${sql.join(bounds)})`;
}

/** Not from an index of senders: SQLite would read all of a sender's registrations for each slice instead of the slice. */
function ofSender(senderId: number): RawBuilder<SqlBool> {
	return sql<SqlBool>`r.sender_id + 0 = ${senderId}`;
}

function conditioned(
	select: Rows,
	{ senderId, state, since, search, person, lostBy }: RegistrationQuery,
	isInSlice: boolean,
): Rows {
	let query = select;
	if (senderId !== undefined)
		query = query.where(isInSlice ? ofSender(senderId) : sql<SqlBool>`r.sender_id = ${senderId}`);
	if (state !== undefined) query = query.where('r.state', '=', state);
	if (since !== undefined) query = query.where('r.since', '>=', since);
	if (person)
		query =
			person.phone === null
				? query.where('i.whatsapp_user_id', '=', person.whatsAppUserId)
				: query.where('i.phone', '=', person.phone);
	if (search !== undefined) query = query.where((where) => where.or(matches(search)));
	if (lostBy) query = query.where((where) => where.or(lostBy.map(isLost)));
	return query;
}

/** By part of the number as people type it, of the WhatsApp user id or of the contact's name. */
function matches(search: string): Array<RawBuilder<SqlBool>> {
	const number = readNumberSearch(search);
	const texts = [contains(sql.ref('i.whatsapp_user_id'), search), contains(sql.ref('c.name'), search)];
	return number
		? [sql<SqlBool>`i.phone like ${number.fromStart ? `+${number.digits}%` : `%${number.digits}%`}`, ...texts]
		: texts;
}

/** Whoever answered on a newer number, with yes or no, is not lost; whoever was only invited there is. */
function isLost({ senderId, successorIds }: Succession): RawBuilder<SqlBool> {
	return sql`(${ofSender(senderId)} and r.state = 'active' and not exists (
		select 1 from registration as n where n.identity_id = r.identity_id and n.sender_id in (${sql.join(successorIds)}) and n.state <> 'invited'
	))`;
}

/** A sender's registrations of these people. */
export async function registrationsOfPeople(
	db: Database,
	senderId: number,
	identityIds: readonly number[],
): Promise<RegistrationRow[]> {
	return await rows(db)
		.where('r.sender_id', '=', senderId)
		.where('r.identity_id', 'in', listOf(db, identityIds))
		.execute();
}

/** How many registrations of a sender are in each state. */
export async function countStates(db: Database, senderId: number): Promise<Record<RegistrationState, number>> {
	const counted = await db
		.selectFrom('registration')
		.select((select) => ['state', select.fn.countAll<number>().as('total')])
		.where('sender_id', '=', senderId)
		.groupBy('state')
		.execute();
	const counts: Record<RegistrationState, number> = { active: 0, waiting: 0, invited: 0, ended: 0 };
	for (const { state, total } of counted) counts[state] = Number(total);
	return counts;
}
