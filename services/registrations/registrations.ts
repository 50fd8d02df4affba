import { randomUUID } from 'node:crypto';

import type { Channel } from '../../domain/channel';
import { ConflictError, InvalidInputError } from '../../domain/errors';
import { parseMessage } from '../../domain/keyword';
import { hearingOf } from '../../domain/messageTypes';
import { maskPhone } from '../../domain/phone';
import type { PersonKey } from '../../store/identities';
import type { RegistrationState } from '../../store/schema';
import { resolveSender, type Sender } from '../../store/senders';
import type { Store } from '../../store/store';
import { applyConsentSignal, type SignalInput, type SignalResult } from '../consent/engine';
import { waitForInFlight } from '../shared/inFlight';
import { readPerson } from '../shared/personRef';
import { getRegistration, type RegistrationView } from './lists';
import { wakeInboxes } from '../shared/wakeUp';

export { checkRegistrations, type NumberCheck } from './check';
export {
	getRegistration,
	getUsage,
	listRegistrations,
	type RegistrationFilter,
	type RegistrationView,
	type Usage,
} from './lists';
export { revokeRegistration } from './revoke';

export interface AppliedMessage {
	eventId: number;
	/** The message was here before; nothing was changed. */
	repeated: boolean;
	outcome: string;
	applied: boolean;
	registration: RegistrationState | null;
	contactId: number | null;
	phone: string | null;
	whatsAppUserId: string | null;
	senderPhone: string;
}

export interface ApplyMessageInput {
	/** SenderRef. */
	sender: string;
	/** A number as typed, or a WhatsApp user id such as IT.123. */
	from: string;
	text: string | null;
	messageType?: string;
	/** The provider's id of the message: the same one twice changes nothing twice. */
	messageId: string;
	/** UTC ms; default: now. */
	sentAt?: number;
	channel?: Channel;
}

/** Applies a message received by other means than our trigger, by the same rules. */
export async function applyMessage(store: Store, input: ApplyMessageInput): Promise<AppliedMessage> {
	if (input.messageId.trim() === '')
		throw new InvalidInputError(
			"The message has no id. Give the provider's id of the message, so that it is applied once only.",
		);
	const type = input.messageType ?? 'text';
	const words = parseMessage(input.text, null, type);
	const channel = input.channel ?? 'whatsapp';
	const { result, sender, person } = await applyAt(store, input.sender, null, input.from, {
		providerEventId: input.messageId,
		kind: words.kind,
		channel,
		sentAt: input.sentAt ?? null,
		shortcode: words.shortcode,
		invitationCode: words.invitationCode,
		looksLikeOptOut: words.looksLikeOptOut,
		isDoubtful: words.isDoubtful,
		withoutGroup: words.withoutGroup,
		opensWindow: channel === 'whatsapp' && hearingOf(type).opensWindow,
		text: input.text,
		details: { messageType: type },
	});
	if (result.isOptOut && result.identityId !== null) await waitForInFlight(store, [result.identityId]);
	const { eventId, isDuplicate, outcome, applied, registration, contactId } = result;
	return {
		eventId,
		repeated: isDuplicate,
		outcome,
		applied,
		registration,
		contactId,
		...person,
		senderPhone: sender.phone,
	};
}

/**
 * Registers a person who consented by other means, which `source` names (rule 8).
 * @throws {ConflictError} when the person themselves opted out.
 */
export async function registerByHand(
	store: Store,
	{ sender, number, source }: { sender: string; number: string; source: string },
): Promise<RegistrationView> {
	if (source.trim() === '')
		throw new InvalidInputError(
			'Say where the consent comes from, e.g. "signed form of 12 May 2026": without a source nobody is registered by hand.',
		);
	const { result, sender: at } = await applyAt(store, sender, 'operator', number, {
		providerEventId: `register ${randomUUID()}`,
		kind: 'register',
		channel: 'whatsapp',
		sentAt: null,
		evidence: { source: source.trim().slice(0, 1_000) },
	});
	if (result.outcome === 'refused') {
		throw new ConflictError(
			`${maskPhone(number)} opted out by their own word. Only their own START registers them again; invite them instead.`,
		);
	}
	return await getRegistration(store, { sender: String(at.id), number });
}

type Signal = Omit<SignalInput, 'provider' | 'sender' | 'person' | 'inbox'>;

async function applyAt(
	store: Store,
	senderRef: string,
	provider: 'operator' | null,
	from: string,
	signal: Signal,
): Promise<{ result: SignalResult; sender: Sender; person: PersonKey }> {
	const done = await store.transaction(async (db) => {
		const sender = await resolveSender(db, senderRef, 'whatsapp');
		const person = await readPerson(db, from, sender.country);
		const result = await applyConsentSignal(store, db, {
			...signal,
			provider: provider ?? sender.provider,
			sender,
			person,
			inbox: null,
		});
		return { result, sender, person };
	});
	wakeInboxes(done.result.inboxes);
	return done;
}
