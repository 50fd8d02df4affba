import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

import { type HttpClient, HttpFailure, type HttpRequest, type HttpResponse } from '../../providers/http';

/** Connections a process keeps to one provider: at 50 ms an answer, 256 carry 5,000 requests a second. */
const MOST_CONNECTIONS = 256;

/** Shorter than servers keep an idle connection, so that no request is written into one being closed. */
const IDLE_CONNECTION_MS = 4_000;

const LARGEST_ANSWER_BYTES = 5 * 1024 * 1024;

const agentOptions = {
	keepAlive: true,
	maxSockets: MOST_CONNECTIONS,
	timeout: IDLE_CONNECTION_MS,
	scheduling: 'lifo' as const,
	proxyEnv: process.env,
};

/**
 * HTTP for the providers by Node's own client and kept-alive connections: twice as many requests a second as
 * n8n's helper gives (docs/architecture.md). Honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
 */
export function createHttpClient(): HttpClient {
	const agents = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };
	return async (request) => await exchangeOnce(request, agents);
}

/** One for the process: its connections are what is worth keeping. */
export const nodeHttpClient: HttpClient = createHttpClient();

function exchangeOnce(request: HttpRequest, agents: { http: HttpAgent; https: HttpsAgent }): Promise<HttpResponse> {
	return new Promise((resolve, reject) => {
		let url: URL;
		try {
			url = new URL(request.url);
		} catch {
			reject(new HttpFailure('The address is no URL.', false));
			return;
		}
		const body = request.body === undefined ? undefined : Buffer.from(request.body);
		const options = {
			method: request.method,
			headers: { ...request.headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) },
		};
		const outgoing =
			url.protocol === 'https:'
				? httpsRequest(url, { ...options, agent: agents.https })
				: httpRequest(url, { ...options, agent: agents.http });

		const wasConnected = watchConnection(outgoing, url.protocol === 'https:');
		const deadline = setTimeout(
			() => outgoing.destroy(new Error(`no answer within ${request.timeoutMs} ms`)),
			request.timeoutMs,
		);
		const fail = (error: Error): void => {
			clearTimeout(deadline);
			reject(
				new HttpFailure(error.message || (error as NodeJS.ErrnoException).code || 'connection failed', wasConnected()),
			);
		};
		outgoing.on('error', fail);
		outgoing.on('response', (incoming) => {
			readAnswer(incoming).then((answer) => {
				clearTimeout(deadline);
				resolve(answer);
			}, fail);
		});
		outgoing.end(body);
	});
}

/** Whether a byte of the request can have gone out: only once there is a connection, by TLS a trusted one. */
function watchConnection(outgoing: ClientRequest, secure: boolean): () => boolean {
	let connected = false;
	outgoing.on('socket', (socket) => {
		if (outgoing.reusedSocket || !socket.connecting) connected = true;
		else socket.once(secure ? 'secureConnect' : 'connect', () => (connected = true));
	});
	return () => connected;
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
