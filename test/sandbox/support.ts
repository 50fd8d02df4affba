import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metaAccount, websmsAccount } from '../../sandbox/accounts';
import type { Gateway } from '../../sandbox/gateway/gateway';

export interface Received {
	method: string;
	url: string;
	headers: IncomingMessage['headers'];
	body: string;
	json: WebhookJson;
}

/** As much of the webhooks as the tests look at. */
export interface WebhookJson {
	entry?: Array<{
		changes: Array<{
			value: {
				messages?: Array<Record<string, unknown>>;
				statuses?: Array<Record<string, unknown>>;
				contacts?: Array<Record<string, unknown>>;
			};
		}>;
	}>;
	[key: string]: unknown;
}

/** Stands for n8n: keeps what it gets and answers what `answer` says, 200 by default. */
export class Receiver {
	readonly received: Received[] = [];
	answer: (nth: number, request: Received) => { status: number; body?: string; delayMs?: number } = () => ({
		status: 200,
	});
	private server: Server | undefined;
	private waiting: Array<() => void> = [];

	async start(port = 0): Promise<this> {
		this.server = createServer((request, response) => {
			let body = '';
			request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
			request.on('end', () => {
				const taken: Received = {
					method: request.method ?? '',
					url: request.url ?? '',
					headers: request.headers,
					body,
					json: body.startsWith('{') ? (JSON.parse(body) as WebhookJson) : {},
				};
				this.received.push(taken);
				const { status, body: answered = 'OK', delayMs = 0 } = this.answer(this.received.length, taken);
				setTimeout(() => response.writeHead(status).end(answered), delayMs);
				for (const look of this.waiting) look();
			});
		});
		await new Promise<void>((resolve) => this.server?.listen(port, '127.0.0.1', resolve));
		return this;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}/webhook/optin`;
	}

	/** Resolves when the condition holds for what has come. */
	async until(condition: () => boolean): Promise<void> {
		if (condition()) return;
		await new Promise<void>((resolve) => {
			this.waiting.push(() => {
				if (condition()) resolve();
			});
		});
	}

	async untilCount(count: number): Promise<void> {
		await this.until(() => this.received.length >= count);
	}

	get statuses(): Array<Record<string, unknown>> {
		return this.received.flatMap(({ json }) => json.entry?.[0]?.changes[0]?.value.statuses ?? []);
	}

	get messages(): Array<Record<string, unknown>> {
		return this.received.flatMap(({ json }) => json.entry?.[0]?.changes[0]?.value.messages ?? []);
	}

	async close(): Promise<void> {
		this.server?.closeAllConnections();
		await new Promise((resolve) => this.server?.close(resolve));
	}
}

export interface Answer {
	status: number;
	json: {
		[key: string]: unknown;
		error?: { code: number; message: string; type: string };
		messages?: Array<{ id: string }>;
	};
}

export async function post(url: string, body: unknown, authorization: string): Promise<Answer> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { authorization, 'content-type': 'application/json' },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
	const text = await response.text();
	return { status: response.status, json: text.startsWith('{') ? (JSON.parse(text) as Answer['json']) : {} };
}

export async function sendByMeta(
	gateway: Gateway,
	body: object,
	token: string = metaAccount.accessToken,
): Promise<Answer> {
	return await post(
		`${gateway.url}/meta/v25.0/${metaAccount.phoneNumberId}/messages`,
		{ messaging_product: 'whatsapp', ...body },
		`Bearer ${token}`,
	);
}

export async function textByMeta(gateway: Gateway, to: string, reference?: string): Promise<Answer> {
	return await sendByMeta(gateway, {
		to,
		type: 'text',
		text: { body: 'Hello' },
		...(reference === undefined ? {} : { biz_opaque_callback_data: reference }),
	});
}

export async function sendByWebsms(
	gateway: Gateway,
	body: unknown,
	token: string = websmsAccount.accessToken,
): Promise<Answer> {
	return await post(`${gateway.url}/websms/rest/smsmessaging/text`, body, `Bearer ${token}`);
}

export async function sendByWebsmsChannel(
	gateway: Gateway,
	body: unknown,
	channel: string = websmsAccount.channelUuid,
): Promise<Answer> {
	return await post(
		`${gateway.url}/websms/rest/channels/${channel}/send/whatsapp`,
		body,
		`Bearer ${websmsAccount.accessToken}`,
	);
}

/** Delays short enough for a test, in their order. */
export const quick = { sentAfterMs: 5, deliveredAfterMs: 15, readAfterMs: 30 };
