import type { WebhookAnswer, WebhookReader, WebhookReading } from '../provider';
import { queryOf } from '../query';
import { equalInConstantTime } from '../signature';
import type { WebsmsAccount } from './account';
import { readWebsmsNotification } from './notification';

/** Notifications are small; what is larger than this is none. */
const largestBodyBytes = 3 * 1024 * 1024;

const json = (status: number, statusCode: number, statusMessage: string): WebhookAnswer => ({
	status,
	contentType: 'application/json; charset=utf-8',
	body: JSON.stringify({ statusCode, statusMessage }),
});
const final = (status: number, statusMessage: string): WebhookReading => ({
	answer: json(status, 4000, statusMessage),
	events: null,
});

/**
 * The webhook of websms: messages received, delivery reports, and notifications of WhatsApp channels.
 * websms signs nothing; who knows the secret in the URL's query (`?key=`) is believed.
 */
export function createWebsmsWebhookReader(account: WebsmsAccount): WebhookReader {
	return {
		name: 'websms',
		read(request) {
			if (!knowsSecret(request.url, account.webhookSecret)) return final(401, "The URL's key is missing or wrong.");
			if (request.method !== 'POST') return final(405, 'Only POST is answered here.');
			if (request.body.length > largestBodyBytes) return final(413, 'The body is larger than 3 MB.');
			let notification: unknown;
			try {
				notification = JSON.parse(request.body.toString('utf8'));
			} catch {
				return final(400, 'The body is no JSON.');
			}
			return { answer: json(200, 2000, 'OK'), events: readWebsmsNotification(notification, account.defaultCountry) };
		},
	};
}

function knowsSecret(url: string, secret: string): boolean {
	const key = queryOf(url).get('key');
	return secret !== '' && key !== null && equalInConstantTime(key, secret);
}
