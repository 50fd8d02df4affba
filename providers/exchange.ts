import { NO_ANSWER, NOT_REACHED } from '../domain/providerFault';
import { withDetail } from './errorText';
import type { Connection, HttpClient, HttpRequest, HttpResponse } from './http';
import { HttpFailure } from './http';
import type { ProviderError } from './provider';

export interface Answer {
	status: number;
	headers: HttpResponse['headers'];
	/** The body's value; undefined where the body is no JSON. */
	json: unknown;
}

export type Exchange = { answered: true; answer: Answer } | { answered: false; error: ProviderError };

/** One request and its answer. Whatever goes wrong on the wire becomes an error to act upon; nothing is thrown. */
export async function exchange(http: HttpClient, request: HttpRequest, providerLabel: string): Promise<Exchange> {
	try {
		const { status, headers, body } = await http(request);
		return { answered: true, answer: { status, headers, json: parsedOrUndefined(body) } };
	} catch (failure) {
		return { answered: false, error: errorOfFailure(failure, providerLabel) };
	}
}

export type Connected = { connections: Connection[] } | { error: ProviderError };

/** Connections for requests about to be marked; what goes wrong has sent nothing. */
export async function connect(
	http: HttpClient,
	url: string,
	wanted: number,
	providerLabel: string,
): Promise<Connected> {
	try {
		return { connections: await http.connect(url, wanted) };
	} catch (failure) {
		return { error: errorOfFailure(failure, providerLabel) };
	}
}

/** For an answer that does not carry the provider's own code: only the HTTP status is left to judge by. */
export function errorOfBareAnswer({ status, headers }: Answer, providerLabel: string): ProviderError {
	const code = `http:${status}`;
	const retryAfter = retryAfterMs(headers);
	const wait = retryAfter === undefined ? {} : { retryAfterMs: retryAfter };
	if (status === 429) {
		return {
			class: 'retryLater',
			code,
			message: `${providerLabel} takes no more requests for the moment (HTTP 429).`,
			...wait,
		};
	}
	// 408 comes from proxies that gave up on a request already on its way.
	if (status >= 400 && status < 500 && status !== 408) {
		return {
			class: 'retryLater',
			code,
			message:
				status === 401 || status === 403
					? `The request to ${providerLabel} was refused (HTTP ${status}). Check the credential's access token and permissions, and what stands between n8n and the internet.`
					: `The answer (HTTP ${status}) is not one of ${providerLabel}'s. Check the credential's base URL, and what stands between n8n and the internet.`,
			stopsWhenItLasts: true,
		};
	}
	return {
		class: 'unknown',
		code,
		message: `${providerLabel} answered HTTP ${status} without saying what became of the message. It may have been sent.`,
	};
}

/** What the test of a credential says about an error: no message is at stake there. */
export function sentenceOfCheck(error: ProviderError, providerLabel: string, root: string): string {
	if (error.code === NOT_REACHED || error.code === NO_ANSWER) {
		return `${providerLabel} could not be reached at ${root}. Check the network and the credential's base URL.`;
	}
	if (error.stopsWhenItLasts) return error.message;
	if (error.class === 'unknown' || error.class === 'retry' || error.class === 'retryLater') {
		return `${providerLabel} was reached at ${root} but could not say whether the credential works (${error.code}). Try again later.`;
	}
	return error.message;
}

/**
 * The `Retry-After` header in milliseconds: seconds, or a date, which is measured against the answer's own `Date`
 * so that the two clocks need not agree. Undefined where there is none to be understood.
 */
export function retryAfterMs(headers: HttpResponse['headers']): number | undefined {
	const value = headers['retry-after']?.trim();
	if (value === undefined || value === '') return undefined;
	if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
	const wait = Date.parse(value) - Date.parse(headers['date'] ?? '');
	return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function errorOfFailure(failure: unknown, providerLabel: string): ProviderError {
	const detail = failure instanceof Error ? failure.message : String(failure);
	if (failure instanceof HttpFailure && !failure.mayHaveArrived) {
		const sentence = `${providerLabel} could not be reached; nothing was sent. Check the network and the credential's base URL.`;
		return { class: 'retry', code: NOT_REACHED, message: withDetail(sentence, 'network', detail) };
	}
	// Anything thrown that is not known to be harmless counts as a request that went out.
	const sentence = `No answer came from ${providerLabel}. The message may have been sent.`;
	return { class: 'unknown', code: NO_ANSWER, message: withDetail(sentence, 'network', detail) };
}

function parsedOrUndefined(body: string): unknown {
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return undefined;
	}
}
