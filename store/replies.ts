import type { Channel } from '../domain/channel';
import type { ReplyFacts } from '../domain/permission';
import type { OutboxMessage } from './outbox';
import type { Kin, Words } from './reachability';
import { listOf } from './database/rows';
import type { Database } from './schema';

/** Something a person wrote, as far as answering it needs it. */
export interface AnswerableEvent {
	id: number;
	kind: string;
	channel: Channel;
	senderId: number | null;
	identityId: number | null;
	phone: string | null;
	whatsAppUserId: string | null;
	/** The provider's id of the message, to be quoted. */
	providerEventId: string;
	provider: string;
	writtenAt: number;
}

export async function answerableEvent(db: Database, id: number): Promise<AnswerableEvent | undefined> {
	return await db
		.selectFrom('event')
		.leftJoin('identity', 'identity.id', 'event.identity_id')
		.select([
			'event.id',
			'event.kind',
			'event.channel',
			'event.sender_id as senderId',
			'event.identity_id as identityId',
			'identity.phone',
			'identity.whatsapp_user_id as whatsAppUserId',
			'event.provider_event_id as providerEventId',
			'event.provider',
			'event.effective_at as writtenAt',
		])
		.where('event.id', '=', id)
		.executeTakeFirst();
}

/** The message that answers an event, if there is one. */
export async function replyTo(db: Database, eventId: number): Promise<{ id: number } | undefined> {
	return await db.selectFrom('message').select('id').where('reply_to_event_id', '=', eventId).executeTakeFirst();
}

/** For those messages that are Replies: what they answer, and what the person said since. */
export async function readReplyFacts(
	db: Database,
	messages: readonly Pick<OutboxMessage, 'id' | 'identityId' | 'recipient' | 'replyToEventId'>[],
	kin: Kin,
	words: Words,
	senderId: number,
): Promise<Map<number, ReplyFacts>> {
	const eventIds = messages.flatMap(({ replyToEventId }) => (replyToEventId === null ? [] : [replyToEventId]));
	if (eventIds.length === 0) return new Map();
	const events = await db
		.selectFrom('event')
		.select(['id', 'kind', 'effective_at as writtenAt'])
		.where('id', 'in', listOf(db, eventIds))
		.execute();
	const facts = new Map<number, ReplyFacts>();
	for (const { id, identityId, recipient, replyToEventId } of messages) {
		const event = events.find((each) => each.id === replyToEventId);
		if (!event) continue;
		const person = kin.identitiesOf({ identityId, phone: recipient });
		facts.set(id, replyFacts(event, words, person, senderId));
	}
	return facts;
}

export function replyFacts(
	event: { kind: string; writtenAt: number },
	words: Words,
	person: readonly number[],
	senderId: number,
): ReplyFacts {
	const stoppedAt = words.outSince(person, 'all', `sender:${senderId}`, 'sms');
	const isStop = event.kind === 'stop';
	return {
		writtenAt: event.writtenAt,
		isStop,
		// Providers tell whole seconds: of a question and a STOP in one of them the STOP is the newer word.
		stoppedSince: stoppedAt !== null && (stoppedAt > event.writtenAt || (!isStop && stoppedAt === event.writtenAt)),
		alreadyAnswered: false,
	};
}
