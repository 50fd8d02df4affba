import { portableScope, type ScopeNames } from '../../domain/optOutScope';
import { type ListedOptOut, selectOptOuts } from '../../store/optOutLists';
import type { Store } from '../../store/store';
import { type HashedSuppression, selectSuppressions } from '../../store/suppressions';
import { writeStoreRecord } from '../consent/writeRecords';

/** One opt-out, as it stands in items and files. */
export interface OptOut {
	/** E.164. */
	phone: string | null;
	whatsAppUserId: string | null;
	/** Instead of both, of somebody erased: tells nothing without the ledger key. */
	hash: string | null;
	/** `all`, `sms`, `sender:+39…`, `marketing:+39…`, `group:news`; `erased`: the person was erased at that time. */
	scope: string;
	/** ISO 8601: when it was said. */
	at: string;
	source: 'person' | 'provider' | 'operator';
}

const ROWS_A_PAGE = 1_000;

/** Every opt-out that holds, page by page, those of people erased at the end. Recorded in the ledger when the last page was read. */
export async function* exportOptOuts(store: Store): AsyncGenerator<OptOut[]> {
	const names = await scopeNames(store);
	let count = 0;
	for (let last: ListedOptOut | null = null; ;) {
		const page: ListedOptOut[] = await store.read((db) => selectOptOuts(db, last, ROWS_A_PAGE));
		const rows = page.flatMap(({ phone, whatsAppUserId, ...word }) =>
			optOut({ phone, whatsAppUserId, hash: null }, word, names),
		);
		count += rows.length;
		yield rows;
		last = page.at(-1) ?? last;
		if (page.length < ROWS_A_PAGE) break;
	}
	for (let last: HashedSuppression | null = null; ;) {
		const page: HashedSuppression[] = await store.read((db) => selectSuppressions(db, last, ROWS_A_PAGE));
		const rows = page.flatMap(({ hash, ...word }) => optOut({ phone: null, whatsAppUserId: null, hash }, word, names));
		count += rows.length;
		yield rows;
		last = page.at(-1) ?? last;
		if (page.length < ROWS_A_PAGE) break;
	}
	await store.transaction((db) =>
		writeStoreRecord(store, db, { action: 'optOutsExported', source: 'operator', count }),
	);
}

/** What ends a file: one without it is cut off. */
interface FileEnd {
	end: true;
	count: number;
}

/** The same as a file of JSON lines. */
export async function exportOptOutFile(store: Store): Promise<{ file: Buffer; count: number }> {
	const pieces: Buffer[] = [];
	let count = 0;
	for await (const rows of exportOptOuts(store)) {
		count += rows.length;
		if (rows.length > 0) pieces.push(Buffer.from(`${rows.map((row) => JSON.stringify(row)).join('\n')}\n`));
	}
	const end: FileEnd = { end: true, count };
	return { file: Buffer.concat([...pieces, Buffer.from(`${JSON.stringify(end)}\n`)]), count };
}

function optOut(
	who: Pick<OptOut, 'phone' | 'whatsAppUserId' | 'hash'>,
	word: Pick<ListedOptOut, 'scope' | 'effectiveAt' | 'source'>,
	names: ScopeNames,
): OptOut[] {
	const scope = portableScope(word.scope, names);
	return scope === null ? [] : [{ ...who, scope, at: new Date(word.effectiveAt).toISOString(), source: word.source }];
}

async function scopeNames(store: Store): Promise<ScopeNames> {
	const [senders, groups] = await store.read(
		async (db) =>
			[
				await db.selectFrom('sender').select(['id', 'phone']).execute(),
				await db.selectFrom('contact_group').select(['id', 'shortcode']).execute(),
			] as const,
	);
	const phones = new Map(senders.map(({ id, phone }) => [id, phone]));
	const shortcodes = new Map(groups.map(({ id, shortcode }) => [id, shortcode]));
	return { senderPhone: (id) => phones.get(id), shortcode: (id) => shortcodes.get(id) };
}
