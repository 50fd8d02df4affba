import type { ProviderError, Recipient, SendResult } from './provider';

export function acceptAll(recipients: readonly Recipient[], providerMessageId: string): SendResult[] {
	return recipients.map(({ reference }) => ({ reference, accepted: true, providerMessageId }));
}

export function refuse(recipient: Recipient, error: ProviderError): SendResult {
	return { reference: recipient.reference, accepted: false, error };
}

export function refuseAll(recipients: readonly Recipient[], error: ProviderError): SendResult[] {
	return recipients.map((recipient) => refuse(recipient, error));
}
