import type { ClientRequest, IncomingMessage } from 'node:http';

import { Connections, type ConnectionSettings, OpenConnection, textOf } from './connections';
import { type HttpClient, HttpFailure, type HttpRequest, type HttpResponse } from './http';

const LARGEST_ANSWER_BYTES = 5 * 1024 * 1024;

/**
 * HTTP for the providers by Node's own client and kept-alive connections: twice as many requests a second as
 * n8n's helper gives (docs/architecture.md).
 */
export function createHttpClient(settings: ConnectionSettings = {}): HttpClient {
	const connections = new Connections(settings);
	const client = async (request: HttpRequest): Promise<HttpResponse> => {
		const url = urlOf(request.url);
		const end = performance.now() + request.timeoutMs;
		const held = request.connection instanceof OpenConnection ? [request.connection] : null;
		const [connection] = held ?? (await connections.take(url, 1, request.timeoutMs));
		if (!connection) throw new HttpFailure('no connection', false);
		return await exchangeOnce(connection.begin(), url, { ...request, timeoutMs: end - performance.now() });
	};
	return Object.assign(client, {
		connect: async (url: string, wanted: number) => await connections.take(urlOf(url), wanted),
	});
}

/** One for the process: its connections are what is worth keeping. */
export const nodeHttpClient: HttpClient = createHttpClient();

function urlOf(text: string): URL {
	if (!URL.canParse(text)) throw new HttpFailure('The address is no URL.', false);
	return new URL(text);
}

/** Written at once, on a connection that is open: from here on it may have arrived. */
function exchangeOnce(outgoing: ClientRequest, url: URL, request: HttpRequest): Promise<HttpResponse> {
	return new Promise((resolve, reject) => {
		const body = request.body === undefined ? undefined : Buffer.from(request.body);
		const deadline = setTimeout(
			() => outgoing.destroy(new Error('no answer within the time allowed')),
			Math.max(0, request.timeoutMs),
		);
		const fail = (error: Error): void => {
			clearTimeout(deadline);
			reject(new HttpFailure(textOf(error), true));
		};
		outgoing.on('error', fail);
		outgoing.on('response', (incoming) => {
			readAnswer(incoming).then((answer) => {
				clearTimeout(deadline);
				resolve(answer);
			}, fail);
		});
		outgoing.method = request.method;
		// To a proxy goes the whole address.
		outgoing.path = outgoing.path.startsWith('/') ? `${url.pathname}${url.search}` : url.href;
		for (const [name, value] of Object.entries(request.headers)) outgoing.setHeader(name, value);
		if (body !== undefined) outgoing.setHeader('content-length', String(body.length));
		outgoing.end(body);
	});
}

async function readAnswer(incoming: IncomingMessage): Promise<HttpResponse> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of incoming as AsyncIterable<Buffer>) {
		length += chunk.length;
		if (length > LARGEST_ANSWER_BYTES) {
			incoming.destroy();
			throw new Error('the answer is larger than 5 MB');
		}
		chunks.push(chunk);
	}
	const headers: HttpResponse['headers'] = {};
	for (const [name, value] of Object.entries(incoming.headers))
		headers[name] = Array.isArray(value) ? value.join(', ') : value;
	return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') };
}
