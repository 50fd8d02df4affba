import { installN8n, isN8nInstalled } from '../sandbox/n8n/install';
import type { BatchCounts } from './contender';
import { measure } from './measurement';
import { n8nOwn } from './n8nOwn';
import { ours } from './ours';
import { describeResults, describeRun, type Results } from './report';

/** `npm run bench:send`: ours beside n8n's own WhatsApp node. OPTIN_BENCH_MESSAGES and OPTIN_BENCH_ROUNDS make it shorter. */
async function main(stop: AbortSignal): Promise<void> {
	if (process.platform !== 'linux') throw new Error('The benchmark reads memory from /proc: run it on Linux.');
	const counts: BatchCounts = { warmUp: 200, measured: countFrom('OPTIN_BENCH_MESSAGES', 10_000) };
	const rounds = countFrom('OPTIN_BENCH_ROUNDS', 3);
	if (!isN8nInstalled()) await installN8n((line) => console.error(line), stop);
	console.log(`${describeRun(counts, rounds)}\n`);

	const contenders = [ours, n8nOwn] as const;
	const results: [Results, Results] = [
		{ name: ours.name, measurements: [] },
		{ name: n8nOwn.name, measurements: [] },
	];
	for (let round = 1; round <= rounds; round++) {
		for (const [index, contender] of contenders.entries()) {
			const measurement = await measure(contender, counts, stop);
			results[index]?.measurements.push(measurement);
			// On stderr, so that stdout is the table alone.
			console.error(`round ${round}, ${contender.name}: ${measurement.messagesPerSecond.toFixed(0)} messages/s`);
		}
	}
	console.log(describeResults(...results));
}

/** @throws {Error} with a sentence for what is no count */
function countFrom(variable: string, usual: number): number {
	const text = process.env[variable];
	if (text === undefined || text === '') return usual;
	const count = Number(text);
	if (!Number.isInteger(count) || count < 1) throw new Error(`${variable} is "${text}": give a whole number from 1.`);
	return count;
}

const stopper = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
	process.once(signal, () => stopper.abort(new Error(`Ended by ${signal}.`)));

main(stopper.signal).then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(
			stopper.signal.aborted ? 'Stopped; everything is cleaned up.' : error instanceof Error ? error.message : error,
		);
		process.exit(1);
	},
);
