import { createHmac } from 'node:crypto';
import { metaAccount } from '../accounts';
import type { Phone, PhoneMessage } from './phoneBook';

/** Webhook bodies as Meta writes them, also inside websms' new WhatsApp channel. */

export interface TypedContent {
	/** text, button, reaction, image, sticker, …: the `type` of the message. */
	type: string;
	text: string;
	/** Of a button: what the template gave it. */
	payload?: string | undefined;
	/** The company's message that is answered or reacted to. */
	repliesTo?: string | undefined;
}

export interface StatusReport {
	message: PhoneMessage;
	status: 'sent' | 'delivered' | 'read' | 'failed';
	/** UTC ms. */
	at: number;
	error?: { code: number; title: string; details: string } | undefined;
}

interface CompanyNumber {
	phone: string;
	phoneNumberId: string;
}

const metaNumber: CompanyNumber = { phone: metaAccount.phone, phoneNumberId: metaAccount.phoneNumberId };

/** Header `X-Hub-Signature-256` over the exact bytes of the body. */
export function signatureOf(body: string, appSecret: string = metaAccount.appSecret): string {
	return `sha256=${createHmac('sha256', appSecret).update(body, 'utf8').digest('hex')}`;
}

export function messageBody(
	phone: Phone,
	message: { id: string; at: number },
	content: TypedContent,
	number = metaNumber,
): object {
	const digits = phone.phone.slice(1);
	return envelope(number, {
		contacts: [
			{ profile: { name: phone.name }, ...(phone.hidesNumber ? {} : { wa_id: digits }), user_id: phone.userId },
		],
		messages: [
			{
				...(phone.hidesNumber ? {} : { from: digits }),
				from_user_id: phone.userId,
				id: message.id,
				timestamp: unixSeconds(message.at),
				type: content.type,
				...typedFields(content),
			},
		],
	});
}

export function statusesBody(reports: readonly StatusReport[], number = metaNumber): object {
	return envelope(number, { statuses: reports.map(statusOf) });
}

function statusOf({ message, status, at, error }: StatusReport): object {
	return {
		id: message.id,
		status,
		timestamp: unixSeconds(at),
		recipient_id: message.phone.slice(1),
		...(message.reference === null ? {} : { biz_opaque_callback_data: message.reference }),
		...(status === 'failed'
			? {}
			: {
					pricing: {
						billable: true,
						pricing_model: 'PMP',
						type: 'regular',
						category: message.freeText ? 'service' : 'marketing',
					},
				}),
		...(error === undefined
			? {}
			: {
					errors: [
						{
							code: error.code,
							title: error.title,
							message: error.title,
							error_data: { details: error.details },
							href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
						},
					],
				}),
	};
}

function typedFields({ type, text, payload, repliesTo }: TypedContent): object {
	const context = repliesTo === undefined ? {} : { context: { from: metaAccount.phone.slice(1), id: repliesTo } };
	switch (type) {
		case 'text':
			return { ...context, text: { body: text } };
		case 'button':
			return { ...context, button: { payload: payload ?? text, text } };
		case 'interactive':
			return { ...context, interactive: { type: 'button_reply', button_reply: { id: payload ?? text, title: text } } };
		case 'reaction':
			return { reaction: { message_id: repliesTo ?? 'wamid.unknown', emoji: text } };
		case 'image':
		case 'video':
		case 'document':
		case 'sticker':
		case 'audio':
			return {
				...context,
				[type]: {
					...(text === '' ? {} : { caption: text }),
					mime_type: 'application/octet-stream',
					sha256: '0',
					id: '4490709327384033',
				},
			};
		case 'unsupported':
			return {
				errors: [
					{
						code: 131051,
						title: 'Message type unknown',
						message: 'Message type unknown',
						error_data: { details: 'Message type is currently not supported.' },
					},
				],
			};
		case 'system':
			return {
				system: { body: text, type: 'user_changed_number', ...(payload === undefined ? {} : { wa_id: payload }) },
			};
		default:
			return { [type]: { body: text } };
	}
}

function envelope(number: CompanyNumber, value: object): object {
	return {
		object: 'whatsapp_business_account',
		entry: [
			{
				id: metaAccount.businessAccountId,
				changes: [
					{
						field: 'messages',
						value: {
							messaging_product: 'whatsapp',
							metadata: { display_phone_number: number.phone.slice(1), phone_number_id: number.phoneNumberId },
							...value,
						},
					},
				],
			},
		],
	};
}

function unixSeconds(at: number): string {
	return String(Math.floor(at / 1_000));
}
