import { OptInError } from '../../domain/errors';
import { withoutPlus } from '../address';
import { connect, exchange, sentenceOfCheck, type Answer } from '../exchange';
import type { Connection, HttpClient, HttpRequest } from '../http';
import { faultOfContent, toWhatsAppContent } from '../whatsapp/content';
import type { Provider, ProviderError, Recipient, SendRequest, SendResult } from '../provider';
import { acceptAll, refuse, refuseAll } from '../results';
import type { WebsmsAccount } from './account';
import { clientMessageIdOf } from './clientMessageId';
import { errorOfAnswer } from './errors';
import { answerSchema } from './wire';

const sendTimeoutMs = 15_000;
const checkTimeoutMs = 10_000;
const mostRecipients = 1000;

type Batch = [Recipient, ...Recipient[]];

/**
 * Sends by websms / LINK Mobility: the same content to up to 1,000 people a request. All of them get one
 * providerMessageId, the request's transferId; a report belongs to the message of that id to that handset.
 * WhatsApp cannot refer to a message answered here, so `replyTo` is left out.
 */
export function createWebsmsProvider(account: WebsmsAccount, http: HttpClient): Provider {
	const root = `${(account.baseUrl || 'https://api.linkmobility.eu').replace(/\/+$/, '')}/rest`;

	const post = (path: string, body: unknown, timeoutMs: number): HttpRequest => ({
		method: 'POST',
		url: `${root}${path}`,
		headers: {
			authorization: `Bearer ${account.accessToken}`,
			accept: 'application/json',
			'content-type': 'application/json;charset=UTF-8',
		},
		body: JSON.stringify(body),
		timeoutMs,
	});

	async function sendBatch(
		request: SendRequest,
		batch: Batch,
		connection: Connection | undefined,
	): Promise<SendResult[]> {
		const outgoing = { ...post(pathOf(request), bodyOf(request, batch), sendTimeoutMs), connection };
		const outcome = await exchange(http, outgoing, 'websms');
		if (!outcome.answered) return refuseAll(batch, outcome.error);
		const transferId = transferIdOf(outcome.answer);
		return transferId === null ? refuseAll(batch, errorOfAnswer(outcome.answer)) : acceptAll(batch, transferId);
	}

	return {
		name: 'websms',
		maxRecipients: () => mostRecipients,

		connect: (requests) => connect(http, root, requests, 'websms'),

		async send(request, connection) {
			const { recipients } = request;
			const obstacle = obstacleOf(request);
			if (obstacle !== null) return refuseAll(recipients, obstacle);

			// One malformed number makes websms refuse the whole request, so it must not be in it.
			const [first, ...others] = recipients.filter(isAddressable);
			const sent = first === undefined ? [] : await sendBatch(request, [first, ...others], connection);
			const results = new Map(sent.map((result) => [result.reference, result]));
			return recipients.map((recipient) => results.get(recipient.reference) ?? refuse(recipient, noNumber));
		},

		/** websms has no request that only looks. One to nobody, marked as a test, is refused for its credential first. */
		async check() {
			const nobody = { recipientAddressList: [], messageContent: 'Test', test: true };
			const outcome = await exchange(http, post('/smsmessaging/text', nobody, checkTimeoutMs), 'websms');
			const error = outcome.answered ? errorOfAnswer(outcome.answer) : outcome.error;
			if (outcome.answered && isAboutRequest(outcome.answer, error)) return;
			throw new OptInError(sentenceOfCheck(error, 'websms', root));
		},
	};
}

/** The transferId of a request that was accepted (2000, 2001; 2002 in old accounts), else null. */
function transferIdOf({ json }: Answer): string | null {
	const parsed = answerSchema.safeParse(json);
	if (!parsed.success || !isAccepted(parsed.data.statusCode)) return null;
	return parsed.data.transferId ?? null;
}

function isAccepted(statusCode: number): boolean {
	return statusCode >= 2000 && statusCode < 3000;
}

/** Whether the credential passed: the answer carries a code of websms, and that finds fault with the request at most. */
function isAboutRequest({ json }: Answer, error: ProviderError): boolean {
	const parsed = answerSchema.safeParse(json);
	if (!parsed.success) return false;
	const { statusCode } = parsed.data;
	// The check names no sender address, which an account without a standard one may object to (4003).
	return isAccepted(statusCode) || statusCode === 4003 || error.class === 'failed';
}

function isAddressable({ phone }: Recipient): boolean {
	return phone !== null && /^\+?[1-9]\d{7,14}$/.test(phone);
}

function obstacleOf({ channel, content, sender, recipients }: SendRequest): ProviderError | null {
	if (recipients.length > mostRecipients) return tooManyRecipients;
	if (channel === 'sms') return content.type === 'text' ? null : templateBySms;
	if (!sender.providerSenderId) return noChannel;
	return faultOfContent(content);
}

function pathOf({ channel, sender }: SendRequest): string {
	return channel === 'sms'
		? '/smsmessaging/text'
		: `/channels/${encodeURIComponent(sender.providerSenderId ?? '')}/send/whatsapp`;
}

function bodyOf(request: SendRequest, batch: Batch) {
	const { channel, content, sender, purpose, statusCallbackUrl } = request;
	const common = {
		recipientAddressList: batch.map(({ phone }) => withoutPlus(phone ?? '')),
		contentCategory: purpose === 'advertisement' ? 'advertisement' : 'informational',
		clientMessageId: clientMessageIdOf(batch),
	};
	if (channel === 'whatsapp') return { ...common, messageContent: toWhatsAppContent(content) };
	return {
		...common,
		messageContent: content.type === 'text' ? content.body : '',
		...senderAddressOf(sender.smsSenderAddress ?? sender.phone),
		...(statusCallbackUrl === undefined ? {} : { notificationCallbackUrl: statusCallbackUrl }),
	};
}

/** Digits are a number, and too few of them for one a short code; everything else is a name. */
function senderAddressOf(address: string) {
	const digits = withoutPlus(address);
	if (!/^\d+$/.test(digits)) return { senderAddress: address, senderAddressType: 'alphanumeric' };
	return { senderAddress: digits, senderAddressType: digits.length < 7 ? 'shortcode' : 'international' };
}

const tooManyRecipients: ProviderError = {
	class: 'failed',
	code: 'too_many_recipients',
	message: `websms takes at most ${mostRecipients} recipients a request. Nothing was sent.`,
};

const templateBySms: ProviderError = {
	class: 'failed',
	code: 'content_not_supported',
	message: 'A template can go out by WhatsApp only. Give a text for SMS.',
};

const noChannel: ProviderError = {
	class: 'stopSender',
	code: 'no_channel',
	message:
		"The sender has no channel UUID. Copy that of the WhatsApp channel from LINK Mobility's portal into the sender.",
};

const noNumber: ProviderError = {
	class: 'failed',
	code: 'no_number',
	message: 'The person’s phone number is not known or is none that websms takes (8 to 15 digits with country code).',
};
