import type { Database } from '../schema';

export async function readSetting(db: Database, name: string): Promise<string | null> {
	const row = await db.selectFrom('setting').select('value').where('name', '=', name).executeTakeFirst();
	return row?.value ?? null;
}

export async function saveSetting(db: Database, name: string, value: string): Promise<void> {
	await db
		.insertInto('setting')
		.values({ name, value })
		.onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
		.execute();
}

/** What is there already stays. */
export async function addSetting(db: Database, name: string, value: string): Promise<void> {
	await db
		.insertInto('setting')
		.values({ name, value })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

export async function deleteSetting(db: Database, name: string): Promise<void> {
	await db.deleteFrom('setting').where('name', '=', name).execute();
}
