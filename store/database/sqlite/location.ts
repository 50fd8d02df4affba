import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { ConfigurationError, InvalidInputError } from '../../../domain/errors';
import { storeError } from '../databaseErrors';

export interface SqliteSettings {
	/** n8n's own folder, usually ~/.n8n. */
	n8nFolder: string;
	/** A file name, not a path: the file lies in the folder `optin` below n8n's. */
	file: string;
	/** n8n runs with EXECUTIONS_MODE=queue: several processes, perhaps on several machines. */
	queueMode: boolean;
	/** The user's word that all those processes share one disk. */
	sharedDisk: boolean;
}

const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function sqliteFilePath({ n8nFolder, file }: SqliteSettings): string {
	if (!FILE_NAME.test(file)) {
		throw new InvalidInputError(
			`"${file}" is not a file name for the store. Use letters, digits, dots, dashes and underscores only, e.g. optin.sqlite; folders are not allowed.`,
		);
	}
	return join(n8nFolder, 'optin', file);
}

/**
 * Makes the folder when the store may be made; otherwise insists that the file is there.
 * @throws {ConfigurationError} in queue mode without the user's word, or when the file is missing.
 * @throws {StoreUnavailableError} when nobody can say whether it is there.
 */
export function assertUsable(settings: SqliteSettings, create: boolean): void {
	const path = sqliteFilePath(settings);
	if (settings.queueMode && !settings.sharedDisk) {
		throw new ConfigurationError(
			'n8n runs in queue mode, where an embedded SQLite file works only if all processes share one disk. Choose PostgreSQL in the Opt-In Store credential, or switch on "All Processes Share the Disk".',
		);
	}
	if (isThere(path)) return;
	if (!create) {
		throw new ConfigurationError(
			`The store file "${settings.file}" does not exist. An empty store would have forgotten every opt-out, so it is not made here: test the Opt-In Store credential to make it, or bring the file back.`,
		);
	}
	try {
		mkdirSync(join(settings.n8nFolder, 'optin'), { recursive: true, mode: 0o700 });
	} catch (error) {
		throw storeError(error);
	}
}

/** A folder that may not be looked into is no missing file. */
function isThere(path: string): boolean {
	try {
		return statSync(path, { throwIfNoEntry: false }) !== undefined;
	} catch (error) {
		throw storeError(error);
	}
}
