import { websmsAccount } from '../accounts';
import { messageBody, statusesBody } from './metaWebhooks';
import type { StatusReport, TypedContent } from './metaWebhooks';
import type { Phone, PhoneMessage } from './phoneBook';
import { newTransferId } from './phoneBook';

/** Webhook bodies as websms writes them. */

export type DeliveryReportStatus = 'delivered' | 'undelivered' | 'expired';

const channelNumber = { phone: websmsAccount.whatsAppPhone, phoneNumberId: websmsAccount.channelUuid };

export function smsBody(phone: Phone, notificationId: string, text: string): object {
	return {
		messageType: 'text',
		notificationId,
		messageFlashSms: false,
		senderAddress: phone.phone.slice(1),
		senderAddressType: 'international',
		recipientAddress: websmsAccount.smsPhone.slice(1),
		recipientAddressType: 'international',
		textMessageContent: text,
	};
}

/** @param at UTC ms */
export function deliveryReportBody(message: PhoneMessage, status: DeliveryReportStatus, at: number): object {
	return {
		messageType: 'deliveryReport',
		notificationId: newTransferId(),
		transferId: message.id,
		// In a report the "sender" is the handset.
		senderAddress: message.phone.slice(1),
		deliveryReportMessageStatus: status,
		sentOn: new Date(message.at).toISOString(),
		...(status === 'delivered' ? { deliveredOn: new Date(at).toISOString(), deliveredAs: 'sms' } : {}),
		...(message.reference === null ? {} : { clientMessageId: message.reference }),
	};
}

export function channelMessageBody(phone: Phone, message: { id: string; at: number }, content: TypedContent): object {
	return channelEnvelope(phone.phone, messageBody(phone, message, content, channelNumber));
}

export function channelStatusesBody(reports: readonly StatusReport[]): object {
	return channelEnvelope(reports[0]?.message.phone ?? '', statusesBody(reports, channelNumber));
}

function channelEnvelope(phone: string, whatsappNotification: object): object {
	return {
		customerChannelUuid: websmsAccount.customerChannelUuid,
		sender: phone.slice(1),
		recipient: websmsAccount.channelUuid,
		type: 'whatsapp',
		whatsappNotification,
	};
}
