import { OptInError } from '../../domain/errors';
import { isWhatsAppUserId } from '../../domain/whatsAppUserId';
import { internationalToE164, withoutPlus } from '../address';
import { connect, exchange, sentenceOfCheck, type Answer } from '../exchange';
import type { Connection, HttpClient, HttpRequest } from '../http';
import type { Provider, ProviderError, Recipient, SendRequest, SendResult } from '../provider';
import { refuse, refuseAll } from '../results';
import type { MetaAccount } from './account';
import { faultOfContent, toWhatsAppContent } from '../whatsapp/content';
import { errorOfAnswer } from './errors';
import { knownSchema, sentSchema } from './wire';

const sendTimeoutMs = 15_000;
const checkTimeoutMs = 10_000;

/** Sends by Meta's WhatsApp Cloud API: one person a request. */
export function createMetaProvider(account: MetaAccount, http: HttpClient): Provider {
	const root = `${(account.baseUrl || 'https://graph.facebook.com').replace(/\/+$/, '')}/${account.apiVersion || 'v25.0'}`;
	const headers = { authorization: `Bearer ${account.accessToken}`, accept: 'application/json' };

	const post = (path: string, body: unknown): HttpRequest => ({
		method: 'POST',
		url: `${root}${path}`,
		headers: { ...headers, 'content-type': 'application/json' },
		body: JSON.stringify(body),
		timeoutMs: sendTimeoutMs,
	});

	async function sendToOne(
		request: SendRequest,
		recipient: Recipient,
		phoneNumberId: string,
		connection: Connection | undefined,
	): Promise<SendResult> {
		const address = addressOf(recipient);
		if (address === null) return refuse(recipient, noAddress);

		const outcome = await exchange(
			http,
			{ ...post(`/${encodeURIComponent(phoneNumberId)}/messages`, bodyOf(request, recipient, address)), connection },
			'Meta',
		);
		if (!outcome.answered) return refuse(recipient, outcome.error);

		const { answer } = outcome;
		const sent = sentSchema.safeParse(answer.json);
		if (answer.status >= 400 || !sent.success) return refuse(recipient, errorOfAnswer(answer));
		const { wa_id: waId, user_id: userId } = sent.data.contacts?.[0] ?? {};
		return {
			reference: recipient.reference,
			accepted: true,
			providerMessageId: sent.data.messages[0].id,
			toldPhone: waId ? internationalToE164(waId) : null,
			whatsAppUserId: userId && isWhatsAppUserId(userId) ? userId : null,
		};
	}

	return {
		name: 'meta',
		maxRecipients: () => 1,

		connect: (requests) => connect(http, root, requests, 'Meta'),

		async send(request, connection) {
			const { sender, recipients } = request;
			if (request.channel !== 'whatsapp') return refuseAll(recipients, onlyWhatsApp);
			const fault = faultOfContent(request.content);
			if (fault !== null) return refuseAll(recipients, fault);
			if (!sender.providerSenderId) return refuseAll(recipients, noPhoneNumberId);

			const results: SendResult[] = [];
			for (const [index, recipient] of recipients.entries())
				results.push(
					await sendToOne(request, recipient, sender.providerSenderId, index === 0 ? connection : undefined),
				);
			return results;
		},

		async check() {
			const path = account.phoneNumberId
				? `/${encodeURIComponent(account.phoneNumberId)}?fields=id,display_phone_number,verified_name,quality_rating`
				: '/me';
			const outcome = await exchange(
				http,
				{ method: 'GET', url: `${root}${path}`, headers, timeoutMs: checkTimeoutMs },
				'Meta',
			);
			const error = outcome.answered ? errorUnlessKnown(outcome.answer) : outcome.error;
			if (error !== null) throw new OptInError(sentenceOfCheck(error, 'Meta', root));
		},
	};
}

/** What Meta knows it shows with its id. */
function errorUnlessKnown(answer: Answer): ProviderError | null {
	return answer.status === 200 && knownSchema.safeParse(answer.json).success ? null : errorOfAnswer(answer);
}

function bodyOf(request: SendRequest, recipient: Recipient, address: Record<string, string>) {
	return {
		messaging_product: 'whatsapp',
		recipient_type: 'individual',
		...address,
		biz_opaque_callback_data: recipient.reference,
		...(request.replyTo === undefined ? {} : { context: { message_id: request.replyTo } }),
		...toWhatsAppContent(request.content),
	};
}

/** Meta prefers the number where both are given, so only one is. */
function addressOf({ phone, whatsAppUserId }: Recipient): Record<string, string> | null {
	if (phone !== null) return { to: withoutPlus(phone) };
	return whatsAppUserId === null ? null : { recipient: whatsAppUserId };
}

const onlyWhatsApp: ProviderError = {
	class: 'failed',
	code: 'channel_not_supported',
	message: 'Meta sends WhatsApp messages only. Choose a sender of another provider for SMS.',
};

const noPhoneNumberId: ProviderError = {
	class: 'stopSender',
	code: 'no_phone_number_id',
	message: "The sender has no phone number ID. Copy it from Meta's WhatsApp settings into the sender.",
};

const noAddress: ProviderError = {
	class: 'failed',
	code: 'no_address',
	message: 'Neither the phone number nor the WhatsApp user id of the person is known.',
};
