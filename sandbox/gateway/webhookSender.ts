import { Agent, request } from 'node:http';
import type { RequestLog } from './requestLog';
import type { GatewaySettings } from './settings';

export interface RetryPolicy {
	firstDelayMs: number;
	/** Each delay is twice the one before, up to this one. */
	mostDelayMs: number;
	giveUpAfterMs: number;
}

/** 1 s, 2 s, 4 s, 8 s, then every 10 s for 10 minutes: Meta's falling frequency, shortened to what one watches. */
export const defaultRetryPolicy: RetryPolicy = { firstDelayMs: 1_000, mostDelayMs: 10_000, giveUpAfterMs: 600_000 };

const answerTimeoutMs = 30_000;

export interface Webhook {
	provider: 'meta' | 'websms';
	url: string;
	headers: Record<string, string>;
	body: string;
	/** Shown in the log, e.g. "STOP from a phone". */
	note: string;
}

export interface WebhookAnswer {
	/** HTTP status; 0: no answer came. */
	status: number;
	body: string;
	/** UTC ms when the whole answer was here. */
	answeredAt: number;
}

export interface WebhookDelivery {
	/** Answer to the first attempt. */
	first: Promise<WebhookAnswer>;
	/** The 200, or the last answer when the gateway gave up or closed. */
	final: Promise<WebhookAnswer>;
}

/** Posts webhooks as the providers do: again after every answer that is not 200. */
export class WebhookSender {
	private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });
	private readonly timers = new Set<NodeJS.Timeout>();
	private held: Array<() => void> = [];
	private closed = false;

	constructor(
		private readonly log: RequestLog,
		private readonly settings: () => GatewaySettings,
		private readonly retry: RetryPolicy,
	) {}

	send(webhook: Webhook): WebhookDelivery {
		let firstAnswered: (answer: WebhookAnswer) => void = () => undefined;
		const first = new Promise<WebhookAnswer>((resolve) => (firstAnswered = resolve));
		const final = this.turn().then(async () => {
			const answer = await this.post(webhook, webhook.note);
			firstAnswered(answer);
			const last = answer.status === 200 ? answer : await this.repeat(webhook, answer);
			if (last.status === 200 && this.settings().duplicateWebhooks)
				await this.post(webhook, `${webhook.note} (once more)`);
			return last;
		});
		return { first, final };
	}

	/** Lets go what `holdWebhooks` has kept back, one after the other. @returns how many */
	async release(order: 'asTheyCame' | 'backwards'): Promise<number> {
		const held = order === 'backwards' ? this.held.reverse() : this.held;
		this.held = [];
		for (const letGo of held) {
			letGo();
			// Far enough apart that the receiver sees them in this order.
			await this.pause(25);
		}
		return held.length;
	}

	heldCount(): number {
		return this.held.length;
	}

	/** No attempt starts after this; those under way are cut off. */
	close(): void {
		this.closed = true;
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
		this.agent.destroy();
	}

	private turn(): Promise<void> {
		if (!this.settings().holdWebhooks) return Promise.resolve();
		return new Promise((resolve) => this.held.push(resolve));
	}

	private async repeat(webhook: Webhook, firstAnswer: WebhookAnswer): Promise<WebhookAnswer> {
		const giveUpAt = Date.now() + this.retry.giveUpAfterMs;
		let answer = firstAnswer;
		let delayMs = this.retry.firstDelayMs;
		for (let attempt = 2; !this.closed && Date.now() + delayMs < giveUpAt; attempt += 1) {
			await this.pause(delayMs);
			answer = await this.post(webhook, `${webhook.note} (attempt ${attempt})`);
			if (answer.status === 200) return answer;
			delayMs = Math.min(delayMs * 2, this.retry.mostDelayMs);
		}
		return answer;
	}

	private pause(delayMs: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(() => {
				this.timers.delete(timer);
				resolve();
			}, delayMs);
			this.timers.add(timer);
		});
	}

	private async post(webhook: Webhook, note: string): Promise<WebhookAnswer> {
		const at = Date.now();
		const answer = await this.exchange(webhook);
		this.log.add({
			at,
			answeredAt: answer.answeredAt,
			direction: 'out',
			provider: webhook.provider,
			method: 'POST',
			path: webhook.url,
			status: answer.status,
			requestBody: webhook.body,
			responseBody: answer.body,
			note,
		});
		return answer;
	}

	private exchange(webhook: Webhook): Promise<WebhookAnswer> {
		return new Promise((resolve) => {
			const end = (status: number, body: string): void => resolve({ status, body, answeredAt: Date.now() });
			const bytes = Buffer.from(webhook.body, 'utf8');
			const headers = { 'content-type': 'application/json', ...webhook.headers, 'content-length': bytes.length };
			const outgoing = request(
				webhook.url,
				{ method: 'POST', agent: this.agent, headers, timeout: answerTimeoutMs },
				(response) => {
					let body = '';
					response.setEncoding('utf8');
					response.on('data', (chunk: string) => (body += chunk));
					response.on('end', () => end(response.statusCode ?? 0, body));
					response.on('error', (error) => end(0, error.message));
				},
			);
			outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${answerTimeoutMs / 1_000} s`)));
			outgoing.on('error', (error) => end(0, error.message));
			outgoing.end(bytes);
		});
	}
}
