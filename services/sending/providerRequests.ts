import { setTimeout as wait } from 'node:timers/promises';

import type { MessageContent } from '../../domain/content';
import { LATEST_START_MS } from '../../domain/pacing';
import { referenceOf } from '../../domain/reference';
import type { Provider, ProviderSender, SendRequest, SendResult } from '../../providers/provider';
import type { SendingSender } from '../../store/pacing';
import type { PaceClock } from './paceClock';
import type { ReadyMessage } from './markAsSending';
import type { Outcome } from './requestOutcomes';

/** One request to a provider, to be started at its time. */
export interface PlannedRequest {
	timeUs: number;
	messages: ReadyMessage[];
	content: MessageContent;
	replyTo?: string;
}

/** Puts messages with the same content into one request, as many as the provider takes; each keeps its share of the rate. */
export function planRequests(
	ready: readonly ReadyMessage[],
	provider: Provider,
	contentOf: (message: ReadyMessage) => MessageContent,
): PlannedRequest[] {
	const requests: PlannedRequest[] = [];
	const open = new Map<string, PlannedRequest>();
	for (const message of ready) {
		const content = contentOf(message);
		const most = provider.maxRecipients(message.message.channel);
		const key = most > 1 ? `${message.message.channel} ${message.message.purpose} ${JSON.stringify(content)}` : '';
		const known = most > 1 ? open.get(key) : undefined;
		if (known && known.messages.length < most) {
			known.messages.push(message);
			known.timeUs = Math.max(known.timeUs, message.timeUs);
			continue;
		}
		const request = { timeUs: message.timeUs, messages: [message], content };
		if (most > 1) open.set(key, request);
		requests.push(request);
	}
	return requests;
}

export interface RequestContext {
	storeId: string;
	sender: SendingSender;
	provider: Provider;
	clock: PaceClock;
	/** performance.now() when consent was looked at. */
	decidedAt: number;
	signal?: AbortSignal;
}

/**
 * Starts a request at its time.
 * @returns null when it could not start within LATEST_START_MS of the look at consent: then nothing was sent.
 */
export async function request(planned: PlannedRequest, context: RequestContext): Promise<Outcome[] | null> {
	const waitMs = context.clock.msUntil(planned.timeUs);
	if (waitMs >= 1) await wait(waitMs);
	if (performance.now() - context.decidedAt > LATEST_START_MS || context.signal?.aborted) return null;

	const results = await send(context.provider, sendRequest(planned, context));
	const byReference = new Map(results.map((result) => [result.reference, result]));
	return planned.messages.map(({ message, markedAt }) => {
		const reference = referenceOf(context.storeId, message.id);
		return {
			messageId: message.id,
			markedAt,
			result: byReference.get(reference) ?? untold(reference, 'The provider gave no result for this message.'),
		};
	});
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
async function send(provider: Provider, request: SendRequest): Promise<SendResult[]> {
	try {
		return await provider.send(request);
	} catch (error) {
		return request.recipients.map(({ reference }) =>
			untold(reference, `Sending broke off: ${(error as Error).message}`),
		);
	}
}

function untold(reference: string, message: string): SendResult {
	return { reference, accepted: false, error: { class: 'unknown', code: 'no_result', message } };
}
