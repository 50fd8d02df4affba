import { type Kysely, sql } from 'kysely';

import { joinContactsOfOneLine } from './lines/contacts';
import { joinIdentitiesOfOneLine } from './lines/identities';

/**
 * One line has one number in the store, the one dialled today (domain/line.ts). What version 0.2 kept under an older form is
 * joined with what it kept under the dialled one; the form itself stays as the number that WhatsApp knows.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema.alterTable('identity').addColumn('told_phone', 'text').execute();
	await db.schema.alterTable('identity').addColumn('merged_into_id', 'bigint').execute();
	await sql`create index identity_merged_into on identity (merged_into_id) where merged_into_id is not null`.execute(
		db,
	);
	await joinIdentitiesOfOneLine(db);
	await joinContactsOfOneLine(db);
}
