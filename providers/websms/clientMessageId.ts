import type { Recipient } from '../provider';

const batchMark = 'batch:';

/**
 * websms takes one clientMessageId for a whole request and repeats it in the report of each of its recipients.
 * To one person it is the message's reference. For several it is the first one's, marked, so that no report is
 * taken for that of the first: reports of a batch are matched by transferId and handset.
 */
export function clientMessageIdOf(recipients: readonly [Recipient, ...Recipient[]]): string {
	const { reference } = recipients[0];
	return recipients.length === 1 ? reference : `${batchMark}${reference}`;
}

/** What a clientMessageId that came back says. */
export function referencesOf(clientMessageId: string | null | undefined): {
	reference: string | null;
	batchReference: string | null;
} {
	if (!clientMessageId) return { reference: null, batchReference: null };
	return clientMessageId.startsWith(batchMark)
		? { reference: null, batchReference: clientMessageId.slice(batchMark.length) }
		: { reference: clientMessageId, batchReference: null };
}
