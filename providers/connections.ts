import { Agent as HttpAgent, type ClientRequest, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

import { type Connection, HttpFailure } from './http';

/** Connections a process keeps to one provider: at 50 ms an answer, 256 carry 5,000 requests a second. */
const MOST_CONNECTIONS = 256;

/** Shorter than servers keep an idle connection, so that no request is written into one being closed. */
const IDLE_CONNECTION_MS = 4_000;

const CONNECT_TIMEOUT_MS = 10_000;

export interface ConnectionSettings {
	most?: number;
	connectTimeoutMs?: number;
}

/**
 * The connections of a process to its providers. Who has one holds it for one request, and there are never more requests than
 * connections: what waits, waits here, and nothing that was taken for a request begun waits behind an agent.
 * Honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
 */
export class Connections {
	private readonly agents: { http: HttpAgent; https: HttpsAgent };
	private readonly most: number;
	private readonly connectTimeoutMs: number;
	private readonly origins = new Map<string, Origin>();

	constructor({ most = MOST_CONNECTIONS, connectTimeoutMs = CONNECT_TIMEOUT_MS }: ConnectionSettings = {}) {
		this.most = most;
		this.connectTimeoutMs = connectTimeoutMs;
		const options = {
			keepAlive: true,
			maxSockets: most,
			timeout: IDLE_CONNECTION_MS,
			scheduling: 'lifo' as const,
			proxyEnv: process.env,
		};
		this.agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
	}

	/**
	 * At least one open connection to the host of a URL, at most `wanted`; waits while all are in use.
	 * @throws {HttpFailure} when none could be opened.
	 */
	async take(url: URL, wanted: number, timeoutMs = this.connectTimeoutMs): Promise<OpenConnection[]> {
		const origin = this.originOf(url);
		const { kept, toOpen } = await origin.reserve(Math.max(1, wanted));
		const agent = url.protocol === 'https:' ? this.agents.https : this.agents.http;
		const opened = await Promise.allSettled(
			Array.from({ length: toOpen }, () => OpenConnection.open(url, agent, timeoutMs, origin)),
		);
		const connections = [...kept, ...opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))];
		const failure = opened.find((each) => each.status === 'rejected');
		if (connections.length === 0 && failure) throw failure.reason;
		return connections;
	}

	private originOf({ origin }: URL): Origin {
		const known = this.origins.get(origin) ?? new Origin(this.most);
		this.origins.set(origin, known);
		return known;
	}
}

/** The connections to one host, and who waits for one. */
class Origin {
	private used = 0;
	private idle: OpenConnection[] = [];
	private readonly waiting: Array<() => void> = [];

	constructor(private readonly most: number) {}

	/** @returns open ones that nobody needed, and how many more may be opened. */
	async reserve(wanted: number): Promise<{ kept: OpenConnection[]; toOpen: number }> {
		for (;;) {
			const kept = this.idle.splice(0, wanted).map((connection) => connection.hold());
			const toOpen = Math.min(wanted - kept.length, this.most - this.used);
			this.used += toOpen;
			if (kept.length + toOpen > 0) {
				// One was woken; there may be room for the next as well.
				if (this.used < this.most || this.idle.length > 0) this.waiting.shift()?.();
				return { kept, toOpen };
			}
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		}
	}

	keep(connection: OpenConnection): void {
		this.idle.push(connection);
		this.waiting.shift()?.();
	}

	closed(connection: OpenConnection | undefined): void {
		this.used--;
		this.idle = this.idle.filter((each) => each !== connection);
		this.waiting.shift()?.();
	}
}

/** A request of which nothing is written yet, on a connection that is open: what it asks for is said when it begins. */
export class OpenConnection implements Connection {
	private readonly openedAt = performance.now();
	private hasBegun = false;
	private expiry: NodeJS.Timeout | undefined;

	private constructor(
		private readonly outgoing: ClientRequest,
		private readonly origin: Origin,
	) {}

	static open(url: URL, agent: HttpAgent | HttpsAgent, timeoutMs: number, origin: Origin): Promise<OpenConnection> {
		return new Promise((resolve, reject) => {
			const isSecure = url.protocol === 'https:';
			const outgoing = (isSecure ? httpsRequest : httpRequest)(url, { method: 'POST', agent });
			let opened: OpenConnection | undefined;
			const deadline = setTimeout(() => outgoing.destroy(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs);
			outgoing.once('close', () => {
				clearTimeout(deadline);
				clearTimeout(opened?.expiry);
				origin.closed(opened);
			});
			// Until the request begins, whatever goes wrong says only that the connection is no more.
			outgoing.on('error', (error: Error) => reject(new HttpFailure(textOf(error), false)));
			const ready = (): void => {
				clearTimeout(deadline);
				opened = new OpenConnection(outgoing, origin);
				resolve(opened);
			};
			outgoing.once('socket', (socket) => {
				if (outgoing.reusedSocket || !socket.connecting) ready();
				else socket.once(isSecure ? 'secureConnect' : 'connect', ready);
			});
		});
	}

	/** The request, to be written now. @throws {HttpFailure} when the connection was closed meanwhile. */
	begin(): ClientRequest {
		clearTimeout(this.expiry);
		if (this.outgoing.destroyed || this.outgoing.socket?.destroyed)
			throw new HttpFailure('the connection was closed before its use', false);
		this.hasBegun = true;
		return this.outgoing;
	}

	/** Kept a moment for the next that needs one. */
	release(): void {
		if (this.hasBegun || this.outgoing.destroyed) return;
		const leftMs = IDLE_CONNECTION_MS - (performance.now() - this.openedAt);
		if (leftMs <= 0) {
			this.outgoing.destroy();
			return;
		}
		clearTimeout(this.expiry);
		this.expiry = setTimeout(() => this.outgoing.destroy(), leftMs);
		this.origin.keep(this);
	}

	/** Taken from among those kept. */
	hold(): this {
		clearTimeout(this.expiry);
		return this;
	}
}

export function textOf(error: Error): string {
	return error.message || (error as NodeJS.ErrnoException).code || 'connection failed';
}
