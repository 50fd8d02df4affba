import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { sandboxFolder } from '../checkout';
import { isFromThisMachine } from './origin';

const files: Record<string, { name: string; contentType: string }> = {
	'/': { name: 'phones.html', contentType: 'text/html; charset=utf-8' },
	'/mailbox': { name: 'mailbox.html', contentType: 'text/html; charset=utf-8' },
	'/page.css': { name: 'page.css', contentType: 'text/css; charset=utf-8' },
	'/shared.js': { name: 'shared.js', contentType: 'text/javascript; charset=utf-8' },
	'/phones.js': { name: 'phones.js', contentType: 'text/javascript; charset=utf-8' },
	'/log.js': { name: 'log.js', contentType: 'text/javascript; charset=utf-8' },
	'/mailbox.js': { name: 'mailbox.js', contentType: 'text/javascript; charset=utf-8' },
	'/icon.svg': { name: 'icon.svg', contentType: 'image/svg+xml' },
};

/** Nothing foreign is loaded, also not by a mail shown in the mailbox, whose frame inherits this. */
const contentSecurityPolicy = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self' 'unsafe-inline'",
	"img-src 'self' data:",
	"connect-src 'self'",
	"frame-src 'self'",
	"base-uri 'none'",
	"form-action 'self'",
	"frame-ancestors 'none'",
].join('; ');

/** Serves the page's static files. */
export function servePage(path: string, request: IncomingMessage, response: ServerResponse): void {
	if (!isFromThisMachine(request)) {
		response.writeHead(403).end('Open this page as http://127.0.0.1 or http://localhost.');
		return;
	}
	const file = files[path];
	if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
		response
			.writeHead(404, { 'content-type': 'text/plain' })
			.end('There is nothing here. The phones are at /, the mailbox is at /mailbox.');
		return;
	}
	response.writeHead(200, {
		'content-type': file.contentType,
		'cache-control': 'no-store',
		'content-security-policy': contentSecurityPolicy,
		'x-content-type-options': 'nosniff',
		'referrer-policy': 'no-referrer',
	});
	response.end(readFileSync(join(sandboxFolder, 'page', file.name)));
}
