import { metaAccount, websmsAccount } from '../accounts';
import type { Channel } from '../../domain/channel';
import type { Callbacks } from './callbacks';
import { messageBody, signatureOf } from './metaWebhooks';
import { newTransferId, newWhatsAppMessageId } from './phoneBook';
import type { Phone, PhoneBook, PhoneMessage } from './phoneBook';
import type { Webhook, WebhookAnswer, WebhookDelivery, WebhookSender } from './webhookSender';
import { channelMessageBody, smsBody } from './websmsWebhooks';

/** What a person does on the phone. */
export interface Typed {
	/** E.164; the phone is made if there is none. */
	phone: string;
	channel: Channel;
	/** The text, the caption, the label of the button or the emoji. */
	text: string;
	/** The company's WhatsApp number written to; Meta's by default. */
	company?: string | undefined;
	/** WhatsApp's message type, `text` by default: button, interactive, reaction, image, sticker, system, unsupported, … */
	type?: string | undefined;
	/** Of a button. */
	payload?: string | undefined;
	/** Id of the company's message answered or reacted to. */
	repliesTo?: string | undefined;
	/** UTC ms that the webhook carries; now by default. For words that come late. */
	sentAt?: number | undefined;
	/** Id of the message; a new one by default. The same id again is what a provider does when it repeats itself. */
	id?: string | undefined;
}

export interface TypedMessage extends WebhookDelivery {
	message: PhoneMessage;
}

const notConfigured: WebhookAnswer = { status: 0, body: 'no webhook is configured', answeredAt: 0 };

/** Brings what people type to the company's webhook. */
export class Inbound {
	/** Ends when the last message of this phone had its first answer: what one person types arrives in its order. */
	private readonly lastOf = new Map<string, Promise<unknown>>();

	constructor(
		private readonly book: PhoneBook,
		private readonly sender: WebhookSender,
		private readonly callbacks: Callbacks,
		private readonly isHolding: () => boolean,
	) {}

	type(typed: Typed): TypedMessage {
		const phone = this.book.getOrAdd(typed.phone, true);
		const message = this.write(phone, typed);
		const webhook = this.webhookOf(phone, message, typed);
		if (webhook === null) {
			this.book.setState(message, 'undeliverable', 'No webhook is configured for this number, so nobody hears of it.');
			return { message, first: Promise.resolve(notConfigured), final: Promise.resolve(notConfigured) };
		}
		const delivery = this.inOrder(phone, () => this.sender.send(webhook));
		void delivery.first.then(({ status }) => {
			if (status === 200) this.book.setState(message, 'received');
		});
		void delivery.final.then((answer) => {
			if (answer.status === 200) this.book.setState(message, 'received');
			else
				this.book.setState(
					message,
					'undeliverable',
					`The webhook answered ${answer.status === 0 ? answer.body : `HTTP ${answer.status}`}.`,
				);
		});
		return { message, ...delivery };
	}

	private write(phone: Phone, typed: Typed): PhoneMessage {
		const isWebsms = typed.channel === 'sms' || typed.company === websmsAccount.whatsAppPhone;
		const company =
			typed.channel === 'sms' ? websmsAccount.smsPhone : isWebsms ? websmsAccount.whatsAppPhone : metaAccount.phone;
		const message: PhoneMessage = {
			id: typed.id ?? (typed.channel === 'sms' ? newTransferId() : newWhatsAppMessageId()),
			provider: isWebsms ? 'websms' : 'meta',
			channel: typed.channel,
			direction: 'fromPhone',
			phone: phone.phone,
			company,
			text: typed.text,
			at: typed.sentAt ?? Date.now(),
			state: 'sending',
			problem: null,
			reference: null,
			statusUrl: null,
			freeText: true,
		};
		if (typed.channel === 'whatsapp') phone.wroteAt[company] = Math.max(phone.wroteAt[company] ?? 0, message.at);
		const known = this.book
			.conversation(phone.phone)
			.find((other) => other.id === message.id && other.direction === 'fromPhone');
		if (known !== undefined) return known;
		this.book.append(message);
		return message;
	}

	private webhookOf(phone: Phone, message: PhoneMessage, typed: Typed): Webhook | null {
		const note = `${phone.name} wrote by ${typed.channel === 'sms' ? 'SMS' : 'WhatsApp'}`;
		const content = {
			type: typed.type ?? 'text',
			text: typed.text,
			payload: typed.payload,
			repliesTo: typed.repliesTo,
		};
		const stamped = { id: message.id, at: typed.sentAt ?? message.at };
		if (message.provider === 'meta') {
			if (this.callbacks.meta === null) return null;
			const body = JSON.stringify(messageBody(phone, stamped, content));
			return {
				provider: 'meta',
				url: this.callbacks.meta,
				headers: { 'x-hub-signature-256': signatureOf(body) },
				body,
				note,
			};
		}
		if (this.callbacks.websms === null) return null;
		const body = JSON.stringify(
			typed.channel === 'sms' ? smsBody(phone, message.id, typed.text) : channelMessageBody(phone, stamped, content),
		);
		return { provider: 'websms', url: this.callbacks.websms, headers: {}, body, note };
	}

	private inOrder(phone: Phone, send: () => WebhookDelivery): WebhookDelivery {
		const before = this.lastOf.get(phone.phone);
		if (before === undefined || this.isHolding()) {
			const delivery = send();
			this.remember(phone, delivery.first);
			return delivery;
		}
		const delivery = before.then(send);
		const first = delivery.then((started) => started.first);
		this.remember(phone, first);
		return { first, final: delivery.then((started) => started.final) };
	}

	private remember(phone: Phone, first: Promise<unknown>): void {
		this.lastOf.set(phone.phone, first);
		void first.then(() => {
			if (this.lastOf.get(phone.phone) === first) this.lastOf.delete(phone.phone);
		});
	}
}
