import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { sql } from 'kysely';

import { importContacts, type ImportSummary } from '../services/contacts/import/importContacts';
import { rowsOf, numberCell, textCell } from '../store/database/rows';
import { openStore, type Store, type StoreSettings } from '../store/store';
import { type EventLoopFigures, watchEventLoop } from './eventLoopWatch';
import { cityOf, mobileOf, nameOf } from './importFile';

/** What a process of its own does, so that nothing of one is left when the next is measured. */
export type ImportJob =
	| { kind: 'parse'; count: number }
	| { kind: 'insert'; count: number; settings: StoreSettings }
	| { kind: 'import'; path: string; settings: StoreSettings }
	| { kind: 'memory'; warmUpPath: string; path: string; settings: StoreSettings };

export interface ImportRun extends EventLoopFigures {
	ms: number;
	summary: ImportSummary;
	longestTransactionMs: number;
}

export interface ImportJobResults {
	parse: { ms: number; parseOnlyMs: number };
	insert: { ms: number };
	import: ImportRun;
	memory: { idleBytes: number; peakBytes: number; growthBytes: number };
}

const ROWS_A_CHUNK = 1_000;
const IDLE_MS = 3_000;

export async function runJob(job: ImportJob): Promise<ImportJobResults[ImportJob['kind']]> {
	if (job.kind === 'parse') return parseAll(job.count);
	const store = await openStore(job.settings, { create: true });
	try {
		if (job.kind === 'insert') return await insertAll(store, job.count);
		if (job.kind === 'import') return await importAll(store, job.path);
		return await measureMemory(store, job);
	} finally {
		await store.close();
	}
}

/** Each number once, as domain/phone.ts has to: read, and checked to exist. */
function parseAll(count: number): ImportJobResults['parse'] {
	const numbers = Array.from({ length: count }, (_, index) => mobileOf(index));
	const time = (work: (number: string) => unknown): number => {
		const startedAt = performance.now();
		for (const number of numbers) work(number);
		return performance.now() - startedAt;
	};
	const parse = (number: string) => parsePhoneNumberFromString(number, { defaultCountry: 'IT', extract: false });
	for (const number of numbers.slice(0, 10_000)) parse(number)?.isValid();
	return { parseOnlyMs: time(parse), ms: time((number) => parse(number)?.isValid()) };
}

/** The columns of a contact with its unique indexes, a transaction each chunk, one statement each; nothing looked up, nothing decided. */
async function insertAll(store: Store, count: number): Promise<ImportJobResults['insert']> {
	const startedAt = performance.now();
	for (let first = 0; first < count; first += ROWS_A_CHUNK) {
		const rows = Array.from({ length: Math.min(ROWS_A_CHUNK, count - first) }, (_, index) => {
			const number = first + index;
			return [
				nameOf(number),
				mobileOf(number),
				null,
				JSON.stringify({ City: cityOf(number) }),
				null,
				null,
				null,
				startedAt | 0,
				startedAt | 0,
			];
		});
		await store.transaction(async (db) => {
			await sql`
				insert into contact (name, sms_number, whatsapp_number, fields, language, sms_consent_source, sms_consent_at, created_at, updated_at)
				select ${textCell(0)}, ${textCell(1)}, ${textCell(2)}, ${textCell(3)}, ${textCell(4)}, ${textCell(5)}, ${numberCell(6)}, ${numberCell(7)}, ${numberCell(8)}
				from ${rowsOf(db, rows)}`.execute(db);
		});
	}
	return { ms: performance.now() - startedAt };
}

async function importAll(store: Store, path: string): Promise<ImportRun> {
	let longestTransactionMs = 0;
	const timed: Store = {
		db: store.db,
		id: store.id,
		ledgerKey: store.ledgerKey,
		guard: store.guard,
		now: () => store.now(),
		read: (work) => store.read(work),
		close: () => store.close(),
		transaction: (work) =>
			store.transaction(async (db) => {
				const startedAt = performance.now();
				try {
					return await work(db);
				} finally {
					longestTransactionMs = Math.max(longestTransactionMs, performance.now() - startedAt);
				}
			}),
	};
	const endWatch = watchEventLoop();
	const startedAt = performance.now();
	const { summary } = await importContacts(timed, createReadStream(path), { country: 'IT' });
	return { ms: performance.now() - startedAt, summary, longestTransactionMs, ...endWatch() };
}

async function measureMemory(
	store: Store,
	{ warmUpPath, path }: { warmUpPath: string; path: string },
): Promise<ImportJobResults['memory']> {
	await importContacts(store, createReadStream(warmUpPath), { country: 'IT' });
	await pause(IDLE_MS);
	// Linux then counts the peak anew.
	writeFileSync('/proc/self/clear_refs', '5');
	const idleBytes = memoryBytes('VmRSS');
	await importContacts(store, createReadStream(path), { country: 'IT' });
	const peakBytes = memoryBytes('VmHWM');
	return { idleBytes, peakBytes, growthBytes: peakBytes - idleBytes };
}

function memoryBytes(name: 'VmRSS' | 'VmHWM'): number {
	const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
	return Number(kibibytes) * 1_024;
}
