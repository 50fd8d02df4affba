import { type Invitation, invitationsFor } from '../../store/invitations';
import type { Database } from '../../store/schema';
import type { SignalInput } from './signalInput';
import type { ResolvedPerson } from './resolvePerson';

export interface AnsweredInvitation {
	/** The one whose code was sent, else the person's newest that is still open. */
	answered: Invitation | null;
	/** Whether its code was sent. */
	byCode: boolean;
	/** What registering settles: the one answered and every other one this person has open at this sender. */
	settled: number[];
}

export const NOTHING_ANSWERED: AnsweredInvitation = { answered: null, byCode: false, settled: [] };

/**
 * Finds the invitation a message answers, also by its code alone, when no phone number arrives (rule 14). A code proves that an
 * invitation was seen, not whose number it was sent to: it registers whoever wrote, and never joins their account to that number.
 */
export async function findAnswered(
	db: Database,
	{ identity, isNew }: ResolvedPerson,
	input: SignalInput,
	now: number,
): Promise<AnsweredInvitation> {
	const { sender, kind, channel } = input;
	const code = input.invitationCode ?? null;
	if (channel !== 'whatsapp' || sender === null || (kind !== 'start' && kind !== 'message') || (isNew && code === null))
		return NOTHING_ANSWERED;
	const found = (await invitationsFor(db, { identityId: identity.id, senderId: sender.id, code })).filter(
		(each) => each.senderId === sender.id && each.state === 'pending',
	);
	const named = found.find((each) => each.code === code && each.expiresAt > now);
	const answered = named ?? found.find((each) => each.identityId === identity.id && each.expiresAt > now) ?? null;
	return { answered, byCode: named !== undefined, settled: found.map(({ id }) => id) };
}
