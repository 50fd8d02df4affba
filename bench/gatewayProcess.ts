import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { CounterSummary } from '../sandbox/gateway/sendCounters';

/** The gateway of gateway.ts, seen from outside. */
export class GatewayProcess {
	private constructor(
		readonly url: string,
		private readonly child: ChildProcess,
	) {}

	static async start(): Promise<GatewayProcess> {
		const child = spawn(process.execPath, [join(__dirname, 'gateway.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
		const [line] = (await once(child.stdout, 'data')) as [Buffer];
		return new GatewayProcess(line.toString().trim(), child);
	}

	async counters(): Promise<CounterSummary> {
		return (await (await fetch(`${this.url}/control/counters`)).json()) as CounterSummary;
	}

	async reset(): Promise<void> {
		await fetch(`${this.url}/control/reset`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: '{}',
		});
	}

	/** Waits until so many messages were accepted. @throws {Error} when nothing more is accepted for a minute */
	async waitForAccepted(messages: number, stop?: AbortSignal): Promise<CounterSummary> {
		let last = -1;
		let movedAt = Date.now();
		for (;;) {
			const counters = await this.counters();
			if (counters.accepted >= messages) return counters;
			if (counters.accepted !== last) movedAt = Date.now();
			else if (Date.now() - movedAt > 60_000)
				throw new Error(`Only ${counters.accepted} of ${messages} messages arrived.`);
			last = counters.accepted;
			await pause(200, undefined, { signal: stop });
		}
	}

	async stop(): Promise<void> {
		// Ctrl-C has reached it too.
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		this.child.kill('SIGTERM');
		await once(this.child, 'exit');
	}
}
