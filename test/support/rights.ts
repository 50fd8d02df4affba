import type { Store } from '../../store/store';

/** Every text and number in every table, to look for what must be gone. */
export async function everything(store: Store): Promise<string> {
	const tables = [
		'setting',
		'identity',
		'registration',
		'consent_word',
		'event',
		'contact',
		'membership',
		'invitation',
		'consent_record',
		'campaign',
		'message',
		'suppression',
	] as const;
	const rows: unknown[] = [];
	for (const table of tables) rows.push(table, await store.db.selectFrom(table).selectAll().execute());
	return JSON.stringify(rows);
}
