import { metaAccount } from '../accounts';
import { metaContent, MetaContentError } from './metaContent';
import { newWhatsAppMessageId } from './phoneBook';
import type { PhoneBook, PhoneMessage } from './phoneBook';
import { parseObject, plainAnswer, textOf } from './providerRequest';
import type { JsonObject, ProviderAnswer, ProviderRequest } from './providerRequest';

const pathShape = /^\/(v\d+\.\d+)\/(\d+)(?:\/(messages|marketing_messages))?$/;

/** Meta's Cloud API: `GET /{version}/{id}` and `POST /{version}/{id}/messages`. */
export function answerMeta(request: ProviderRequest, book: PhoneBook): ProviderAnswer {
	const [, , phoneNumberId, edge] = pathShape.exec(request.path) ?? [];
	if (request.authorization !== `Bearer ${metaAccount.accessToken}`) {
		return metaError(401, 190, 'Invalid OAuth access token - Cannot parse access token', 'OAuthException');
	}
	if (/^\/v[\d.]+\/me$/.test(request.path))
		return plainAnswer(200, { id: metaAccount.businessAccountId, name: metaAccount.name });
	if (phoneNumberId !== metaAccount.phoneNumberId) {
		return metaError(
			400,
			100,
			`Unsupported ${request.method.toLowerCase()} request. Object with ID '${phoneNumberId ?? request.path.split('/')[2] ?? ''}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`,
			'GraphMethodException',
			{ error_subcode: 33 },
		);
	}
	if (edge === undefined && request.method === 'GET') {
		return plainAnswer(200, {
			id: metaAccount.phoneNumberId,
			display_phone_number: metaAccount.phone,
			verified_name: metaAccount.name,
			quality_rating: 'GREEN',
		});
	}
	if (edge === undefined || request.method !== 'POST')
		return metaError(400, 100, 'Unsupported request for this object.', 'GraphMethodException');
	return answerMessages(request, book);
}

/** An error body as Meta writes it. @param message without the `(#code)` that Meta puts before it */
export function metaErrorBody(code: number, message: string, type = 'OAuthException', more: object = {}): object {
	return {
		error: {
			message: code === 190 || type !== 'OAuthException' ? message : `(#${code}) ${message}`,
			type,
			code,
			error_data: { messaging_product: 'whatsapp', details: message },
			...more,
			fbtrace_id: 'AzSandboxTraceId',
		},
	};
}

function metaError(status: number, code: number, message: string, type?: string, more?: object): ProviderAnswer {
	return plainAnswer(status, metaErrorBody(code, message, type, more));
}

function answerMessages(request: ProviderRequest, book: PhoneBook): ProviderAnswer {
	const body = parseObject(request.body);
	if (body === undefined) return metaError(400, 100, 'Invalid parameter: the body is no JSON object.');
	if (body['messaging_product'] !== 'whatsapp')
		return metaError(400, 100, 'The parameter messaging_product is required.');
	if (body['status'] === 'read') return plainAnswer(200, { success: true });
	try {
		return acceptMessage(body, book);
	} catch (error) {
		if (!(error instanceof MetaContentError)) throw error;
		const to = textOf(body['to']) ?? textOf(body['recipient']) ?? '';
		return {
			...metaError(400, error.code, error.message),
			recipients: [to.replace(/^\+/, '')],
			reference: textOf(body['biz_opaque_callback_data']) ?? null,
		};
	}
}

function acceptMessage(body: JsonObject, book: PhoneBook): ProviderAnswer {
	const { input, phone, userId } = recipientOf(body, book);
	const content = metaContent(body);
	const reference = textOf(body['biz_opaque_callback_data']) ?? null;
	if (reference !== null && reference.length > 512)
		throw new MetaContentError(100, 'biz_opaque_callback_data must be at most 512 characters long.');
	const message: PhoneMessage = {
		id: newWhatsAppMessageId(),
		provider: 'meta',
		channel: 'whatsapp',
		direction: 'toPhone',
		phone,
		company: metaAccount.phone,
		text: content.text,
		at: Date.now(),
		state: 'accepted',
		problem: null,
		reference,
		statusUrl: null,
		freeText: !content.isTemplate,
	};
	return {
		...plainAnswer(200, {
			messaging_product: 'whatsapp',
			contacts: [userId === undefined ? { input, wa_id: phone.slice(1) } : { input, user_id: userId }],
			messages: [{ id: message.id, ...(content.isTemplate ? { message_status: 'accepted' } : {}) }],
		}),
		recipients: [userId ?? phone.slice(1)],
		reference,
		messages: [message],
	};
}

function recipientOf(body: JsonObject, book: PhoneBook): { input: string; phone: string; userId?: string } {
	const to = textOf(body['to']);
	if (to !== undefined) {
		const digits = to.replace(/[\s()+-]/g, '');
		if (!/^[1-9]\d{6,14}$/.test(digits))
			throw new MetaContentError(131009, 'Parameter value is not valid: to is not a phone number.');
		if (digits === metaAccount.phone.slice(1)) throw new MetaContentError(131021, 'Recipient cannot be the sender.');
		return { input: to, phone: `+${digits}` };
	}
	const recipient = textOf(body['recipient']);
	if (recipient === undefined) throw new MetaContentError(100, 'The parameter to is required.');
	const phone = book.findByUserId(recipient);
	if (phone === undefined)
		throw new MetaContentError(131009, 'Parameter value is not valid: recipient is not a known user id.');
	return { input: recipient, phone: phone.phone, userId: recipient };
}
