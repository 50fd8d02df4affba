import { formsOf } from '../domain/line';
import { isWhatsAppUserId } from '../domain/whatsAppUserId';
import type { PersonKey } from './identities';
import { keyedHash } from './database/keyedHash';
import { listOf } from './database/rows';
import type { Database, SuppressionTable } from './schema';

/** An opt-out of somebody erased. */
export interface Suppression {
	scope: string;
	/** UTC ms. */
	effectiveAt: number;
	source: SuppressionTable['source'];
}

export interface HashedSuppression extends Suppression {
	hash: string;
}

/** Not a word of the person's: up to when nothing about them is taken in. */
export const ERASED = 'erased';

/** Of the line, whichever form of its number was erased, and of the WhatsApp user id, as far as there are any. */
export function hashesOf(db: Database, { phone, whatsAppUserId }: PersonKey): string[] {
	return [
		...(phone === null ? [] : formsOf(phone).map((form) => hashOfPhone(db, form))),
		...(whatsAppUserId === null ? [] : [keyedHash(db, 'person user', whatsAppUserId)]),
	];
}

function hashOfPhone(db: Database, phone: string): string {
	return keyedHash(db, 'person phone', phone);
}

const COLUMNS = ['hash', 'scope', 'effective_at as effectiveAt', 'source'] as const;

export async function suppressionsOf(db: Database, hashes: readonly string[]): Promise<HashedSuppression[]> {
	if (hashes.length === 0) return [];
	return await db.selectFrom('suppression').select(COLUMNS).where('hash', 'in', listOf(db, hashes)).execute();
}

/** What holds against numbers and WhatsApp user ids whose people were erased, by number (or id) and scope. */
export async function suppressedNumbers(
	db: Database,
	phones: readonly string[],
): Promise<Map<string, Map<string, Suppression>>> {
	const found = new Map<string, Map<string, Suppression>>();
	if (phones.length === 0 || !(await db.selectFrom('suppression').select('hash').limit(1).executeTakeFirst()))
		return found;
	const phoneOf = new Map(
		phones.flatMap((phone) =>
			hashesOf(
				db,
				isWhatsAppUserId(phone) ? { phone: null, whatsAppUserId: phone } : { phone, whatsAppUserId: null },
			).map((hash): [string, string] => [hash, phone]),
		),
	);
	for (const { hash, ...word } of await suppressionsOf(db, [...phoneOf.keys()])) {
		const phone = phoneOf.get(hash);
		if (phone === undefined || word.scope === ERASED) continue;
		found.set(phone, (found.get(phone) ?? new Map<string, Suppression>()).set(word.scope, word));
	}
	return found;
}

/** The later word of a scope stays. */
export async function addSuppressions(db: Database, rows: readonly HashedSuppression[]): Promise<number> {
	let added = 0;
	for (const { hash, scope, effectiveAt, source } of rows) {
		const { numInsertedOrUpdatedRows = 0n } = await db
			.insertInto('suppression')
			.values({ hash, scope, effective_at: effectiveAt, source })
			.onConflict((conflict) =>
				conflict
					.columns(['hash', 'scope'])
					.doUpdateSet((set) => ({
						effective_at: set.ref('excluded.effective_at'),
						source: set.ref('excluded.source'),
					}))
					.whereRef('suppression.effective_at', '<', 'excluded.effective_at'),
			)
			.executeTakeFirst();
		added += Number(numInsertedOrUpdatedRows);
	}
	return added;
}

/** The words go once a person carries them again; when they were erased stays. */
export async function deleteSuppressedWords(db: Database, hashes: readonly string[]): Promise<void> {
	await db.deleteFrom('suppression').where('hash', 'in', listOf(db, hashes)).where('scope', '<>', ERASED).execute();
}

/** By hash and scope, a page after a row. */
export async function selectSuppressions(
	db: Database,
	after: Pick<HashedSuppression, 'hash' | 'scope'> | null,
	limit: number,
): Promise<HashedSuppression[]> {
	let query = db.selectFrom('suppression').select(COLUMNS).orderBy('hash').orderBy('scope').limit(limit);
	if (after) {
		query = query.where((where) =>
			where.or([
				where('hash', '>', after.hash),
				where.and([where('hash', '=', after.hash), where('scope', '>', after.scope)]),
			]),
		);
	}
	return await query.execute();
}
