import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

import { sandboxFolder } from '../sandbox/checkout';
import type { BatchCounts } from './contender';
import { idleMs, settleMs, type Measurement } from './measurement';

const megabyte = 1_000_000;

/** What the figures belong to, and how they come about. */
export function describeRun(counts: BatchCounts, rounds: number): string {
	const processors = cpus();
	const { version } = JSON.parse(readFileSync(join(sandboxFolder, 'node_modules', 'n8n', 'package.json'), 'utf8')) as {
		version: string;
	};
	return [
		`Machine: ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${(totalmem() / 1e9).toFixed(1)} GB, ${type()} ${release()}; Node ${process.versions.node}, n8n ${version}`,
		`${counts.measured} WhatsApp texts, ${rounds} round(s) each in turn, each with a fresh n8n and a fresh gateway (a process of its own, 50 ms an answer, no pacing).`,
		`Time: from the POST to n8n's webhook to the gateway's last answer; ours plans a campaign and sees to consent in it.`,
		`Memory: resident, of the n8n process, after ${counts.warmUp} messages and ${idleMs / 1_000} s of idling; its peak until ${settleMs / 1_000} s after the last message was accepted.`,
		`n8n's own node has Meta's https address as a constant, which a preload file replaces by the gateway's: this spares n8n the TLS, as ours is spared it.`,
	].join('\n');
}

export interface Results {
	name: string;
	/** In the order of the rounds. */
	measurements: Measurement[];
}

/** Every round, the medians, and how the first contender stands to the second. */
export function describeResults(first: Results, second: Results): string {
	const header = [
		'',
		'round',
		'seconds',
		'messages/s',
		'idle MB',
		'peak MB',
		'growth MB',
		'most in flight',
		'refused',
		'got two',
	];
	const rows = [first, second].flatMap(({ name, measurements }) =>
		measurements.map((measurement, index) => [name, String(index + 1), ...cells(measurement)]),
	);
	const [speeds, growths] = [(m: Measurement) => m.messagesPerSecond, (m: Measurement) => m.growthBytes].map((figure) =>
		[first, second].map(({ measurements }) => median(measurements.map(figure))),
	);
	const [ourSpeed = NaN, theirSpeed = NaN] = speeds ?? [];
	const [ourGrowth = NaN, theirGrowth = NaN] = growths ?? [];
	const medians = [
		['median', 'messages/s', 'growth MB'],
		[first.name, ourSpeed.toFixed(0), (ourGrowth / megabyte).toFixed(1)],
		[second.name, theirSpeed.toFixed(0), (theirGrowth / megabyte).toFixed(1)],
		['ratio', `${(ourSpeed / theirSpeed).toFixed(2)} ×`, `${(ourGrowth / theirGrowth).toFixed(2)} ×`],
	];
	return `${table([header, ...rows])}\n\n${table(medians)}`;
}

function cells(measurement: Measurement): string[] {
	const { durationMs, messagesPerSecond, idleBytes, peakBytes, growthBytes, mostInFlight, refused, acceptedTwice } =
		measurement;
	return [
		(durationMs / 1_000).toFixed(2),
		messagesPerSecond.toFixed(0),
		...[idleBytes, peakBytes, growthBytes].map((bytes) => (bytes / megabyte).toFixed(1)),
		...[mostInFlight, refused, acceptedTwice].map(String),
	];
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
	const sorted = values.toSorted((one, other) => one - other);
	const middle = (sorted.length - 1) / 2;
	return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

function table(rows: readonly string[][]): string {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	return rows
		.map((row) =>
			row
				.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
				.join('  '),
		)
		.join('\n');
}
