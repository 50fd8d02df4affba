import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { HttpFailure, type HttpClient } from '../../../providers/http';

const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** HTTP by Node's own client, which nock intercepts. */
export const testHttpClient: HttpClient = ({ method, url, headers, body, timeoutMs }) =>
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
