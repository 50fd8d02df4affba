import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { HttpFailure, type HttpClient, type HttpRequest, type HttpResponse } from '../../../providers/http';

const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

const exchange = ({ method, url, headers, body, timeoutMs }: HttpRequest): Promise<HttpResponse> =>
	new Promise((resolve, reject) => {
		const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(
			url,
			{ method, headers, timeout: timeoutMs },
			(response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('end', () =>
					resolve({
						status: response.statusCode ?? 0,
						headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
						body: Buffer.concat(chunks).toString('utf8'),
					}),
				);
			},
		);
		request.on('timeout', () => request.destroy(new HttpFailure(`no answer within ${timeoutMs} ms`, true)));
		request.on('error', (error: NodeJS.ErrnoException) =>
			reject(
				error instanceof HttpFailure ? error : new HttpFailure(error.message, !neverConnected.has(error.code ?? '')),
			),
		);
		request.end(body);
	});

/** A client that answers as told, and whose connections are always to be had. */
export function httpAnswering(answer: (request: HttpRequest) => Promise<HttpResponse>): HttpClient {
	const open = (wanted: number) => Array.from({ length: wanted }, () => ({ release: () => undefined }));
	return Object.assign((request: HttpRequest) => answer(request), {
		connect: (_url: string, wanted: number) => Promise.resolve(open(wanted)),
	});
}

/** HTTP by Node's own client, which nock intercepts. */
export const testHttpClient = httpAnswering(exchange);
