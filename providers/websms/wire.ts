import { z } from 'zod/v4';
import { wholeNumber } from '../wholeNumber';

/** JSON of websms (developer.websms.com). Every schema lets fields through that it does not know. */

const text = z.string().min(1);

/** What a message of a person is told with is read however it is written: a missing quotation mark must lose no STOP. */
const scalar = z.union([z.string(), z.number().transform(String)]);
const address = scalar.pipe(text);
const messageType = <const Names extends readonly string[]>(...names: Names) =>
	scalar.transform((name) => name.toLowerCase()).pipe(z.enum(names));

/** The answer to a request to send; with an error the transferId may be missing. */
export const answerSchema = z.object({
	statusCode: wholeNumber,
	statusMessage: z.string().nullish().catch(undefined),
	transferId: text.nullish().catch(undefined),
});

/** International, as in the samples, unless the type says otherwise. */
const addressType = scalar.transform((type) => type.toLowerCase()).nullish();

export const inboundTextSchema = z.object({
	messageType: messageType('text', 'whatsapp'),
	/** Empty: not told. */
	notificationId: scalar.catch(''),
	senderAddress: address,
	senderAddressType: addressType,
	recipientAddress: address.nullish().catch(undefined),
	recipientAddressType: addressType,
	textMessageContent: scalar.nullable(),
});

/** An SMS has at most 255 parts. Not `z.array`, which would first read a million of them. */
function isListOfSegments(value: unknown): value is string[] {
	return (
		Array.isArray(value) &&
		value.length > 0 &&
		value.length <= 255 &&
		value.every((segment) => typeof segment === 'string')
	);
}

export const inboundBinarySchema = inboundTextSchema.omit({ textMessageContent: true }).extend({
	messageType: messageType('binary'),
	/** Whether each segment begins with a user data header. */
	userDataHeaderPresent: z.boolean().nullish(),
	/** The segments, base64, with `-` and `_` as it is written in URLs. */
	binaryMessageContent: z.custom<string[]>(isListOfSegments),
});

export const deliveryReportSchema = z.object({
	messageType: messageType('deliveryreport'),
	transferId: address,
	/** The handset. */
	senderAddress: address,
	deliveryReportMessageStatus: text,
	sentOn: z.unknown(),
	deliveredOn: z.unknown(),
	deliveredAs: z.string().nullish(),
	clientMessageId: z.string().nullish(),
});

/** The newer WhatsApp channel: Meta's notification in an envelope. */
export const channelSchema = z.object({
	customerChannelUuid: text,
	whatsappNotification: z.unknown(),
});

export const messageTypeSchema = z.object({ messageType: scalar.transform((name) => name.toLowerCase()) });

const isoWithOffset = z.iso.datetime({ offset: true });

/** An ISO time that names its offset, in UTC ms; null for anything else, as a local time without one says nothing. */
export function isoToMs(time: unknown): number | null {
	const parsed = isoWithOffset.safeParse(time);
	return parsed.success ? Date.parse(parsed.data) : null;
}
