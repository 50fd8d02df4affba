import type { IncomingMessage } from 'node:http';

/** False for a page of another name that resolves to this machine (DNS rebinding). */
export function isFromThisMachine(request: IncomingMessage): boolean {
	const host = (request.headers.host ?? '').replace(/:\d+$/, '');
	return host === '127.0.0.1' || host === 'localhost' || host === '[::1]';
}
