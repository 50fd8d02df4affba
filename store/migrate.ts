import { type Kysely, type Migration, Migrator } from 'kysely';

import { ConfigurationError } from '../domain/errors';
import { migrations } from './migrations';

/**
 * Brings the schema to this version, under a lock, so that several processes may start at once.
 * @throws {ConfigurationError} when the store was already used by a newer version.
 */
export async function migrate(db: Kysely<unknown>, known: Record<string, Migration> = migrations): Promise<void> {
	const migrator = new Migrator({
		db,
		provider: { getMigrations: async () => known },
		migrationTableName: 'schema_migration',
		migrationLockTableName: 'schema_migration_lock',
	});
	const newer = await migrationsOfNewerVersion(db, known);
	if (newer.length > 0) {
		throw new ConfigurationError(
			`The store was made by a newer version of n8n-nodes-optin (it has "${newer.join('", "')}"). Update the package; this version does not touch it.`,
		);
	}
	const { error } = await migrator.migrateToLatest();
	if (error !== undefined)
		throw error instanceof Error
			? error
			: new Error('The schema could not be brought to this version.', { cause: error });
}

async function migrationsOfNewerVersion(db: Kysely<unknown>, known: Record<string, Migration>): Promise<string[]> {
	const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
	if (!tables.some(({ name }) => name === 'schema_migration')) return [];
	const untyped = db as Kysely<{ schema_migration: { name: string } }>;
	const applied = await untyped.selectFrom('schema_migration').select('name').execute();
	return applied.map(({ name }) => name).filter((name) => !(name in known));
}
