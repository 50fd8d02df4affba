const entriesKept = 500;
const charactersKept = 4_000;

/** A request that came in from the nodes, or a webhook that went out to n8n. */
export interface LogEntry {
	id: number;
	/** UTC ms when it started. */
	at: number;
	/** UTC ms of the answer; null while there is none. */
	answeredAt: number | null;
	direction: 'in' | 'out';
	provider: 'meta' | 'websms';
	method: string;
	/** Path and query, or the whole URL of a webhook. */
	path: string;
	/** HTTP status; 0: no answer. */
	status: number;
	requestBody: string;
	responseBody: string;
	/** What a person should know about it, e.g. "attempt 3". */
	note: string;
}

/** The last 500 requests, for the page and for looking into a test; it is not for counting (see `SendCounters`). */
export class RequestLog {
	private readonly entries: LogEntry[] = [];
	private lastId = 0;

	constructor(private readonly changed: () => void) {}

	add(entry: Omit<LogEntry, 'id'>): LogEntry {
		this.lastId += 1;
		const kept: LogEntry = {
			...entry,
			id: this.lastId,
			requestBody: shorten(entry.requestBody),
			responseBody: shorten(entry.responseBody),
		};
		this.entries.push(kept);
		// In steps, because shifting an array at each request costs.
		if (this.entries.length >= entriesKept * 2) this.entries.splice(0, this.entries.length - entriesKept);
		this.changed();
		return kept;
	}

	/** Newest last. */
	list(afterId = 0): LogEntry[] {
		return this.entries.slice(-entriesKept).filter((entry) => entry.id > afterId);
	}

	clear(): void {
		this.entries.length = 0;
		this.changed();
	}
}

function shorten(text: string): string {
	if (text.length <= charactersKept) return text;
	return `${text.slice(0, charactersKept)}… (${text.length} characters in all)`;
}
