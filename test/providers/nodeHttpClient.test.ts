import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';

import { createHttpClient } from '../../providers/nodeHttpClient';
import { HttpFailure } from '../../providers/http';

const servers: Array<{ close(): unknown }> = [];

async function listen(handler: RequestListener): Promise<string> {
	const server: Server = createServer(handler);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	servers.push({ close: () => server.closeAllConnections() ?? server.close() });
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function failureOf(work: Promise<unknown>): Promise<HttpFailure> {
	const error = await work.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof HttpFailure)) throw new Error(`An HttpFailure was expected, not ${String(error)}`);
	return error;
}

afterEach(() => {
	for (const server of servers.splice(0)) server.close();
});

describe('the HTTP client of the nodes', () => {
	it('sends method, headers and body, and gives status, headers and body back', async () => {
		const url = await listen((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				response.writeHead(418, { 'X-Told': 'yes', 'set-cookie': ['a=1', 'b=2'] });
				response.end(
					`${request.method} ${request.url} ${String(request.headers['x-mine'])} ${Buffer.concat(chunks).toString()}`,
				);
			});
		});
		const answer = await createHttpClient()({
			method: 'POST',
			url: `${url}/path?q=1`,
			headers: { 'x-mine': 'here' },
			body: 'grüß',
			timeoutMs: 5_000,
		});
		expect(answer).toMatchObject({
			status: 418,
			headers: { 'x-told': 'yes', 'set-cookie': 'a=1, b=2' },
			body: 'POST /path?q=1 here grüß',
		});
	});

	it('uses a connection again', async () => {
		const ports = new Set<number | undefined>();
		const url = await listen((request, response) => {
			ports.add(request.socket.remotePort);
			response.end('ok');
		});
		const http = createHttpClient();
		for (let count = 0; count < 3; count++) {
			await http({ method: 'GET', url, headers: {}, timeoutMs: 5_000 });
			// The connection goes back to its agent a moment after the answer has ended.
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		expect(ports.size).toBe(1);
	});

	it('knows that a request nobody listened to has not arrived', async () => {
		const closed = createTcpServer();
		await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
		const { port } = closed.address() as AddressInfo;
		await new Promise((resolve) => closed.close(resolve));
		const failure = await failureOf(
			createHttpClient()({ method: 'POST', url: `http://127.0.0.1:${port}`, headers: {}, body: 'x', timeoutMs: 5_000 }),
		);
		expect(failure.mayHaveArrived).toBe(false);
	});

	it('knows that a host that does not exist was not reached', async () => {
		const failure = await failureOf(
			createHttpClient()({ method: 'GET', url: 'http://nowhere.invalid', headers: {}, timeoutMs: 5_000 }),
		);
		expect(failure.mayHaveArrived).toBe(false);
	});

	it('cannot tell whether a request arrived whose connection broke', async () => {
		const url = await listen((request) => request.socket.destroy());
		const failure = await failureOf(
			createHttpClient()({ method: 'POST', url, headers: {}, body: 'x', timeoutMs: 5_000 }),
		);
		expect(failure.mayHaveArrived).toBe(true);
	});

	it('gives up after the time allowed, and cannot tell whether the request arrived', async () => {
		const url = await listen(() => undefined);
		const failure = await failureOf(
			createHttpClient()({ method: 'POST', url, headers: {}, body: 'x', timeoutMs: 100 }),
		);
		expect(failure.mayHaveArrived).toBe(true);
	});

	it('gives up on an answer that never ends', async () => {
		const url = await listen((_request, response) => {
			response.writeHead(200);
			response.write('a beginning');
		});
		const failure = await failureOf(
			createHttpClient()({ method: 'POST', url, headers: {}, body: 'x', timeoutMs: 100 }),
		);
		expect(failure.mayHaveArrived).toBe(true);
	});

	it('refuses what is no URL', async () => {
		const failure = await failureOf(createHttpClient()({ method: 'GET', url: 'example', headers: {}, timeoutMs: 100 }));
		expect(failure.mayHaveArrived).toBe(false);
	});
});
