import type { z } from 'zod/v4';
import { errorOfBareAnswer, retryAfterMs, type Answer } from '../exchange';
import type { ProviderError } from '../provider';
import { errorOf, failedMidway, isListed, type Meaning, refused } from '../whatsapp/errors';
import { sendErrorSchema } from './wire';

const throttled: Meaning = {
	class: 'retryLater',
	sentence: 'Meta takes no more messages from this sender for the moment.',
};
const noAccess: Meaning = {
	class: 'stopSender',
	sentence: 'Meta refused access. Check the credential’s access token and permissions.',
};

/**
 * The answer to a request that did not succeed. Meta's code decides; the HTTP status only where the code is not known,
 * or says no more than that something went wrong while Meta worked on the message.
 */
export function errorOfAnswer(answer: Answer): ProviderError {
	const parsed = sendErrorSchema.safeParse(answer.json);
	if (!parsed.success || !isMetas(parsed.data.error)) return errorOfBareAnswer(answer, 'Meta');
	const wait = retryAfterMs(answer.headers);
	return {
		...errorOf(parsed.data.error, meaningOfStatus(answer.status), answer.status >= 500),
		...(wait === undefined ? {} : { retryAfterMs: wait }),
	};
}

/** What a gateway between us and Meta answers in JSON of the same form says nothing of the account. */
function isMetas(error: z.output<typeof sendErrorSchema>['error']): boolean {
	// Numbers below 100 are anybody's: gRPC gateways count their own from 1.
	return Boolean(error.fbtrace_id) || error.type === 'OAuthException' || (error.code >= 100 && isListed(error));
}

function meaningOfStatus(status: number): Meaning {
	if (status >= 500) return failedMidway;
	if (status === 429) return throttled;
	return status === 401 || status === 403 ? noAccess : refused;
}
