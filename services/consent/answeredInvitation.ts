import { type Invitation, invitationsFor } from '../../store/invitations';
import type { Database } from '../../store/schema';
import type { SignalInput } from './signalInput';
import type { ResolvedPerson } from './resolvePerson';

export interface AnsweredInvitation {
	/** The one whose code was sent, else the person's newest that is still open. */
	answered: Invitation | null;
	/** Whether its code was sent. */
	byCode: boolean;
	/** Whether it was sent from the very number that was invited, or by somebody whose number is not known yet: what was typed about a number counts for its owner only (rule 15). */
	isProven: boolean;
	/** What registering settles: the one answered and every other one this person has open at this sender. */
	settled: number[];
}

export const NOTHING_ANSWERED: AnsweredInvitation = { answered: null, byCode: false, isProven: false, settled: [] };

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
	const isOwn = (each: Invitation): boolean => each.identityId === identity.id;
	return {
		answered,
		byCode: named !== undefined,
		isProven: named !== undefined && (isOwn(named) || identity.phone === null),
		// The number decides: an invitation is not used up by another number that sends its code.
		settled: found.filter((each) => isOwn(each) || identity.phone === null).map(({ id }) => id),
	};
}
