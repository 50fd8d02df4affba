import type { IncomingMessage, ServerResponse } from 'node:http';
import { controlRoutes } from './controlRoutes';
import type { Gateway } from './gateway';
import { isFromThisMachine } from './origin';
import { ZodError } from 'zod/v4';

const mostBodyBytes = 5_000_000;

/** The control API: JSON in, JSON out, for the page and for tests. */
export async function handleControl(
	gateway: Gateway,
	path: string,
	query: URLSearchParams,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	try {
		if (!isFromThisMachine(request))
			return answer(response, 403, { error: 'The control API answers to this machine only.' });
		if (path === '/control/changes') return gateway.changes.open(request, response);
		const body = await readJson(request);
		for (const { method, pattern, handle } of controlRoutes) {
			const match = method === request.method ? pattern.exec(path) : null;
			if (match === null) continue;
			return answer(
				response,
				200,
				(await handle(gateway, { id: decodeURIComponent(match[1] ?? ''), query, body })) ?? { ok: true },
			);
		}
		answer(response, 404, { error: `There is no ${request.method} ${path}.` });
	} catch (error) {
		answer(response, 400, { error: describe(error) });
	}
}

function answer(response: ServerResponse, status: number, body: object): void {
	response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
	response.end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > mostBodyBytes) throw new Error('The body is too big.');
		chunks.push(chunk);
	}
	if (size === 0) return {};
	// A page of another origin can post only forms and plain text without asking first.
	if (!(request.headers['content-type'] ?? '').startsWith('application/json'))
		throw new Error('The body must be application/json.');
	return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function describe(error: unknown): string {
	if (error instanceof ZodError)
		return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
	return error instanceof Error ? error.message : String(error);
}
