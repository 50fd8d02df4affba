import type { IncomingMessage, ServerResponse } from 'node:http';

const atMostEveryMs = 150;

/** Tells open pages that something changed (server-sent events); they then ask for what they show. */
export class ChangeStream {
	private readonly listeners = new Set<ServerResponse>();
	private timer: NodeJS.Timeout | undefined;

	open(request: IncomingMessage, response: ServerResponse): void {
		response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
		response.write('data: changed\n\n');
		this.listeners.add(response);
		request.on('close', () => this.listeners.delete(response));
	}

	changed(): void {
		if (this.listeners.size === 0 || this.timer !== undefined) return;
		this.timer = setTimeout(() => {
			this.timer = undefined;
			for (const listener of this.listeners) listener.write('data: changed\n\n');
		}, atMostEveryMs);
	}

	close(): void {
		clearTimeout(this.timer);
		for (const listener of this.listeners) listener.end();
		this.listeners.clear();
	}
}
