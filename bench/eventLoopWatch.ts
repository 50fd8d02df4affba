const PROBE_EVERY_MS = 2;

export interface EventLoopFigures {
	/** The longest time between two turns of the event loop, beyond the probe's own interval. Counts also what other processes took from this one. */
	longestMs: number;
	/** The most CPU time that the main thread spent between two turns: what really held it up. */
	longestCpuMs: number;
}

/** Watches this thread's event loop until stopped. */
export function watchEventLoop(): () => EventLoopFigures {
	const figures: EventLoopFigures = { longestMs: 0, longestCpuMs: 0 };
	let at = performance.now();
	let cpu = threadCpuMs();
	const probe = (): void => {
		const [now, used] = [performance.now(), threadCpuMs()];
		figures.longestMs = Math.max(figures.longestMs, now - at - PROBE_EVERY_MS);
		figures.longestCpuMs = Math.max(figures.longestCpuMs, used - cpu);
		[at, cpu] = [now, used];
	};
	const timer = setInterval(probe, PROBE_EVERY_MS);
	return () => {
		clearInterval(timer);
		return figures;
	};
}

function threadCpuMs(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1_000;
}
