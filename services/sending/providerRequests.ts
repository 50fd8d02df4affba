import { setTimeout as wait } from 'node:timers/promises';

import type { MessageContent } from '../../domain/content';
import type { StartWindow } from '../../domain/pacing';
import { referenceOf } from '../../domain/reference';
import type { Connection } from '../../providers/http';
import type { Provider, ProviderSender, SendRequest, SendResult } from '../../providers/provider';
import type { SendingSender } from '../../store/pacing';
import type { PaceClock } from './paceClock';
import type { MessageToMark, ReadyMessage } from './markAsSending';
import type { Outcome } from './requestOutcomes';

/** One request to a provider, to be started at its time. */
export interface PlannedRequest {
	timeUs: number;
	messages: ReadyMessage[];
	content: MessageContent;
	replyTo?: string;
}

/** Puts messages with the same content into one request, as many as the provider takes. */
export function groupByRequest<M extends { message: MessageToMark }>(
	messages: readonly M[],
	provider: Provider,
	contentOf: (message: MessageToMark) => MessageContent,
): M[][] {
	const requests: M[][] = [];
	const open = new Map<string, M[]>();
	for (const each of messages) {
		const { message } = each;
		const most = provider.maxRecipients(message.channel);
		const key = most > 1 ? `${message.channel} ${message.purpose} ${JSON.stringify(contentOf(message))}` : '';
		const known = most > 1 ? open.get(key) : undefined;
		if (known && known.length < most) {
			known.push(each);
			continue;
		}
		const request = [each];
		if (most > 1) open.set(key, request);
		requests.push(request);
	}
	return requests;
}

/** The requests of marked messages; each message keeps its share of the rate. */
export function planRequests(
	ready: readonly ReadyMessage[],
	provider: Provider,
	contentOf: (message: MessageToMark) => MessageContent,
): PlannedRequest[] {
	return groupByRequest(ready, provider, contentOf).flatMap((messages) =>
		messages[0]
			? [
					{
						timeUs: Math.max(...messages.map(({ timeUs }) => timeUs)),
						messages,
						content: contentOf(messages[0].message),
					},
				]
			: [],
	);
}

export interface RequestContext {
	storeId: string;
	sender: SendingSender;
	provider: Provider;
	clock: PaceClock;
	/** Of the mark. */
	lockedUntil: number;
	window: StartWindow;
	signal?: AbortSignal;
}

/** How a request met its window: its outcomes, or by how much it came too late, ms: then nothing was sent. */
export type Requested = { outcomes: Outcome[] } | { lateByMs: number };

/** Starts a request at its time, on a connection that it has by then: nothing lies between the look at the clock and its first byte. */
export async function request(
	planned: PlannedRequest,
	connection: Connection,
	context: RequestContext,
): Promise<Requested> {
	const { clock, window, lockedUntil, provider, signal } = context;
	const waitMs = clock.msUntil(planned.timeUs);
	if (waitMs >= 1) await wait(waitMs);
	const lateByMs = Math.max(
		-clock.msUntil(planned.timeUs) - window.lateMs,
		performance.now() - lockedUntil - window.totalMs,
	);
	if (lateByMs > 0 || signal?.aborted) {
		connection.release();
		return { lateByMs };
	}
	const results = await send(provider, sendRequest(planned, context), connection);
	connection.release();
	const byReference = new Map(results.map((result) => [result.reference, result]));
	const outcomes = planned.messages.map(({ message, markedAt }) => {
		const reference = referenceOf(context.storeId, message.id);
		return {
			messageId: message.id,
			markedAt,
			result: byReference.get(reference) ?? untold(reference, 'The provider gave no result for this message.'),
		};
	});
	return { outcomes };
}

function sendRequest({ messages, content, replyTo }: PlannedRequest, { storeId, sender }: RequestContext): SendRequest {
	const [first] = messages;
	if (!first) throw new Error('A request needs a recipient.');
	const providerSender: ProviderSender = {
		phone: sender.phone,
		providerSenderId: sender.providerSenderId,
		smsSenderAddress: sender.smsSenderAddress,
	};
	return {
		channel: first.message.channel,
		sender: providerSender,
		purpose: first.message.purpose,
		content,
		recipients: messages.map(({ message, toldPhone }) => ({
			reference: referenceOf(storeId, message.id),
			// WhatsApp is sent to the number it knows, an SMS to the one that is dialled.
			phone: (message.channel === 'whatsapp' ? toldPhone : null) ?? message.recipient,
			whatsAppUserId: message.whatsAppUserId,
		})),
		...(replyTo === undefined ? {} : { replyTo }),
	};
}

/** Providers do not throw; should one do so all the same, its request may have gone out. */
async function send(provider: Provider, request: SendRequest, connection: Connection): Promise<SendResult[]> {
	try {
		return await provider.send(request, connection);
	} catch (error) {
		return request.recipients.map(({ reference }) =>
			untold(reference, `Sending broke off: ${(error as Error).message}`),
		);
	}
}

function untold(reference: string, message: string): SendResult {
	return { reference, accepted: false, error: { class: 'unknown', code: 'no_result', message } };
}
