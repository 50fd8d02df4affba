/**
 * The thread that holds the SQLite connection. node:sqlite is synchronous: here a slow statement,
 * a wait for another process's lock or an fsync holds up nobody, least of all n8n's event loop.
 * Tests start this file as it is, through Node's own type stripping: it imports nothing but Node's modules.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

export interface WorkerSettings {
	file: string;
	busyTimeoutMs: number;
}

export interface StatementRequest {
	id: number;
	sql: string;
	parameters: SQLInputValue[];
}

/** The first message: what came of opening the file. */
export type OpenAnswer = 'open' | { message: string; code: string };

export type StatementAnswer =
	| { id: number; rows: unknown[]; changes: number; insertId: number | bigint }
	| { id: number; error: { message: string; code: string } };

const STATEMENTS_KEPT = 300;

const settings = workerData as WorkerSettings;
const port = parentPort;
if (!port) throw new Error('store/database/sqlite/worker is started as a worker thread only.');

function open(): DatabaseSync {
	const opened = new DatabaseSync(settings.file, { timeout: settings.busyTimeoutMs });
	opened.exec('pragma journal_mode = wal');
	// FULL: a commit that was acknowledged survives a power cut as well, where the disk keeps its word.
	opened.exec('pragma synchronous = full');
	opened.exec('pragma foreign_keys = on');
	return opened;
}

const statements = new Map<string, StatementSync>();

function prepare(database: DatabaseSync, sql: string): StatementSync {
	const known = statements.get(sql);
	if (known) return known;
	if (statements.size >= STATEMENTS_KEPT) statements.clear();
	const statement = database.prepare(sql);
	statements.set(sql, statement);
	return statement;
}

function run(database: DatabaseSync, { id, sql, parameters }: StatementRequest): StatementAnswer {
	try {
		const statement = prepare(database, sql);
		if (statement.columns().length > 0) {
			return { id, rows: statement.all(...parameters), changes: 0, insertId: 0 };
		}
		const { changes, lastInsertRowid } = statement.run(...parameters);
		return { id, rows: [], changes: Number(changes), insertId: lastInsertRowid };
	} catch (error) {
		return { id, error: toldError(error) };
	}
}

function toldError(error: unknown): { message: string; code: string } {
	const { message, code, errcode } = error as Error & { code?: string; errcode?: number };
	return { message, code: errcode === undefined ? (code ?? 'ERR') : `SQLITE_${errcode & 0xff}` };
}

try {
	const database = open();
	port.on('message', (request: StatementRequest | 'close') => {
		if (request === 'close') {
			database.close();
			port.close();
			return;
		}
		port.postMessage(run(database, request));
	});
	port.postMessage('open' satisfies OpenAnswer);
} catch (error) {
	port.postMessage(toldError(error) satisfies OpenAnswer);
}
