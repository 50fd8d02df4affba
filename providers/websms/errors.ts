import { errorOfBareAnswer, retryAfterMs, type Answer } from '../exchange';
import { withDetail } from '../errorText';
import type { ErrorClass } from '../../domain/providerFault';
import type { ProviderError } from '../provider';
import { answerSchema } from './wire';

interface Meaning {
	class: ErrorClass;
	sentence: string;
}

type Row = [codes: number[], class_: ErrorClass, sentence: string];

/** websms' status codes, which come with HTTP 200 too. */
const rows: Row[] = [
	[
		[4001, 4020, 4021, 4022],
		'stopSender',
		'websms does not accept the credential, or the account is not active. Check the access token.',
	],
	[[4002], 'failed', 'websms finds a phone number malformed, and sent nothing of the request.'],
	[[4003], 'stopSender', 'websms does not accept the sender address. Have it activated, or change it in the sender.'],
	[[4004, 4008, 4015, 4019, 4040, 4041], 'failed', 'websms finds a setting of the request missing or invalid.'],
	[[4009], 'failed', 'websms does not accept the text.'],
	[[4013], 'stopSender', 'The account’s message limit is reached. Have it raised by websms before sending on.'],
	[[4014], 'stopSender', 'The account does not allow requests from this IP address. Add it at websms.'],
	[
		[4016],
		'stopSender',
		'websms does not accept the URL for delivery reports. It must be reachable from the internet.',
	],
	[[4012, 4023, 4024, 4025], 'retryLater', 'websms takes no more requests for the moment.'],
	[[4026, 4027], 'failed', 'The text needs more SMS segments than allowed. Shorten it.'],
	[[4029], 'failed', 'The account may not send to this recipient.'],
	// Two sources disagree on which of the two it is; both mean that all recipients are on the blacklist.
	[[4030, 4031], 'optedOut', 'The recipient is on websms’ blacklist.'],
	[[4018, 4035], 'stopSender', 'This way of sending is disabled for the account. Have it enabled by websms.'],
	[[4042], 'failed', 'websms blocked the recipient because of its quality rating.'],
	[[4043], 'pauseCampaign', 'websms’ spam check blocked the text. Change it before sending on.'],
	[[4000, 4005, 4006, 4007, 4010, 4011, 4017], 'failed', 'websms does not accept the request.'],
	[[5000], 'unknown', 'websms failed while it worked on the request, which may have been sent.'],
	[[5003], 'retryLater', 'websms is out of service for the moment.'],
];

const meanings = new Map<number, Meaning>(
	rows.flatMap(([codes, errorClass, sentence]) =>
		codes.map((code): [number, Meaning] => [code, { class: errorClass, sentence }]),
	),
);

const refused: Meaning = { class: 'failed', sentence: 'websms refused the request.' };
const failedMidway: Meaning = {
	class: 'unknown',
	sentence: 'websms answered in a way not known, so that the request may have been sent.',
};

/** The answer to a request that was not accepted: its statusCode decides, the HTTP status only where there is none. */
export function errorOfAnswer(answer: Answer): ProviderError {
	const parsed = answerSchema.safeParse(answer.json);
	if (!parsed.success) return errorOfBareAnswer(answer, 'websms');
	const { statusCode, statusMessage } = parsed.data;
	const isRefusal = statusCode >= 4000 && statusCode < 5000;
	const { sentence, class: errorClass } = meanings.get(statusCode) ?? (isRefusal ? refused : failedMidway);
	const wait = retryAfterMs(answer.headers);
	return {
		class: errorClass,
		code: String(statusCode),
		message: withDetail(sentence, `websms code ${statusCode}`, statusMessage ?? undefined),
		...(wait === undefined ? {} : { retryAfterMs: wait }),
	};
}

const endings = new Map<string, string>([
	['expired', 'The network gave up: the phone could not be reached in time.'],
	['deleted', 'The network deleted the message before it was delivered.'],
	['rejected', 'The network rejected the message.'],
]);

/** The reason in a delivery report; null for a status that is no failure. */
export function errorOfReport(status: string): ProviderError | null {
	const sentence = endings.get(status);
	return sentence === undefined ? null : { class: 'failed', code: status, message: sentence };
}
