import type { Database, InvitationTable } from './schema';

export interface Invitation {
	id: number;
	code: string;
	senderId: number;
	identityId: number;
	groupId: number | null;
	state: InvitationTable['state'];
	/** UTC ms. */
	expiresAt: number;
	language: string | null;
}

export interface NewInvitation {
	code: string;
	senderId: number;
	identityId: number;
	groupId: number | null;
	evidence: Record<string, unknown>;
	expiresAt: number;
}

const INVITATION = ['id', 'code', 'sender_id', 'identity_id', 'group_id', 'state', 'expires_at', 'evidence'] as const;

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
				where.and([where('identity_id', '=', identityId), where('sender_id', '=', senderId), where('state', '=', 'pending')]),
			]),
		)
		.orderBy('id', 'desc')
		.execute();
	return rows.map((row) => ({
		id: row.id,
		code: row.code,
		senderId: row.sender_id,
		identityId: row.identity_id,
		groupId: row.group_id,
		state: row.state,
		expiresAt: row.expires_at,
		language: (JSON.parse(row.evidence) as { language?: string }).language ?? null,
	}));
}

/** Undefined when the code is taken. */
export async function insertInvitation(db: Database, invitation: NewInvitation, now: number): Promise<number | undefined> {
	const row = await db
		.insertInto('invitation')
		.values({
			code: invitation.code,
			sender_id: invitation.senderId,
			identity_id: invitation.identityId,
			group_id: invitation.groupId,
			state: 'pending',
			evidence: JSON.stringify(invitation.evidence),
			reminders: 0,
			created_at: now,
			expires_at: invitation.expiresAt,
		})
		.onConflict((conflict) => conflict.doNothing())
		.returning('id')
		.executeTakeFirst();
	return row?.id;
}

export async function renewInvitation(
	db: Database,
	id: number,
	{ groupId, evidence, expiresAt }: Pick<NewInvitation, 'groupId' | 'evidence' | 'expiresAt'>,
): Promise<void> {
	await db
		.updateTable('invitation')
		.set({ group_id: groupId, evidence: JSON.stringify(evidence), expires_at: expiresAt })
		.where('id', '=', id)
		.execute();
}

export async function useInvitations(db: Database, ids: readonly number[], now: number): Promise<void> {
	if (ids.length === 0) return;
	await db.updateTable('invitation').set({ state: 'used', used_at: now }).where('id', 'in', ids).where('state', '=', 'pending').execute();
}

/** What was open when a person said STOP invites no more. */
export async function expireInvitations(db: Database, identityId: number): Promise<void> {
	await db.updateTable('invitation').set({ state: 'expired' }).where('identity_id', '=', identityId).where('state', '=', 'pending').execute();
}

export async function moveInvitations(db: Database, fromIdentityId: number, toIdentityId: number): Promise<void> {
	await db.updateTable('invitation').set({ identity_id: toIdentityId }).where('identity_id', '=', fromIdentityId).execute();
}
