import { randomUUID } from 'node:crypto';

import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import type { z } from 'zod/v4';
import { internationalToE164, toldNumber } from '../address';
import { readNotification } from '../whatsapp/notification';
import type { IncomingEvent, IncomingStatus } from '../provider';
import { unknownEvent } from '../unknownEvent';
import { referencesOf } from './clientMessageId';
import { errorOfReport } from './errors';
import { textOfSegments } from './binaryText';
import {
	channelSchema,
	deliveryReportSchema,
	inboundBinarySchema,
	inboundTextSchema,
	isoToMs,
	messageTypeSchema,
} from './wire';

/** The events in one notification of websms: of its SMS API or of a WhatsApp channel. What is not understood becomes an unknown event. */
export function readWebsmsNotification(notification: unknown, defaultCountry?: CountryCode): Iterable<IncomingEvent> {
	const channel = channelSchema.safeParse(notification);
	if (channel.success) return readChannel(channel.data, notification);

	const messageType = messageTypeSchema.safeParse(notification);
	switch (messageType.data?.messageType) {
		case 'text':
		case 'whatsapp':
			return [readText(notification, defaultCountry)];
		case 'binary':
			return [readBinary(notification, defaultCountry)];
		case 'deliveryreport':
			return [readReport(notification)];
		default:
			return [unknownEvent(`Message type ${messageType.data?.messageType ?? 'missing'}`, notification)];
	}
}

function readText(notification: unknown, defaultCountry?: CountryCode): IncomingEvent {
	const parsed = inboundTextSchema.safeParse(notification);
	if (!parsed.success) return unknownEvent('Malformed message', notification, parsed.error);
	const { textMessageContent, ...message } = parsed.data;
	return messageOf({ ...message, text: textMessageContent ?? null }, notification, defaultCountry);
}

/** An SMS that its phone or network sent as bytes: mostly text all the same, and then it counts as said. */
function readBinary(notification: unknown, defaultCountry?: CountryCode): IncomingEvent {
	const parsed = inboundBinarySchema.safeParse(notification);
	if (!parsed.success) return unknownEvent('Malformed binary message', notification, parsed.error);
	const { binaryMessageContent, userDataHeaderPresent, ...message } = parsed.data;
	const text = textOfSegments(binaryMessageContent, userDataHeaderPresent ?? false);
	if (text === null) return unknownEvent('A binary message that is no text', notification);
	return messageOf({ ...message, text }, notification, defaultCountry);
}

type Inbound = Omit<z.output<typeof inboundTextSchema>, 'textMessageContent' | 'messageType'> & {
	messageType: string;
	text: string | null;
};

function messageOf(message: Inbound, notification: unknown, defaultCountry?: CountryCode): IncomingEvent {
	const phone = toE164(message.senderAddress, message.senderAddressType, defaultCountry);
	if (phone === null) return unknownEvent('A message from no phone number', notification);
	return {
		kind: 'message',
		// One without an id is taken for news: two STOPs with a START between them are no repetition.
		providerEventId: message.notificationId || `without id:${randomUUID()}`,
		channel: message.messageType === 'whatsapp' ? 'whatsapp' : 'sms',
		sender: {
			providerSenderId: null,
			phone: toE164(message.recipientAddress ?? '', message.recipientAddressType, defaultCountry),
		},
		from: { ...toldNumber(phone), whatsAppUserId: null },
		// websms tells no time.
		sentAt: null,
		messageType: 'text',
		text: message.text,
		buttonPayload: null,
		profileName: null,
	};
}

const statuses = new Map<string, IncomingStatus['status']>([
	['accepted', 'sent'],
	// Not delivered yet: the network goes on trying.
	['undelivered', 'sent'],
	['delivered', 'delivered'],
	['expired', 'expired'],
	['deleted', 'failed'],
	['rejected', 'failed'],
]);

function readReport(notification: unknown): IncomingEvent {
	const parsed = deliveryReportSchema.safeParse(notification);
	if (!parsed.success) return unknownEvent('Malformed delivery report', notification, parsed.error);
	const report = parsed.data;

	const name = report.deliveryReportMessageStatus;
	const status = statuses.get(name);
	if (status === undefined) return unknownEvent(`Delivery status ${name}`, notification);
	return {
		kind: 'status',
		providerEventId: `${report.transferId}:${report.senderAddress}:${name}`,
		channel: 'sms',
		// A report names the handset only.
		sender: { providerSenderId: null, phone: null },
		providerMessageId: report.transferId,
		...referencesOf(report.clientMessageId),
		recipientPhone: toldNumber(report.senderAddress).phone,
		status,
		// A failover SMS and a voice call reach the person through the telephone network as well.
		deliveredAs: report.deliveredAs === 'push' ? 'push' : 'sms',
		// sentOn is when the SMS left, which is not when it failed.
		at: status === 'sent' ? isoToMs(report.sentOn) : isoToMs(report.deliveredOn),
		error: errorOfReport(name),
	};
}

function readChannel(
	{ customerChannelUuid, whatsappNotification }: z.output<typeof channelSchema>,
	notification: unknown,
): Iterable<IncomingEvent> {
	const events = readNotification(whatsappNotification);
	if (events === null) return [unknownEvent('A channel notification without entries', notification)];
	return ofChannel(events, customerChannelUuid);
}

function* ofChannel(events: Iterable<IncomingEvent>, customerChannelUuid: string): Generator<IncomingEvent> {
	for (const event of events) {
		if (event.kind === 'unknown') {
			yield event;
			continue;
		}
		const sender = { providerSenderId: customerChannelUuid, phone: event.sender.phone };
		yield event.kind === 'status' ? { ...event, sender, ...ofChannelStatus(event) } : { ...event, sender };
	}
}

/**
 * Statuses of a channel carry Meta's message ids, which websms does not tell when sending: where no
 * reference comes back they match by recipient and time. Should the id be that of a request to many, as in reports of
 * SMS, the recipient keeps their events apart.
 */
function ofChannelStatus({ providerEventId, recipientPhone, reference }: IncomingStatus) {
	return { providerEventId: `${providerEventId}:${recipientPhone ?? ''}`, ...referencesOf(reference) };
}

function toE164(address: string, type: string | null | undefined, defaultCountry?: CountryCode): string | null {
	if (type === 'national') return parsePhoneNumberFromString(address, { defaultCountry })?.number ?? null;
	return type === undefined || type === null || type === 'international' ? internationalToE164(address) : null;
}
