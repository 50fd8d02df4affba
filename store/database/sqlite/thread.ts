import { extname, join } from 'node:path';
import type { SQLInputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

import type { OpenAnswer, StatementAnswer, StatementRequest, WorkerSettings } from './worker.mjs';

type Result = Extract<StatementAnswer, { rows: unknown[] }>;

/** An error of SQLite; `code` is `SQLITE_<primary result code>`, e.g. SQLITE_5 for busy, or `CLOSED` where its thread has ended. */
class SqliteError extends Error {
	override readonly name = 'SqliteError';

	constructor(
		message: string,
		readonly code: string,
	) {
		super(message);
	}
}

/** The asynchronous end of worker.ts: statements go in, results come back in the same order. */
export class SqliteThread {
	private nextId = 1;
	private readonly open = new Map<number, { resolve: (result: Result) => void; reject: (error: Error) => void }>();
	private ended: Error | undefined;

	private constructor(private readonly worker: Worker) {
		worker.on('message', (answer: StatementAnswer) => this.settle(answer));
		worker.on('error', (error) => this.fail(new SqliteError(error.message, 'CLOSED')));
		worker.on('exit', () => this.fail(new SqliteError('its thread has ended', 'CLOSED')));
	}

	/** @throws {SqliteError} when the file cannot be opened. */
	static async open(settings: WorkerSettings): Promise<SqliteThread> {
		const file = join(__dirname, extname(__filename) === '.ts' ? 'worker.mts' : 'worker.mjs');
		const worker = new Worker(file, { workerData: settings });
		await new Promise<void>((resolve, reject) => {
			worker.once('message', (answer: OpenAnswer) => {
				worker.off('error', reject);
				if (answer === 'open') resolve();
				else reject(new SqliteError(answer.message, answer.code));
			});
			worker.once('error', reject);
		});
		// The store keeps no process alive; whoever waits for a result does (see run).
		worker.unref();
		return new SqliteThread(worker);
	}

	async run(sql: string, parameters: readonly unknown[]): Promise<Result> {
		if (this.ended) throw this.ended;
		const id = this.nextId++;
		const request: StatementRequest = { id, sql, parameters: parameters as SQLInputValue[] };
		if (this.open.size === 0) this.worker.ref();
		return await new Promise<Result>((resolve, reject) => {
			this.open.set(id, { resolve, reject });
			this.worker.postMessage(request);
		});
	}

	async close(): Promise<void> {
		if (this.ended) return;
		const exited = new Promise<void>((resolve) => this.worker.once('exit', () => resolve()));
		this.worker.ref();
		this.worker.postMessage('close');
		await exited;
	}

	private settle(answer: StatementAnswer): void {
		const waiting = this.open.get(answer.id);
		if (!waiting) return;
		this.open.delete(answer.id);
		if (this.open.size === 0) this.worker.unref();
		if ('error' in answer) waiting.reject(new SqliteError(answer.error.message, answer.error.code));
		else waiting.resolve(answer);
	}

	private fail(error: Error): void {
		this.ended ??= error;
		for (const { reject } of this.open.values()) reject(error);
		this.open.clear();
	}
}
