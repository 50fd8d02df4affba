import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sql } from 'kysely';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

import { checkRegistrations } from '../services/registrations/registrations';
import { createOrUpdateSender } from '../services/senders/senders';
import { isPostgres } from '../store/database/dialect';
import { listOf } from '../store/database/rows';
import { openStore, type Store, type StoreSettings } from '../store/store';
import { phoneOf } from './people';
import { startBenchPostgres } from './postgres';
import { median } from './report';

/** `npm run bench:check`: checking numbers against a million registrations, beside parsing them and a bare join, on both databases. */
const REGISTRATIONS = 1_000_000;
const NUMBERS = 10_000;
const ROUNDS = 7;
const ROWS_A_STATEMENT = 20_000;
const MOST_TIMES_THE_BOUND = 1.5;
const MOST_BUSY_MS = 50;
const SENDER = '+390212345678';
const ledgerKey = 'a ledger key for benchmarks';

async function main(): Promise<boolean> {
	const folder = mkdtempSync(join(tmpdir(), 'optin-bench-check-'));
	const postgres = await startBenchPostgres(ledgerKey);
	try {
		const sqlite = await measure('SQLite', {
			kind: 'sqlite',
			n8nFolder: folder,
			file: 'optin.sqlite',
			queueMode: false,
			sharedDisk: false,
			ledgerKey,
		});
		const both = await measure('PostgreSQL', await postgres.fresh());
		return sqlite && both;
	} finally {
		await postgres.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}

async function measure(name: string, settings: StoreSettings): Promise<boolean> {
	const store = await openStore(settings, { create: true });
	try {
		await createOrUpdateSender(store, {
			phone: SENDER,
			provider: 'meta',
			sendsWhatsApp: true,
			sendsSms: false,
			country: 'IT',
		});
		await fill(store);
		const numbers = numbersToCheck();
		const times = { parse: [] as number[], join: [] as number[], check: [] as number[] };
		let busyMs = 0;
		// The first round warms both ways up and does not count.
		for (let round = 0; round <= ROUNDS; round++) {
			const parse = await time(() =>
				numbers.map(
					(number) => parsePhoneNumberFromString(number, { defaultCountry: 'IT', extract: false })?.number ?? '',
				),
			);
			const phones = parse.result.filter((phone) => phone !== '');
			const bare = await time(() => bareJoin(store, phones));
			const delay = monitorEventLoopDelay({ resolution: 1 });
			delay.enable();
			const check = await time(() => checkRegistrations(store, { sender: '', numbers }));
			delay.disable();
			const registered = check.result.filter((each) => each.registered).length;
			if (check.result.length !== NUMBERS || registered !== bare.result.length)
				throw new Error(
					`${registered} of ${check.result.length} are registered, and the join says ${bare.result.length}.`,
				);
			if (round === 0) continue;
			times.parse.push(parse.ms);
			times.join.push(bare.ms);
			times.check.push(check.ms);
			busyMs = Math.max(busyMs, delay.max / 1e6);
		}
		const [parse, join, check] = [median(times.parse), median(times.join), median(times.check)];
		const ratio = check / (parse + join);
		const figures = `parse ${parse.toFixed(0)} ms + bare join ${join.toFixed(0)} ms = ${(parse + join).toFixed(0)} ms; check ${check.toFixed(0)} ms: ${ratio.toFixed(2)} times (at most ${MOST_TIMES_THE_BOUND})`;
		console.log(`${name}: ${figures}; event loop busy at most ${busyMs.toFixed(0)} ms (at most ${MOST_BUSY_MS})`);
		return ratio <= MOST_TIMES_THE_BOUND && busyMs <= MOST_BUSY_MS;
	} finally {
		await store.close();
	}
}

async function time<T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
	const startedAt = performance.now();
	const result = await work();
	return { ms: performance.now() - startedAt, result };
}

/** A million people, each registered, as they would stand after a few years. */
async function fill(store: Store): Promise<void> {
	const now = store.now();
	for (let first = 0; first < REGISTRATIONS; first += ROWS_A_STATEMENT) {
		await store.transaction(async (db) => {
			const phones = Array.from({ length: ROWS_A_STATEMENT }, (_, index) => phoneOf(first + index));
			const list = isPostgres(db)
				? sql`jsonb_array_elements_text(${JSON.stringify(phones)}::jsonb) as l(value)`
				: sql`json_each(${JSON.stringify(phones)}) as l`;
			await sql`insert into identity (phone, created_at) select l.value, ${sql.lit(now)} from ${list}`.execute(db);
			await sql`insert into registration (sender_id, identity_id, state, since, last_inbound_at) select 1, i.id, 'active', ${sql.lit(now)}, ${sql.lit(now)} from identity i where i.phone in ${listOf(db, phones)}`.execute(
				db,
			);
		});
	}
	await sql`analyze`.execute(store.db);
}

/** As people type them; one in ten is nobody's. */
function numbersToCheck(): string[] {
	return Array.from({ length: NUMBERS }, (_, index) => {
		const far = index % 10 === 0 ? REGISTRATIONS : 0;
		const phone = phoneOf(far + ((index * 7_919) % REGISTRATIONS));
		return index % 3 === 0 ? phone : `${phone.slice(3, 6)} ${phone.slice(6)}`;
	});
}

async function bareJoin(store: Store, phones: readonly string[]): Promise<unknown[]> {
	return await store.db
		.selectFrom('identity as i')
		.innerJoin('registration as r', 'r.identity_id', 'i.id')
		.select(['i.phone', 'r.state', 'r.last_inbound_at'])
		.where('i.phone', 'in', listOf(store.db, phones))
		.where('r.sender_id', '=', 1)
		.execute();
}

main().then(
	(isWithinBounds) => process.exit(isWithinBounds ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
