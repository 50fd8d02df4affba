import { createHmac } from 'node:crypto';
import type { ProviderError, RawRequest, Recipient, SendRequest, SendResult } from '../../../providers/provider';

export function person(reference: string, phone: string | null, whatsAppUserId: string | null = null): Recipient {
	return { reference, phone, whatsAppUserId };
}

export function sendRequest(changes: Partial<SendRequest> = {}): SendRequest {
	return {
		channel: 'whatsapp',
		sender: { phone: '+15550783881', providerSenderId: '106540352242922', smsSenderAddress: null },
		purpose: 'service',
		content: { type: 'text', body: 'Hello' },
		recipients: [person('job-7:part-1', '+4367612345678')],
		...changes,
	};
}

export function post(
	body: string | Buffer | object,
	headers: RawRequest['headers'] = {},
	url = '/webhook',
): RawRequest {
	const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
	return { method: 'POST', url, headers, body: bytes };
}

export function get(url: string): RawRequest {
	return { method: 'GET', url, headers: {}, body: Buffer.alloc(0) };
}

export function signatureOf(body: string | Buffer, secret: string): string {
	return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** The error of a result that must be a refusal. */
export function errorIn(result: SendResult | undefined): ProviderError {
	if (result === undefined || result.accepted) throw new Error('The result is no refusal.');
	return result.error;
}
