import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { IWebhookFunctions } from 'n8n-workflow';

import { plainAddress } from '../../domain/networkAddress';
import type { RawRequest, WebhookAnswer } from '../../providers/provider';

/** What n8n hands to a webhook: a request of Express, with the bytes of its body. */
export interface WebhookRequest {
	method: string;
	headers: IncomingHttpHeaders;
	/** Path and query as they came, whatever routing made of `url`. */
	originalUrl: string;
	/** The visitor's, as n8n's setting for proxies says and as the proxy wrote it. */
	ip?: string;
	/** Not there for multipart forms. */
	rawBody?: Buffer;
}

/** n8n's types speak of Express, whose types this package does without. */
export function requestOf(node: IWebhookFunctions): WebhookRequest {
	const request: unknown = node.getRequestObject();
	return request as WebhookRequest;
}

export function responseOf(node: IWebhookFunctions): ServerResponse {
	const response: unknown = node.getResponseObject();
	return response as ServerResponse;
}

/** The visitor's address alone; `unknown` where the proxy names none that can be read. */
export const visitorAddress = ({ ip }: WebhookRequest): string => plainAddress(ip ?? '') ?? 'unknown';

/** The request as it came in: the signature is over these very bytes. */
export function rawRequestOf(node: IWebhookFunctions): RawRequest {
	const request = requestOf(node);
	const headers: RawRequest['headers'] = {};
	for (const [name, value] of Object.entries(request.headers))
		headers[name] = Array.isArray(value) ? value.join(', ') : value;
	return {
		method: request.method,
		url: request.originalUrl,
		headers,
		body: Buffer.isBuffer(request.rawBody) ? request.rawBody : Buffer.alloc(0),
	};
}

export function answerWith(node: IWebhookFunctions, answer: WebhookAnswer): void {
	const response = responseOf(node);
	response.statusCode = answer.status;
	response.setHeader('Content-Type', answer.contentType);
	response.end(answer.body);
}
