import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FailurePlan, Failure } from './failures';
import type { Handset } from './handset';
import { answerMeta, metaErrorBody } from './metaApi';
import type { PhoneBook } from './phoneBook';
import { plainAnswer } from './providerRequest';
import type { ProviderAnswer, ProviderRequest } from './providerRequest';
import type { RequestLog } from './requestLog';
import type { SendCounters } from './sendCounters';
import type { GatewaySettings } from './settings';
import type { Throttle } from './throttle';
import { answerWebsms, websmsErrorBody } from './websmsApi';

const mostBodyBytes = 3_000_000;

interface Parts {
	book: PhoneBook;
	handset: Handset;
	counters: SendCounters;
	failures: FailurePlan;
	throttle: Throttle;
	log: RequestLog;
	settings: () => GatewaySettings;
}

/** What becomes of one request, decided when its body is here. */
interface Outcome {
	answer: ProviderAnswer;
	accepted: boolean;
	/** `silence`: the connection stays open without an answer. */
	ending: 'answer' | 'drop' | 'silence';
	note: string;
}

/** Answers the providers' paths as the providers would, with the failures that were asked for. */
export class ProviderServer {
	private readonly timers = new Set<NodeJS.Timeout>();

	constructor(private readonly parts: Parts) {}

	handle(
		provider: 'meta' | 'websms',
		path: string,
		query: URLSearchParams,
		request: IncomingMessage,
		response: ServerResponse,
	): void {
		const at = Date.now();
		const { counters } = this.parts;
		counters.requestStarted(at);
		response.on('close', () => counters.requestEnded(Date.now()));
		readBody(request, (body) => {
			if (body === null) {
				response.writeHead(413).end();
				return;
			}
			const asked = {
				method: request.method ?? 'GET',
				path,
				query,
				authorization: request.headers.authorization ?? '',
				body,
			};
			const outcome = this.decide(provider, asked, at);
			this.count(provider, outcome, at);
			this.end(provider, asked, outcome, at, response);
		});
	}

	close(): void {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
	}

	private decide(provider: 'meta' | 'websms', request: ProviderRequest, at: number): Outcome {
		const answer = provider === 'meta' ? answerMeta(request, this.parts.book) : answerWebsms(request);
		const failure = this.parts.failures.take(provider, answer.recipients);
		if (failure !== undefined) return failing(provider, answer, failure);
		if (!this.parts.throttle.allows(at, this.parts.settings().throttlePerSecond)) {
			return {
				answer: refusal(provider, answer, throttled(provider)),
				accepted: false,
				ending: 'answer',
				note: 'throttled',
			};
		}
		return { answer, accepted: answer.status === 200 && answer.messages.length > 0, ending: 'answer', note: '' };
	}

	private count(provider: 'meta' | 'websms', { answer, accepted }: Outcome, at: number): void {
		for (const recipient of answer.recipients)
			this.parts.counters.count({ at, provider, recipient, reference: answer.reference, accepted });
		if (!accepted) return;
		for (const message of answer.messages) {
			this.parts.book.getOrAdd(message.phone);
			this.parts.book.append(message);
		}
	}

	private end(
		provider: 'meta' | 'websms',
		request: ProviderRequest,
		outcome: Outcome,
		at: number,
		response: ServerResponse,
	): void {
		const finish = (): void => {
			this.log(provider, request, outcome, at);
			if (outcome.ending === 'drop') response.destroy();
			if (outcome.ending === 'answer') {
				const { status, body } = outcome.answer;
				response.writeHead(status, {
					'content-type': 'application/json; charset=utf-8',
					'content-length': Buffer.byteLength(body),
				});
				response.end(body);
			}
			if (outcome.accepted) for (const message of outcome.answer.messages) this.parts.handset.proceed(message);
		};
		const { answerDelayMs } = this.parts.settings();
		if (answerDelayMs === 0) {
			finish();
			return;
		}
		const timer = setTimeout(() => {
			this.timers.delete(timer);
			finish();
		}, answerDelayMs);
		this.timers.add(timer);
	}

	private log(
		provider: 'meta' | 'websms',
		request: ProviderRequest,
		{ answer, ending, note }: Outcome,
		at: number,
	): void {
		const query = request.query.size === 0 ? '' : `?${request.query.toString()}`;
		this.parts.log.add({
			at,
			answeredAt: ending === 'answer' ? Date.now() : null,
			direction: 'in',
			provider,
			method: request.method,
			path: `/${provider}${request.path}${query}`,
			status: ending === 'answer' ? answer.status : 0,
			requestBody: request.body,
			responseBody: ending === 'answer' ? answer.body : '',
			note,
		});
	}
}

function failing(provider: 'meta' | 'websms', answer: ProviderAnswer, failure: Failure): Outcome {
	const wouldBeAccepted = answer.messages.length > 0;
	switch (failure.kind) {
		case 'answer':
			return {
				answer: refusal(provider, answer, failure),
				accepted: false,
				ending: 'answer',
				note: 'failed on demand',
			};
		case 'dropBefore':
			return { answer, accepted: false, ending: 'drop', note: 'connection closed on demand, nothing taken' };
		case 'dropAfter':
			return { answer, accepted: wouldBeAccepted, ending: 'drop', note: 'connection closed on demand, message taken' };
		case 'hang':
			return { answer, accepted: wouldBeAccepted, ending: 'silence', note: 'no answer on demand, message taken' };
	}
}

interface Refusal {
	status?: number | undefined;
	code?: number | undefined;
	message?: string | undefined;
	body?: string | undefined;
}

function refusal(
	provider: 'meta' | 'websms',
	answer: ProviderAnswer,
	{ status, code, message, body }: Refusal,
): ProviderAnswer {
	const isMeta = provider === 'meta';
	const made = isMeta
		? metaErrorBody(code ?? 131_000, message ?? 'Something went wrong')
		: websmsErrorBody(code ?? 5_000, message ?? 'internal error');
	return {
		...plainAnswer(status ?? (isMeta ? 400 : 200), body ?? made),
		recipients: answer.recipients,
		reference: answer.reference,
	};
}

function throttled(provider: 'meta' | 'websms'): Refusal {
	return provider === 'meta'
		? { status: 429, code: 130_429, message: 'Rate limit hit' }
		: { status: 200, code: 4_023, message: 'request limit exceeded' };
}

/** Hands on the body as text, or null when it is too big. A caller that goes away in the middle is forgotten. */
function readBody(request: IncomingMessage, done: (body: string | null) => void): void {
	const chunks: Buffer[] = [];
	let size = 0;
	request.on('data', (chunk: Buffer) => {
		size += chunk.length;
		if (size <= mostBodyBytes) chunks.push(chunk);
	});
	request.on('end', () =>
		done(
			size > mostBodyBytes
				? null
				: (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8'),
		),
	);
}
