import type { Word } from '../domain/consent';
import type { PersonKey } from './identities';
import { contains } from './like';
import { listOf } from './rows';
import type { Database, EndedBy, RegistrationState } from './schema';
import { suppressedNumbers } from './suppressions';

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

export interface RegistrationQuery {
	senderId?: number;
	groupId?: number;
	state?: RegistrationState;
	since?: number;
	search?: string;
	person?: PersonKey;
	limit: number;
	after?: { identityId: number; senderId: number };
}

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

/** Ordered by person and sender, the key of the table. */
export async function selectRegistrations(db: Database, query: RegistrationQuery): Promise<RegistrationRow[]> {
	const { senderId, groupId, state, since, search, person, limit, after } = query;
	let select = rows(db).orderBy('r.identity_id').orderBy('r.sender_id').limit(limit);
	if (senderId !== undefined) select = select.where('r.sender_id', '=', senderId);
	if (state !== undefined) select = select.where('r.state', '=', state);
	if (since !== undefined) select = select.where('r.since', '>=', since);
	if (person) select = person.phone === null ? select.where('i.whatsapp_user_id', '=', person.whatsAppUserId) : select.where('i.phone', '=', person.phone);
	if (search) {
		select = select.where((where) =>
			where.or([contains(where.ref('i.phone'), search), contains(where.ref('i.whatsapp_user_id'), search), contains(where.ref('c.name'), search)]),
		);
	}
	if (groupId !== undefined) {
		select = select.where((where) =>
			where.exists(where.selectFrom('membership as m').select('m.contact_id').whereRef('m.contact_id', '=', 'c.id').where('m.group_id', '=', groupId)),
		);
	}
	if (after) {
		select = select.where((where) =>
			where.or([
				where('r.identity_id', '>', after.identityId),
				where.and([where('r.identity_id', '=', after.identityId), where('r.sender_id', '>', after.senderId)]),
			]),
		);
	}
	return await select.execute();
}

export async function registrationsWithNumbers(db: Database, senderId: number, phones: readonly string[]): Promise<RegistrationRow[]> {
	return await rows(db)
		.where('r.sender_id', '=', senderId)
		.where('i.phone', 'in', listOf(db, phones))
		.execute();
}

/** What the people with these numbers last said, by number and scope. */
export async function wordsOfNumbers(db: Database, phones: readonly string[]): Promise<Map<string, Map<string, Word>>> {
	const words = await db
		.selectFrom('consent_word as w')
		.innerJoin('identity as i', 'i.id', 'w.identity_id')
		.select(['i.phone as phone', 'w.scope as scope', 'w.direction as direction', 'w.effective_at as effectiveAt', 'w.source as source'])
		.where('i.phone', 'in', listOf(db, phones))
		.execute();
	const byPhone = new Map<string, Map<string, Word>>();
	for (const { phone, scope, ...word } of words) {
		if (phone === null) continue;
		byPhone.set(phone, (byPhone.get(phone) ?? new Map<string, Word>()).set(scope, { ...word, by: '' }));
	}
	for (const [phone, scopes] of await suppressedNumbers(db, phones)) {
		const own = byPhone.get(phone) ?? new Map<string, Word>();
		for (const [scope, { effectiveAt, source }] of scopes) own.set(scope, { direction: 'out', effectiveAt, source, by: '' });
		byPhone.set(phone, own);
	}
	return byPhone;
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
