import type { PhoneMessage } from './phoneBook';

/** A request as it came in on a provider's path. */
export interface ProviderRequest {
	method: string;
	/** Path behind `/meta` or `/websms`, without the query. */
	path: string;
	query: URLSearchParams;
	/** Header `Authorization`, empty when absent. */
	authorization: string;
	body: string;
}

export interface ProviderAnswer {
	status: number;
	body: string;
	/** Digits of the numbers (or user ids) written to. Empty: the request was none that sends. */
	recipients: string[];
	reference: string | null;
	/** The messages to put on the phones; empty when refused. */
	messages: PhoneMessage[];
}

/** An answer to a request that sends nothing. */
export function plainAnswer(status: number, body: object | string): ProviderAnswer {
	return {
		status,
		body: typeof body === 'string' ? body : JSON.stringify(body),
		recipients: [],
		reference: null,
		messages: [],
	};
}

export type JsonObject = Record<string, unknown>;

/** The body as a JSON object, or undefined when it is none. */
export function parseObject(body: string): JsonObject | undefined {
	try {
		const value: unknown = JSON.parse(body);
		return isObject(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}
