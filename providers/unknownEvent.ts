import type { z } from 'zod/v4';
import { fingerprint } from './fingerprint';
import type { IncomingUnknown } from './provider';

const longestDescription = 200;

/**
 * An event for what is malformed or of no use. Its id is made of `content`, so that it is the same when delivered again.
 * The description goes to logs: it says where the content is malformed, never with which value.
 */
export function unknownEvent(what: string, content: unknown, error?: z.ZodError): IncomingUnknown {
	const issue = error?.issues[0];
	const where = issue === undefined ? '' : ` at ${issue.path.join('.') || 'its top'} (${issue.code})`;
	return {
		kind: 'unknown',
		providerEventId: `unknown:${fingerprint(content)}`,
		description: `${what}${where}`.slice(0, longestDescription),
	};
}
