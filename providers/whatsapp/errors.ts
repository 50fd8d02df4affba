import { withDetail } from '../errorText';
import type { ErrorClass } from '../../domain/providerFault';
import type { ProviderError } from '../provider';
import type { WhatsAppError } from './wire';

/** What an error code means: what to do, and a sentence for people. */
export interface Meaning {
	class: ErrorClass;
	sentence: string;
	retryAfterMs?: number;
}

type Row = [codes: number[], class_: ErrorClass, sentence: string, retryAfterMs?: number];

/** A value that is missing or not as asked for. */
const parameterFaults = [100, 131008, 131009, 132008, 132012, 132018];
/** Something went wrong at Meta: with HTTP 5xx nothing says that the message was not sent. */
const temporaryFaults = [1, 2, 131000, 131016, 133004, 135000];

/** Meta's error codes, as listed at developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes. Some come with the answer to a request, some only with a failed status. */
const rows: Row[] = [
	[
		[0, 104, 190],
		'stopSender',
		'Meta does not accept the access token: it is wrong, has expired or was withdrawn. Put a new one into the credential.',
	],
	[[3, 10, 131005], 'stopSender', 'The access token lacks the permission whatsapp_business_messaging for this number.'],
	[[33], 'stopSender', 'Meta does not know this phone number ID, or the token may not use it. Check the sender.'],
	[temporaryFaults, 'retry', 'Meta had a temporary fault and did not send the message.'],
	[[4, 17, 32, 341, 613, 80007, 130429], 'retryLater', 'Meta takes no more messages from this sender for the moment.'],
	// One message in six seconds is what Meta lets one person receive ; others are not concerned.
	[[131056], 'retry', 'Too many messages to this person within a short time.', 6_000],
	[[131057], 'retryLater', 'The WhatsApp account is being maintained or upgraded by Meta.', 60_000],
	[
		[131048],
		'stopSender',
		'Meta restricted the sender because people block or report its messages. Look at the number’s quality rating before sending on.',
	],
	[
		[131064],
		'pauseCampaign',
		'The messaging limit is reached, or templates violate Meta’s rules. Look into WhatsApp Manager before sending on.',
	],
	// Most of what a request holds is the same for the whole campaign.
	[[100, 131008, 131009], 'pauseCampaign', 'Meta found a parameter missing or invalid.'],
	[[131021], 'failed', 'The recipient is the sender’s own number.'],
	[
		[131026],
		'failed',
		'The message cannot be delivered: the person does not use WhatsApp, or not a version that can receive it.',
	],
	[
		[131030],
		'failed',
		'The number is not on the list of allowed test recipients. Add it at Meta, or use a number that is not a test number.',
	],
	[[131047], 'failed', 'The person’s last message is more than 24 hours old: only a template can be sent.'],
	[
		[131049],
		'failed',
		'Meta held the marketing message back because the person got many already. Do not try again within 24 hours.',
	],
	[[131050], 'optedOut', 'The person told WhatsApp to receive no marketing messages from you.'],
	[[130472], 'failed', 'The person is part of an experiment by Meta and receives no marketing messages.'],
	[[130497], 'failed', 'Meta does not let this account write to people of that country.'],
	[[131051], 'failed', 'WhatsApp does not support this type of message.'],
	[[131052, 131053], 'failed', 'The media file could not be transferred.'],
	[[131062], 'failed', 'This message needs the person’s phone number; a WhatsApp user id is not enough.'],
	[[131063], 'pauseCampaign', 'Marketing templates are disabled for this account.'],
	[[368, 131031], 'stopSender', 'Meta blocked the account. See its state in WhatsApp Manager.'],
	[[131037], 'stopSender', 'The number’s display name is not approved yet. See WhatsApp Manager.'],
	[[131042, 131044], 'stopSender', 'Meta cannot charge the account. Check its payment method.'],
	[
		[131045, 133010, 133016],
		'stopSender',
		'The number is not registered with the Cloud API. Register it in WhatsApp Manager.',
	],
	// These three would meet every message of the campaign, as the template is the same for all.
	[[132000], 'pauseCampaign', 'The number of values is not the number of the template’s parameters.'],
	[[132001], 'pauseCampaign', 'There is no approved template of this name in this language.'],
	[[132007], 'pauseCampaign', 'The template’s text violates WhatsApp’s policy.'],
	[[132005], 'failed', 'With its values filled in, the template’s text is too long.'],
	[
		[132008, 132012, 132018],
		'pauseCampaign',
		'A value does not have the format that the template’s parameter asks for.',
	],
	[[132015], 'pauseCampaign', 'Meta paused the template because of its quality.'],
	[[132016], 'pauseCampaign', 'Meta disabled the template because of its quality.'],
	[[137000], 'failed', 'The person’s identity has changed and must be confirmed first.'],
];

const meanings = new Map<number, Meaning>(
	rows.flatMap(([codes, errorClass, sentence, wait]) =>
		codes.map((code): [number, Meaning] => [
			code,
			{ class: errorClass, sentence, ...(wait === undefined ? {} : { retryAfterMs: wait }) },
		]),
	),
);

export const refused: Meaning = { class: 'failed', sentence: 'Meta refused the message.' };
export const failedMidway: Meaning = {
	class: 'unknown',
	sentence: 'Meta failed while it worked on the message, which may have been sent.',
};

/** The errors of a failed status, of which the first counts. */
export function errorOfStatus(errors: readonly WhatsAppError[]): ProviderError {
	const first = errors[0];
	if (first !== undefined) return errorOf(first, refused);
	return { class: 'failed', code: 'none', message: 'The message failed. Meta gave no reason.' };
}

/** @param mayHaveBeenSent the answer says that something went wrong while Meta worked on the message (HTTP 5xx) */
export function errorOf(error: WhatsAppError, ifNotListed: Meaning, mayHaveBeenSent = false): ProviderError {
	const listed = meaningOf(error);
	const isVague = mayHaveBeenSent && temporaryFaults.includes(error.code);
	const { sentence, ...meaning } = isVague ? failedMidway : (listed ?? ifNotListed);
	const detail = error.error_data?.details ?? error.message ?? error.title ?? undefined;
	const failsWhenRepeated = meaning.class === 'pauseCampaign' && parameterFaults.includes(error.code);
	return {
		...meaning,
		...(failsWhenRepeated ? { failsWhenRepeated } : {}),
		code: String(error.code),
		message: withDetail(sentence, `Meta error ${error.code}`, detail),
	};
}

/** Whether the code is one of WhatsApp's own. */
export const isListed = (error: WhatsAppError): boolean => meaningOf(error) !== undefined;

function meaningOf({ code, error_subcode: subcode }: WhatsAppError): Meaning | undefined {
	// A wrong phone number ID comes as "invalid parameter" (100) with this subcode, and would meet every message.
	if (code === 100 && subcode === 33) return meanings.get(33);
	if (code >= 200 && code <= 299) return meanings.get(10);
	return meanings.get(code);
}
