import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { listContacts } from '../../services/contacts/contacts';
import { openStore } from '../../store/store';
import { importFile, numberOf } from '../support/contactFiles';
import { newSqlite } from '../support/stores';

const ROWS = 30_000;
const dist = join(__dirname, '..', '..', 'dist');

it('an import killed in the middle and done again ends as one run does', async () => {
	const { settings, remove } = newSqlite();
	const store = await openStore(settings, { create: true });
	try {
		const rows = Array.from({ length: ROWS }, (_, index) => `${numberOf(index)},Person ${index}`);
		const path = join((settings as { n8nFolder: string }).n8nFolder, 'contacts.csv');
		writeFileSync(path, `Phone,Name\n${rows.join('\n')}\n`);
		const importer = spawn(
			process.execPath,
			[
				'-e',
				`require(${JSON.stringify(join(dist, 'bench', 'importJobs.js'))}).runJob(${JSON.stringify({ kind: 'import', path, settings })})`,
			],
			{ stdio: 'ignore' },
		);
		const count = async (): Promise<number> =>
			Number(
				(
					await store.db
						.selectFrom('contact')
						.select((select) => select.fn.countAll().as('count'))
						.executeTakeFirstOrThrow()
				).count,
			);
		while ((await count()) < 3_000) await pause(5);
		importer.kill('SIGKILL');
		await new Promise((resolve) => importer.once('exit', resolve));
		const cut = await count();
		expect(cut % 1_000).toBe(0);
		expect(cut).toBeLessThan(ROWS);
		const { summary } = await importFile(
			store,
			rows.reduce((file, row) => `${file}${row}\n`, 'Phone,Name\n'),
		);
		expect(summary).toMatchObject({ rows: ROWS, created: ROWS - cut, unchanged: cut, rejected: 0 });
		expect(
			(await listContacts(store, { limit: ROWS + 1 })).map(({ smsNumber, name }) => `${smsNumber},${name}`),
		).toEqual(rows);
	} finally {
		await store.close();
		await remove();
	}
});
