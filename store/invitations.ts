import { type Selectable, sql } from 'kysely';

import type { PersonFields } from '../domain/personFields';
import type { Database, InvitationOrigin, InvitationTable } from './schema';

export interface Invitation {
	id: number;
	code: string;
	senderId: number;
	identityId: number;
	/** The one named in the click-to-chat text. */
	groupId: number | null;
	/** All that are joined by it, that one first. */
	groupIds: number[];
	origin: InvitationOrigin;
	state: InvitationTable['state'];
	/** UTC ms. */
	expiresAt: number;
	language: string | null;
	/** The person agreed to advertising by SMS, too. */
	smsConsent: boolean;
	personFields: PersonFields | null;
	reminders: number;
	/** Whether it was sent. */
	told: boolean;
}

export interface NewInvitation {
	code: string;
	senderId: number;
	identityId: number;
	/** All that are joined by it, the one of the click-to-chat text first. */
	groupIds: readonly number[];
	origin: InvitationOrigin;
	evidence: Record<string, unknown>;
	personFields: PersonFields | null;
	expiresAt: number;
	/** Whether it is sent; if not, nobody is reminded of it either. */
	told: boolean;
}

const INVITATION = [
	'id',
	'code',
	'sender_id',
	'identity_id',
	'group_id',
	'further_group_ids',
	'origin',
	'state',
	'expires_at',
	'evidence',
	'person_fields',
	'reminders',
	'told',
] as const;

/** What a message of this person to this sender may answer: the code it carries, else an invitation still open. */
export async function invitationsFor(
	db: Database,
	{ identityId, senderId, code }: { identityId: number; senderId: number; code: string | null },
): Promise<Invitation[]> {
	const rows = await db
		.selectFrom('invitation')
		.select(INVITATION)
		.where((where) =>
			where.or([
				...(code === null ? [] : [where('code', '=', code)]),
				where.and([
					where('identity_id', '=', identityId),
					where('sender_id', '=', senderId),
					where('state', '=', 'pending'),
				]),
			]),
		)
		.orderBy('id', 'desc')
		.execute();
	return rows.map(toInvitation);
}

/** Answered by this identity, with fields that no contact has yet: the person's number was not known then. */
export async function answeredWithFields(db: Database, identityId: number): Promise<Invitation | undefined> {
	const row = await db
		.selectFrom('invitation')
		.select(INVITATION)
		.where('answered_by', '=', identityId)
		.where('person_fields', 'is not', null)
		.orderBy('id', 'desc')
		.limit(1)
		.executeTakeFirst();
	return row && toInvitation(row);
}

/** The contact has them now, or nobody is to have them. */
export async function forgetPersonFields(db: Database, ids: readonly number[]): Promise<void> {
	if (ids.length === 0) return;
	await db.updateTable('invitation').set({ person_fields: null }).where('id', 'in', ids).execute();
}

type InvitationRow = Pick<Selectable<InvitationTable>, (typeof INVITATION)[number]>;

function toInvitation(row: InvitationRow): Invitation {
	const evidence = JSON.parse(row.evidence) as { language?: string; smsConsent?: boolean };
	return {
		id: row.id,
		code: row.code,
		senderId: row.sender_id,
		identityId: row.identity_id,
		groupId: row.group_id,
		groupIds: [...(row.group_id === null ? [] : [row.group_id]), ...(JSON.parse(row.further_group_ids) as number[])],
		origin: row.origin,
		state: row.state,
		expiresAt: row.expires_at,
		language: evidence.language ?? null,
		smsConsent: evidence.smsConsent === true,
		personFields: row.person_fields === null ? null : (JSON.parse(row.person_fields) as PersonFields),
		reminders: row.reminders,
		told: row.told === 1,
	};
}

/** Undefined when the code is taken. @param reminders those that went out for an earlier one of the person that is open still. */
export async function insertInvitation(
	db: Database,
	invitation: NewInvitation,
	reminders: number,
	now: number,
): Promise<number | undefined> {
	const row = await db
		.insertInto('invitation')
		.values({
			code: invitation.code,
			sender_id: invitation.senderId,
			identity_id: invitation.identityId,
			...contentOf(invitation),
			state: 'pending',
			reminders,
			created_at: now,
			last_sent_at: now,
		})
		.onConflict((conflict) => conflict.doNothing())
		.returning('id')
		.executeTakeFirst();
	return row?.id;
}

