/**
 * HTTP as the providers need it. The nodes pass in the function that speaks it,
 * so that provider code is tested without a network.
 */
export interface HttpRequest {
	method: 'GET' | 'POST';
	url: string;
	headers: Record<string, string>;
	body?: string;
	timeoutMs: number;
}

export interface HttpResponse {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string | undefined>;
	body: string;
}

/** @throws {HttpFailure} when no answer came. */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

/** No answer came: `mayHaveArrived` says whether the other side can have received the request. */
export class HttpFailure extends Error {
	override readonly name = 'HttpFailure';

	constructor(
		message: string,
		/** False only where it is certain that no byte of the request was processed (e.g. connection refused). */
		readonly mayHaveArrived: boolean,
	) {
		super(message);
	}
}
