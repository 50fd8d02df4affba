import { readFileSync } from 'node:fs';

const SAMPLE_EVERY_MS = 100;

/** Resident memory of a process, in bytes (Linux). */
export function residentBytes(pid: number): number {
	const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
	return Number(kibibytes) * 1024;
}

/** Watches a process until stopped; gives the most memory it had. */
export function watchPeak(pid: number): () => number {
	let peak = residentBytes(pid);
	const timer = setInterval(() => {
		peak = Math.max(peak, residentBytes(pid));
	}, SAMPLE_EVERY_MS);
	return () => {
		clearInterval(timer);
		return Math.max(peak, residentBytes(pid));
	};
}