/** The same code goes out again. One that had expired is as good as new: reminders are counted anew. */
export async function renewInvitation(
	db: Database,
	id: number,
	invitation: Omit<NewInvitation, 'code'>,
	now: number,
): Promise<void> {
	await db
		.updateTable('invitation')
		.set((set) => ({
			...contentOf(invitation),
			last_sent_at: now,
			reminders: set.case().when('expires_at', '<=', now).then(0).else(set.ref('reminders')).end(),
		}))
		.where('id', '=', id)
		.execute();
}

/** As it is, for longer: what the person said on the form stays when the company invites them once more. @param groupIds none: those it has. */
export async function extendInvitation(
	db: Database,
	id: number,
	{ groupIds, expiresAt }: Pick<NewInvitation, 'groupIds' | 'expiresAt'>,
	now: number,
): Promise<void> {
	await db
		.updateTable('invitation')
		.set({ ...(groupIds.length > 0 && groupColumns(groupIds)), last_sent_at: now, expires_at: expiresAt, told: 1 })
		.where('id', '=', id)
		.execute();
}

const FORGOTTEN_AT_ONCE = 20;

/** What people typed about themselves and never confirmed goes when their invitation has expired: a few with each new one. */
export async function forgetExpiredFields(db: Database, now: number): Promise<void> {
	const expired = db
		.selectFrom('invitation')
		.select('id')
		.where('state', '=', sql.lit('pending'))
		.where('person_fields', 'is not', null)
		.where('expires_at', '<=', now)
		.orderBy('expires_at')
		.limit(FORGOTTEN_AT_ONCE);
	await db.updateTable('invitation').set({ person_fields: null }).where('id', 'in', expired).execute();
}

function contentOf({ groupIds, origin, evidence, personFields, expiresAt, told }: Omit<NewInvitation, 'code'>) {
	return {
		...groupColumns(groupIds),
		origin,
		evidence: JSON.stringify(evidence),
		person_fields: personFields === null ? null : JSON.stringify(personFields),
		expires_at: expiresAt,
		told: told ? 1 : 0,
	};
}

function groupColumns([groupId, ...further]: readonly number[]) {
	return { group_id: groupId ?? null, further_group_ids: JSON.stringify(further) };
}

export async function useInvitations(
	db: Database,
	ids: readonly number[],
	answeredBy: number,
	now: number,
): Promise<void> {
	if (ids.length === 0) return;
	await db
		.updateTable('invitation')
		.set({ state: 'used', used_at: now, answered_by: answeredBy })
		.where('id', 'in', ids)
		.where('state', '=', 'pending')
		.execute();
}

/** What a person left unanswered until it ran out is looked at no more when they are invited again. */
export async function closeExpired(
	db: Database,
	{ identityId, senderId }: { identityId: number; senderId: number },
	now: number,
): Promise<void> {
	await db
		.updateTable('invitation')
		.set({ state: 'expired', person_fields: null })
		.where('identity_id', '=', identityId)
		.where('sender_id', '=', senderId)
		.where('state', '=', 'pending')
		.where('expires_at', '<=', now)
		.execute();
}

/** What was open when a person said STOP invites no more. */
export async function expireInvitations(db: Database, identityId: number): Promise<void> {
	await db
		.updateTable('invitation')
		.set({ state: 'expired', person_fields: null })
		.where('identity_id', '=', identityId)
		.where('state', '=', 'pending')
		.execute();
}

export async function moveInvitations(db: Database, fromIdentityId: number, toIdentityId: number): Promise<void> {
	await db
		.updateTable('invitation')
		.set({ identity_id: toIdentityId })
		.where('identity_id', '=', fromIdentityId)
		.execute();
	// Asked only for those whose fields no contact has yet, as the index has it; who was merged into whom, the ledger tells.
	await db
		.updateTable('invitation')
		.set({ answered_by: toIdentityId })
		.where('answered_by', '=', fromIdentityId)
		.where('person_fields', 'is not', null)
		.execute();
}
