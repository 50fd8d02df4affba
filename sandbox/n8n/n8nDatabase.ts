import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Existing } from './importPlan';
import { fingerprint } from './importPlan';

/** What is in the SQLite database of an n8n that does not run just now. Asking n8n's own commands would take seconds each. */
export function readDatabase(userFolder: string): Existing {
	const file = join(userFolder, '.n8n', 'database.sqlite');
	const none = { credentialIds: new Set<string>(), workflows: new Map<string, string>() };
	if (!existsSync(file)) return none;
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		// A first start that was broken off may have left no tables.
		const tables = database
			.prepare("select count(*) as n from sqlite_master where name in ('credentials_entity', 'workflow_entity')")
			.get();
		if (tables?.['n'] !== 2) return none;
		const workflows = database.prepare('select id, nodes, connections from workflow_entity').all();
		return {
			credentialIds: new Set(
				database
					.prepare('select id from credentials_entity')
					.all()
					.map((row) => String(row['id'])),
			),
			workflows: new Map(workflows.map((row) => [String(row['id']), fingerprint([row['nodes'], row['connections']])])),
		};
	} finally {
		database.close();
	}
}
