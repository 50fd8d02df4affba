import { setImmediate } from 'node:timers/promises';

/** How long work in memory goes on before others get their turn: well below the 50 ms that n8n's event loop may be busy. */
const TURN_MS = 10;

/** Cuts long work in memory into turns: `for (…) { if (turns.isOver()) await turns.next(); … }`. */
export class Turns {
	private endsAt = performance.now() + TURN_MS;

	isOver(): boolean {
		return performance.now() >= this.endsAt;
	}

	async next(): Promise<void> {
		await setImmediate();
		this.endsAt = performance.now() + TURN_MS;
	}
}
