import type { RawRequest, WebhookAnswer, WebhookReader, WebhookReading } from '../provider';
import { queryOf } from '../query';
import { equalInConstantTime, hmacMatches } from '../signature';
import { unknownEvent } from '../unknownEvent';
import type { MetaAccount } from './account';
import { readNotification } from '../whatsapp/notification';

/** More than Meta ever sends: it documents 3 MB. */
const largestBodyBytes = 3 * 1024 * 1024;

const plain = (status: number, body: string): WebhookAnswer => ({
	status,
	contentType: 'text/plain; charset=utf-8',
	body,
});
const final = (status: number, body: string): WebhookReading => ({ answer: plain(status, body), events: null });

/** Meta's webhook: GET is the handshake, POST a signed notification. Answers that refuse carry no events. */
export function createMetaWebhookReader(account: MetaAccount): WebhookReader {
	return {
		name: 'meta',
		read(request) {
			if (request.method === 'GET') return { answer: handshake(request, account.verifyToken), events: null };
			if (request.method !== 'POST') return final(405, 'Only GET and POST are answered here.');
			if (request.body.length > largestBodyBytes) return final(413, 'The body is larger than 3 MB.');
			if (!isSigned(request, account.appSecret)) return final(401, 'The signature is missing or wrong.');
			return readBody(request.body);
		},
	};
}

function handshake(request: RawRequest, verifyToken: string): WebhookAnswer {
	const query = queryOf(request.url);
	const token = query.get('hub.verify_token');
	const challenge = query.get('hub.challenge');
	const isVerified = verifyToken !== '' && token !== null && equalInConstantTime(token, verifyToken);
	if (query.get('hub.mode') !== 'subscribe' || !isVerified) return plain(403, 'The verify token is missing or wrong.');
	if (challenge === null) return plain(400, 'The challenge is missing.');
	return { status: 200, contentType: 'text/plain', body: challenge };
}

function isSigned(request: RawRequest, appSecret: string): boolean {
	const header = request.headers['x-hub-signature-256'];
	if (header === undefined || !header.startsWith('sha256=')) return false;
	return hmacMatches({
		algorithm: 'sha256',
		encoding: 'hex',
		secret: appSecret,
		signed: request.body,
		signature: header.slice('sha256='.length),
	});
}

function readBody(body: Buffer): WebhookReading {
	let notification: unknown;
	try {
		notification = JSON.parse(body.toString('utf8'));
	} catch {
		return final(400, 'The body is no JSON.');
	}
	// Any JSON that Meta signed gets its 200: refusing what we do not understand makes Meta send it for seven days.
	const events = readNotification(notification) ?? [unknownEvent('A notification without entries', body)];
	return { answer: plain(200, 'EVENT_RECEIVED'), events };
}
