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
	/** One taken before; without it the request waits for one. */
	connection?: Connection;
}

/** An open connection, held for one request. */
export interface Connection {
	/** It is not needed after all; without effect once it was used. */
	release(): void;
}

export interface HttpResponse {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string | undefined>;
	body: string;
}

export interface HttpClient {
	/** @throws {HttpFailure} when no answer came. */
	(request: HttpRequest): Promise<HttpResponse>;
	/**
	 * Open connections to the host of a URL: at least one, at most `wanted`. A request that has one begins at once.
	 * @throws {HttpFailure} when none can be opened.
	 */
	connect(url: string, wanted: number): Promise<Connection[]>;
}

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
