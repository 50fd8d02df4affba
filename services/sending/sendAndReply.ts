import type { Channel, Purpose } from '../../domain/channel';
import type { MessageContent } from '../../domain/content';
import { assertSendable } from '../../domain/contentRules';
import { InvalidInputError, NotFoundError } from '../../domain/errors';
import type { MessageState } from '../../domain/messageState';
import { isSameAddress } from '../../domain/sameAddress';
import { isWhatsAppUserId } from '../../domain/whatsAppUserId';
import { phoneOfPerson } from '../shared/personRef';
import { messageByKey, type MessageView } from '../../store/messages';
import { sendingSender } from '../../store/pacing';
import { answerableEvent, replyFacts } from '../../store/replies';
import { resolveSender } from '../../store/senders';
import type { Store } from '../../store/store';
import type { Providers } from './providerAccounts';
import { assertSendingAllowed } from '../shared/sendingBlock';
import { enqueueSingle, finishSingle, noProvider, type QueuedSingle } from './singleMessage';

export interface SentMessage {
	messageId: number;
	state: MessageState;
	/** Why it was left out, or the provider's code of a failure; null where it went well. */
	reason: string | null;
	/** The same for people. */
	reasonText: string | null;
	/** E.164, or the WhatsApp user id of somebody whose number is not known. */
	recipient: string | null;
	channel: Channel;
	senderPhone: string;
	providerMessageId: string | null;
	/** The idempotency key was used before: this is what became of that message, and nothing was sent now. */
	repeated: boolean;
}

export interface SendInput {
	channel: Channel;
	/** Sender id, E.164 number, or '' for the only one. */
	sender: string;
	/** A number as people write it, or a WhatsApp user id. */
	to: string;
	/** ISO 3166 alpha-2, of a number without prefix; the sender's country by default. */
	country?: string;
	purpose: Purpose;
	content: MessageContent;
	/** The same key again sends nothing and returns the first result. */
	idempotencyKey: string;
}

export interface ReplyInput {
	eventId: number;
	body: string;
	idempotencyKey: string;
}

const LONGEST_KEY = 300;
/** What a person can have said; other events answer to nobody. */
const SAID = ['start', 'stop', 'help', 'message', 'ignored'];

/**
 * Sends one message to one person, if rule 7 permits it. Left out: state `skipped` with the reason, nothing is thrown.
 * @throws {InvalidInputError} for a number, text or sender that cannot be used. @throws {ConfigurationError} without the provider's credential.
 * @throws {SendingBlockedError} until a restore is confirmed.
 */
export async function sendMessage(store: Store, providers: Providers, input: SendInput): Promise<SentMessage> {
	assertKey(input.idempotencyKey);
	await assertSendingAllowed(store);
	const known = await store.read((db) => messageByKey(db, input.idempotencyKey));
	if (known) assertSameRecipient(known, input.to);
	if (known) return await finish(store, providers, { id: known.id, owner: null, repeated: true });

	assertSendable(input.content, [input.channel]);
	const sender = await store.read((db) => resolveSender(db, input.sender, input.channel));
	const provider = providers[sender.provider];
	if (!provider) throw noProvider(sender.provider);
	const to = input.to.trim();
	const isUserId = input.channel === 'whatsapp' && isWhatsAppUserId(to);
	const phone = isUserId ? null : await store.read((db) => phoneOfPerson(db, to, input.country || sender.country));
	return await finish(
		store,
		providers,
		await enqueueSingle(store, {
			senderId: sender.id,
			channel: input.channel,
			purpose: input.purpose,
			content: input.content,
			phone,
			whatsAppUserId: isUserId ? to : null,
			idempotencyKey: input.idempotencyKey,
			isReachable: provider.allows?.(phone) ?? true,
			reply: null,
		}),
	);
}

/**
 * Answers what a person wrote, once, registered or not: within 24 hours, after a STOP within 15 minutes.
 * @throws {NotFoundError} without such an event. @throws {InvalidInputError} where it is nothing that a person said.
 */
export async function reply(
	store: Store,
	providers: Providers,
	{ eventId, body, idempotencyKey }: ReplyInput,
): Promise<SentMessage> {
	assertKey(idempotencyKey);
	await assertSendingAllowed(store);
	const event = await store.read((db) => answerableEvent(db, eventId));
	if (!event)
		throw new NotFoundError(`There is no event ${eventId} to reply to. Take the event's id from the trigger's item.`);
	const { senderId, identityId, channel } = event;
	if (!SAID.includes(event.kind) || identityId === null)
		throw new InvalidInputError(`Event ${eventId} is not a message of a person, so it cannot be replied to.`);
	if (senderId === null)
		throw new InvalidInputError(`Event ${eventId} came to a number that is no sender here. Make the sender first.`);
	const quoted = channel === 'whatsapp' ? event.providerEventId : undefined;
	const known = await store.read((db) => messageByKey(db, idempotencyKey));
	if (known) return await finish(store, providers, { id: known.id, owner: null, repeated: true }, quoted);

	const content: MessageContent = { type: 'text', body };
	assertSendable(content, [channel]);
	const sender = await store.read((db) => sendingSender(db, senderId));
	if (!sender) throw new NotFoundError('The sender this message came to does not exist any more.');
	const provider = providers[sender.provider];
	if (!provider) throw noProvider(sender.provider);
	const queued = await enqueueSingle(store, {
		senderId,
		channel,
		purpose: 'service',
		content,
		phone: event.phone,
		whatsAppUserId: event.whatsAppUserId,
		idempotencyKey,
		isReachable: provider.allows?.(event.phone) ?? true,
		reply: { eventId, facts: (words, person) => replyFacts(event, words, person, senderId) },
	});
	return await finish(store, providers, queued, quoted);
}

/** Another person's result would pass for theirs, and nobody would notice that they were sent nothing. */
function assertSameRecipient({ recipient: phone, whatsAppUserId }: MessageView, to: string): void {
	const isErased = phone === null && whatsAppUserId === null;
	if (isErased || isSameAddress(to, { phone, whatsAppUserId })) return;
	throw new InvalidInputError(
		'This idempotency key has been used for another recipient. Nothing was sent. Give each message a key of its own, e.g. with the recipient in it.',
	);
}

async function finish(store: Store, providers: Providers, queued: QueuedSingle, quoted?: string): Promise<SentMessage> {
	const { message, repeated } = await finishSingle(store, providers, queued, quoted);
	return sentMessage(message, repeated);
}

function sentMessage(message: MessageView, repeated: boolean): SentMessage {
	return {
		messageId: message.id,
		state: message.state,
		reason: message.reason,
		reasonText: message.reasonText,
		recipient: message.recipient ?? message.whatsAppUserId,
		channel: message.channel,
		senderPhone: message.senderPhone,
		providerMessageId: message.providerMessageId,
		repeated,
	};
}

function assertKey(key: string): void {
	if (key === '' || key.length > LONGEST_KEY)
		throw new InvalidInputError(`The idempotency key needs 1 to ${LONGEST_KEY} characters.`);
}
