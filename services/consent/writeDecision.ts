import type { ConsentOutcome } from '../../domain/consent/outcome';
import type { ConsentSignal } from '../../domain/consent/signal';
import { addCounts } from '../../store/counters';
import { settleEvent } from '../../store/events';
import { answeredWithFields, expireInvitations, forgetPersonFields, useInvitations } from '../../store/invitations';
import type { RegistrationState } from '../../store/schema';
import type { Case } from './case';
import type { Change } from './change';
import { ensureContact, formEntryOf } from './contactOfPerson';
import type { Decision } from './decideSignal';
import { withdraw, writeMemberships, writeRegistrations, writeWords } from './writeEffects';
import { followNumber } from './lateAtOldNumber';
import { type AppliedOutcome, isOptOutKind, outcomeOf, outputOf } from './signalOutcome';
import { countsOf, fillFreed } from './waitingList';
import { recordOf, writeRecords } from './writeRecords';
import type { SignalResult } from './signalResult';

const HAS_REGISTERED = new Set<AppliedOutcome>(['registered', 'waiting', 'alreadyRegistered', 'joinedGroup']);
const MAKES_CONTACT = new Set<AppliedOutcome>(['registered', 'alreadyRegistered', 'joinedGroup', 'smsConsent']);

/** Writes everything that was decided: words, registrations, groups, contact, what is queued, the event, the record, counters, places. */
export async function carryOut(
	one: Case,
	{ change, outcome: decided, applied, isLate }: Decision,
): Promise<SignalResult> {
	const { store, db, input, options, eventId, now, person, signal, invitation } = one;
	const words = await writeWords(db, change);
	const registrations = await writeRegistrations(db, change);
	const contact = await contactOf(one, change, decided);
	await writeMemberships(db, change, contact ?? one.stored.contacts[0]?.contactId ?? null);
	await withdraw(db, change);

	const row = signal.senderId === null ? undefined : registrations.rows.get(signal.senderId);
	const registration =
		row === undefined ? (one.stored.registrations.get(signal.senderId ?? 0)?.state ?? null) : (row?.state ?? null);
	const outcome = outcomeOf(decided, change, registrations, registration, signal);
	if (applied && signal.kind === 'stop' && signal.groupId === null) await expireInvitations(db, change.identityId);
	if (HAS_REGISTERED.has(outcome)) await settleInvitations(one, change.identityId, contact);

	const output = outputOf(input, outcome, applied);
	await settleEvent(db, eventId, {
		inbox: input.inbox,
		senderId: signal.senderId,
		identityId: change.identityId,
		groupId: signal.groupId,
		effectiveAt: signal.effectiveAt,
		details: detailsOf(one, contact, registration),
		applied,
		outcome,
		output,
	});
	const record = recordOf({
		input,
		signal,
		person,
		outcome,
		applied,
		registrations,
		words,
		group: one.group,
		invitationId: invitation.answered?.id ?? null,
	});
	if (record) await writeRecords(store, db, change.identityId, [record]);
	const freed = [...registrations.freed, ...(person.merged?.registrations.map(({ senderId }) => senderId) ?? [])];
	const followed = isLate ? await followNumber(store, db, change.identityId, signal) : { identityIds: [], freed: [] };
	const toFill = [...(options.holdPlaces ? [] : freed), ...followed.freed];
	const filled = await fillFreed(store, db, toFill, eventId);
	await addCounts(db, [
		...countsOf({ signal, registrations, outcome, output, merged: person.merged?.registrations ?? [], now }),
		...filled.counts,
	]);
	return {
		eventId,
		isDuplicate: false,
		identityId: change.identityId,
		outcome,
		applied,
		isOptOut: isOptOutKind(input.kind),
		registration,
		contactId: contact,
		inboxes: [...(input.inbox !== null && output !== null ? [input.inbox] : []), ...filled.inboxes],
		followed: followed.identityIds,
		freed: options.holdPlaces ? freed : [],
		toFill: filled.isMore ? toFill : [],
	};
}

/** What was typed on the form waits on where the person's number is not known. */
async function settleInvitations(
	{ db, person, invitation: { answered, settled }, now }: Case,
	identityId: number,
	contactId: number | null,
): Promise<void> {
	await useInvitations(db, settled, identityId, now);
	await forgetPersonFields(
		db,
		settled.filter((id) => (contactId !== null && person.identity.phone !== null) || id !== answered?.id),
	);
}

/** Who opts in gets a contact, by the WhatsApp user id where no number is known; an opt-out makes none. */
async function contactOf(
	{ db, input, person, signal, invitation, now }: Case,
	change: Change,
	outcome: ConsentOutcome,
): Promise<number | null> {
	const { phone, whatsAppUserId } = person.identity;
	const isOptIn = (signal.kind === 'start' || signal.kind === 'message') && MAKES_CONTACT.has(outcome);
	const wasWaitedFor =
		person.hasLearntNumber && [...change.after.registrations.values()].some(({ state }) => state === 'registered');
	if (!((isOptIn && holds(change, signal)) || wasWaitedFor)) return change.stored.contacts[0]?.contactId ?? null;
	const waiting = wasWaitedFor ? await answeredWithFields(db, change.identityId) : undefined;
	const contact = await ensureContact(db, {
		phone,
		whatsAppUserId,
		channel: input.channel,
		profileName: input.profileName ?? null,
		smsConsent: outcome === 'smsConsent' ? { source: 'START by SMS', at: signal.effectiveAt } : null,
		// Who was known without a number can have been found by the code only.
		form: waiting
			? formEntryOf(waiting, waiting.identityId === change.identityId)
			: formEntryOf(invitation.answered, invitation.isProven),
		now,
	});
	if (waiting) await forgetPersonFields(db, [waiting.id]);
	return contact.id;
}

/** Whether what was said is still said at this number: late words of somebody who has left it since make no contact of it. */
function holds({ after }: Change, { channel, senderId }: ConsentSignal): boolean {
	if (channel === 'sms') return after.smsConsentAt !== null;
	return senderId !== null && after.registrations.get(senderId)?.state === 'registered';
}

function detailsOf(
	{ input, context, group, invitation }: Case,
	contactId: number | null,
	registration: RegistrationState | null,
): Record<string, unknown> {
	return {
		...input.details,
		...(input.profileName && { profileName: input.profileName }),
		signal: context,
		contactId,
		registration,
		...(input.shortcode && { shortcode: input.shortcode, unknownGroup: group === null }),
		...(invitation.answered && {
			invitationId: invitation.answered.id,
			code: invitation.answered.code,
			language: invitation.answered.language,
		}),
	};
}
