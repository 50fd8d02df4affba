import { websmsAccount } from '../accounts';
import { MetaContentError, metaContent } from './metaContent';
import { newTransferId } from './phoneBook';
import type { PhoneMessage } from './phoneBook';
import { isObject, parseObject, plainAnswer, textOf } from './providerRequest';
import type { JsonObject, ProviderAnswer, ProviderRequest } from './providerRequest';
import { smsSegments } from './smsSegments';

const recipientShape = /^[1-9][0-9]{7,14}$/;
const senderAddressTypes = new Set(['national', 'international', 'alphanumeric', 'shortcode']);
const channelPath = /^\/channels\/([^/]+)\/send\/whatsapp$/;

class WebsmsError extends Error {
	override readonly name = 'WebsmsError';

	constructor(
		readonly code: number,
		message: string,
	) {
		super(message);
	}
}

/** websms' REST API. Business errors are HTTP 200 with a statusCode of 4000 and more. */
export function answerWebsms(request: ProviderRequest): ProviderAnswer {
	// Base URLs with and without `/rest` are in use.
	const path = request.path.replace(/^\/(rest|json)(?=\/)/, '');
	if (!isAuthorised(request))
		return plainAnswer(401, websmsErrorBody(4001, 'invalid credentials, inactive account or customer'));
	const channel = channelPath.exec(path)?.[1];
	if (request.method !== 'POST' || (path !== '/smsmessaging/text' && channel === undefined))
		return plainAnswer(404, 'Not Found');
	const body = parseObject(request.body);
	if (body === undefined) return plainAnswer(400, websmsErrorBody(4000, 'malformed request body'));
	try {
		const accepted = channel === undefined ? acceptSms(body) : acceptWhatsApp(body, channel);
		return body['test'] === true ? { ...accepted, messages: [] } : accepted;
	} catch (error) {
		if (!(error instanceof WebsmsError)) throw error;
		const recipients = Array.isArray(body['recipientAddressList']) ? body['recipientAddressList'].map(String) : [];
		return {
			...plainAnswer(200, websmsErrorBody(error.code, error.message)),
			recipients,
			reference: textOf(body['clientMessageId']) ?? null,
		};
	}
}

export function websmsErrorBody(code: number, message: string): object {
	return { statusCode: code, statusMessage: message };
}

function isAuthorised({ authorization, query }: ProviderRequest): boolean {
	return (
		authorization === `Bearer ${websmsAccount.accessToken}` || query.get('access_token') === websmsAccount.accessToken
	);
}

function acceptSms(body: JsonObject): ProviderAnswer {
	const recipients = recipientsOf(body);
	const content = body['messageContent'];
	if (content === undefined || content === null || content === '')
		throw new WebsmsError(4019, 'required parameter missing: messageContent');
	if (typeof content !== 'string') throw new WebsmsError(4009, 'invalid message text');
	checkSmsFields(body);
	const segments = smsSegments(content);
	const limit = body['maxSmsPerMessage'];
	if (typeof limit === 'number' && limit > 0 && segments > limit) throw new WebsmsError(4026, 'too many sms segments');
	const company = textOf(body['senderAddress']);
	return accept(body, recipients, {
		channel: 'sms',
		company: company === undefined ? websmsAccount.smsPhone : shownSender(company),
		text: content,
		smsCount: segments * recipients.length,
		freeText: false,
	});
}

function acceptWhatsApp(body: JsonObject, channelUuid: string): ProviderAnswer {
	if (channelUuid !== websmsAccount.channelUuid) throw new WebsmsError(4022, 'access denied');
	const recipients = recipientsOf(body);
	const content = body['messageContent'];
	if (content === undefined || content === null)
		throw new WebsmsError(4019, 'required parameter missing: messageContent');
	if (!isObject(content)) throw new WebsmsError(4009, 'invalid message text');
	const { text, isTemplate } = channelContent(content);
	return accept(body, recipients, {
		channel: 'whatsapp',
		company: websmsAccount.whatsAppPhone,
		text,
		freeText: !isTemplate,
	});
}

function channelContent(content: JsonObject): { text: string; isTemplate: boolean } {
	try {
		return metaContent(content);
	} catch (error) {
		if (error instanceof MetaContentError) throw new WebsmsError(4009, 'invalid message text');
		throw error;
	}
}

interface Accepted {
	channel: 'sms' | 'whatsapp';
	company: string;
	text: string;
	freeText: boolean;
	/** SMS only. */
	smsCount?: number;
}

function accept(body: JsonObject, recipients: string[], { smsCount, ...shown }: Accepted): ProviderAnswer {
	const clientMessageId = body['clientMessageId'] ?? null;
	if (clientMessageId !== null && typeof clientMessageId !== 'string')
		throw new WebsmsError(4008, 'invalid clientMessageId');
	const transferId = newTransferId();
	const at = Date.now();
	const messages = recipients.map((digits): PhoneMessage => ({
		...shown,
		id: transferId,
		provider: 'websms',
		direction: 'toPhone',
		phone: `+${digits}`,
		at,
		state: 'accepted',
		problem: null,
		reference: clientMessageId,
		statusUrl: textOf(body['notificationCallbackUrl']) ?? null,
	}));
	const answer = {
		clientMessageId,
		...(smsCount === undefined ? {} : { smsCount }),
		statusCode: 2000,
		statusMessage: 'OK',
		transferId,
	};
	return { ...plainAnswer(200, answer), recipients, reference: clientMessageId, messages };
}

function recipientsOf(body: JsonObject): string[] {
	const list = body['recipientAddressList'];
	if (!Array.isArray(list) || list.length === 0)
		throw new WebsmsError(4019, 'required parameter missing: recipientAddressList');
	if (list.length > 1_000) throw new WebsmsError(4025, 'transfer rate exceeded: more than 1000 recipients');
	const recipients = list.filter((value): value is string => typeof value === 'string' && recipientShape.test(value));
	if (recipients.length !== list.length) throw new WebsmsError(4002, 'one or more recipients malformed');
	return recipients;
}

function checkSmsFields(body: JsonObject): void {
	const { senderAddressType, contentCategory, validityPeriode, priority, notificationCallbackUrl } = body;
	if (isGiven(senderAddressType) && !senderAddressTypes.has(String(senderAddressType)))
		throw new WebsmsError(4003, 'invalid sender address');
	if (isGiven(contentCategory) && contentCategory !== 'informational' && contentCategory !== 'advertisement') {
		throw new WebsmsError(4040, 'invalid contentCategory');
	}
	if (isGiven(validityPeriode) && !(Number(validityPeriode) >= 60 && Number(validityPeriode) <= 259_200)) {
		throw new WebsmsError(4041, 'invalid validityPeriode');
	}
	if (isGiven(priority) && !Number.isInteger(priority)) throw new WebsmsError(4015, 'invalid priority');
	if (isGiven(notificationCallbackUrl) && !URL.canParse(String(notificationCallbackUrl))) {
		throw new WebsmsError(4016, 'invalid notificationCallbackUrl');
	}
}

/** A sender address of digits is a number; letters are shown as they are. */
function shownSender(address: string): string {
	return /^\d{7,}$/.test(address) ? `+${address}` : address;
}

function isGiven(value: unknown): boolean {
	return value !== undefined && value !== null;
}
