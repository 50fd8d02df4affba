import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

import type { StoreSettings } from '../store/store';
import { type FileOfContacts, writeContacts } from './importFile';
import type { ImportJob, ImportJobResults } from './importJobs';
import { startBenchPostgres } from './postgres';

const MEBIBYTE = 1_048_576;
const MOST_RATIO = 1.5;
const MOST_GROWTH_MIB = 64;
const MOST_BUSY_MS = 50;
const MOST_TRANSACTION_MS = 200;

interface Database {
	name: string;
	/** Settings of a new, empty store. */
	fresh: () => Promise<StoreSettings>;
	stop: () => Promise<void>;
}

/** `npm run bench:import`: an import beside the least it could take, on both databases. OPTIN_BENCH_ROWS makes it shorter. */
export async function benchImport(rows = Number(process.env.OPTIN_BENCH_ROWS || 1_000_000)): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'optin-bench-import-'));
	const file = async (name: string, contacts: Omit<FileOfContacts, 'path'>): Promise<string> => {
		await writeContacts({ path: join(folder, name), ...contacts });
		return join(folder, name);
	};
	try {
		const path = await file('contacts.csv', { count: rows });
		const withConsent = await file('consent.csv', { count: Math.ceil(rows / 10), consent: true });
		const warmUpPath = await file('warm-up.csv', { count: 2_000, first: 9_000_000 });
		const shortPath = await file('short.csv', { count: 10_000, first: 9_100_000 });
		console.log(
			`Importing ${rows.toLocaleString('en')} rows of CSV. Machine: ${cpus().length} × ${cpus()[0]?.model.trim() ?? ''}; Node ${process.versions.node}. Each figure in a process of its own.\n`,
		);
		for (const database of [sqlite(folder), await postgres()]) {
			try {
				await benchOn(database, { rows, path, withConsent, warmUpPath, shortPath });
			} finally {
				await database.stop();
			}
		}
	} finally {
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	}
}

async function benchOn(
	{ name, fresh }: Database,
	{
		rows,
		path,
		withConsent,
		warmUpPath,
		shortPath,
	}: { rows: number; path: string; withConsent: string; warmUpPath: string; shortPath: string },
): Promise<void> {
	const parse = await inProcess({ kind: 'parse', count: rows });
	const insert = await inProcess({ kind: 'insert', count: rows, settings: await fresh() });
	const settings = await fresh();
	const first = await inProcess({ kind: 'import', path, settings });
	const again = await inProcess({ kind: 'import', path, settings });
	const consent = await inProcess({ kind: 'import', path: withConsent, settings: await fresh() });
	const memory = await inProcess({ kind: 'memory', warmUpPath, path: shortPath, settings: await fresh() });
	if (first.summary.created !== rows || again.summary.unchanged !== rows)
		throw new Error(`Not all rows were imported: ${JSON.stringify([first.summary, again.summary])}`);

	const bound = parse.ms + insert.ms;
	const longest = Math.max(first.longestMs, again.longestMs);
	const longestCpu = Math.max(first.longestCpuMs, again.longestCpuMs);
	const transaction = Math.max(first.longestTransactionMs, again.longestTransactionMs);
	const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
	const lines: string[][] = [
		[
			'parsing the numbers with libphonenumber-js alone, one thread',
			`${seconds(parse.ms)} (without the check that they exist ${seconds(parse.parseOnlyMs)})`,
		],
		['inserting bare rows, nothing looked up', seconds(insert.ms)],
		['lower bound: the sum', `${seconds(bound)} (${seconds(parse.parseOnlyMs + insert.ms)})`],
		[
			'import',
			`${seconds(first.ms)}: ${(first.ms / bound).toFixed(2)} times the bound (${(first.ms / (parse.parseOnlyMs + insert.ms)).toFixed(2)}), goal ${MOST_RATIO}`,
		],
		['the same file again, nothing changes', seconds(again.ms)],
		[`import of ${consent.summary.rows} rows with SMS consent, all in the ledger`, seconds(consent.ms)],
		[
			'memory over a 10,000-row import',
			`${(memory.growthBytes / MEBIBYTE).toFixed(1)} MiB over ${(memory.idleBytes / MEBIBYTE).toFixed(0)} MiB, goal ${MOST_GROWTH_MIB}`,
		],
		[
			'event loop, longest turn',
			`${longest.toFixed(1)} ms by the clock, ${longestCpu.toFixed(1)} ms of CPU, goal ${MOST_BUSY_MS}; with consent ${consent.longestMs.toFixed(1)} and ${consent.longestCpuMs.toFixed(1)} ms`,
		],
		[
			'longest write transaction',
			`${transaction.toFixed(0)} ms, goal ${MOST_TRANSACTION_MS}; with consent ${consent.longestTransactionMs.toFixed(0)} ms`,
		],
	];
	console.log(`${name}\n${lines.map(([what = '', figure = '']) => `  ${what.padEnd(62)}${figure}`).join('\n')}\n`);
}

async function inProcess<K extends ImportJob['kind']>(
	job: Extract<ImportJob, { kind: K }>,
): Promise<ImportJobResults[K]> {
	const child = fork(join(__dirname, 'importProcess.js'), { execArgv: [] });
	child.send(job);
	const [answer] = (await Promise.race([
		once(child, 'message'),
		once(child, 'exit').then(() => [{ error: 'The process ended early.' }]),
	])) as [{ result?: ImportJobResults[K]; error?: string }];
	if (answer.result === undefined) throw new Error(answer.error);
	return answer.result;
}

const ledgerKey = 'a ledger key for the benchmark';
let stores = 0;

function sqlite(folder: string): Database {
	return {
		name: 'SQLite',
		fresh: async () => ({
			kind: 'sqlite',
			n8nFolder: folder,
			file: `bench${++stores}.sqlite`,
			queueMode: false,
			sharedDisk: false,
			ledgerKey,
		}),
		stop: async () => undefined,
	};
}

async function postgres(): Promise<Database> {
	return { name: 'PostgreSQL', ...(await startBenchPostgres(ledgerKey)) };
}

if (require.main === module) {
	benchImport().then(
		() => process.exit(0),
		(error: unknown) => {
			console.error(error instanceof Error ? error.message : error);
			process.exit(1);
		},
	);
}
