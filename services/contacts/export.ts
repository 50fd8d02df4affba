import { csvRecord, undefused } from '../../domain/contactFile/cell';
import { fieldColumnName } from '../../domain/contactFile/columns';
import { selectFieldNames, shortcodesOfContacts } from '../../store/contactExport';
import { type Contact, selectContacts } from '../../store/contacts';
import { resolveGroup } from '../../store/groups';
import type { Store } from '../../store/store';
import { fieldText } from './fieldText';

export interface ExportFilter {
	/** Group id or shortcode; default: all contacts. */
	group?: string;
}

const CONTACTS_A_PAGE = 500;
const FIELD_NAMES_A_PAGE = 5_000;
/** Spreadsheets know UTF-8 by it. */
const BYTE_ORDER_MARK = '\uFEFF';

const COLUMNS = {
	smsNumber: 'SMS Number',
	whatsAppNumber: 'WhatsApp Number',
	whatsAppUserId: 'WhatsApp User ID',
	name: 'Name',
	language: 'Language',
	smsConsentSource: 'SMS Consent Source',
	smsConsentDate: 'SMS Consent Date',
	groups: 'Groups',
} as const;

/**
 * Contacts as a CSV file (UTF-8 with byte order mark, commas), page by page. Importing it changes nothing: names of fields that would
 * be taken for a column of ours have the prefix `field:`, cells that a spreadsheet would run as a formula an apostrophe.
 */
export async function* exportCsv(
	store: Store,
	filter: ExportFilter,
	onPage: (contacts: number) => void = () => undefined,
): AsyncGenerator<Buffer> {
	const groupId = await groupIdOf(store, filter);
	const fields = await fieldNames(store, groupId);
	yield Buffer.from(BYTE_ORDER_MARK + csvRecord([...Object.values(COLUMNS), ...fields.map(fieldColumnName)]));
	for await (const page of pages(store, groupId)) {
		onPage(page.length);
		yield Buffer.from(
			page
				.map((contact) =>
					csvRecord([
						...ownCells(contact).map((cell) => cell ?? ''),
						...fields.map((name) => fieldText(contact.fields, name)),
					]),
				)
				.join(''),
		);
	}
}

/** Contacts as objects that Import reads as they are. */
export async function* exportItems(store: Store, filter: ExportFilter): AsyncGenerator<Array<Record<string, unknown>>> {
	for await (const page of pages(store, await groupIdOf(store, filter))) {
		yield page.map((contact) => {
			const own = Object.keys(COLUMNS).map((name, index): [string, unknown] => [
				name,
				guarded(ownCells(contact)[index]),
			]);
			const fields = Object.entries(contact.fields).map(([name, value]): [string, unknown] => [
				fieldColumnName(name),
				guarded(value),
			]);
			return Object.fromEntries([...own, ...fields]);
		});
	}
}

/** With the shortcodes of all groups it is in. */
interface ExportedContact extends Contact {
	groups: string[];
}

function ownCells({
	smsNumber,
	whatsAppNumber,
	whatsAppUserId,
	name,
	language,
	smsConsentSource,
	smsConsentAt,
	groups,
}: ExportedContact): Array<string | null> {
	return [
		smsNumber,
		whatsAppNumber,
		whatsAppUserId,
		name,
		language,
		smsConsentSource,
		smsConsentAt === null ? null : new Date(smsConsentAt).toISOString(),
		groups.join(', ') || null,
	];
}

/** Import takes an apostrophe before a formula away; one that belongs to the text gets a second. */
function guarded(value: unknown): unknown {
	return typeof value === 'string' && undefused(value) !== value ? `'${value}` : value;
}

async function groupIdOf(store: Store, { group }: ExportFilter): Promise<number | null> {
	return group ? (await store.read((db) => resolveGroup(db, group))).id : null;
}

async function* pages(store: Store, groupId: number | null): AsyncGenerator<ExportedContact[]> {
	for (let after = 0; ;) {
		const page = await store.read(async (db) => {
			const contacts = await selectContacts(db, { search: '', groupId, limit: CONTACTS_A_PAGE, after });
			const groups = await shortcodesOfContacts(
				db,
				contacts.map(({ id }) => id),
			);
			return contacts.map((contact) => ({ ...contact, groups: groups.get(contact.id) ?? [] }));
		});
		if (page.length > 0) yield page;
		const last = page.at(-1);
		if (!last || page.length < CONTACTS_A_PAGE) return;
		after = last.id;
	}
}

/** In alphabetical order. */
async function fieldNames(store: Store, groupId: number | null): Promise<string[]> {
	const all = new Set<string>();
	for (let after: number | null = 0; after !== null;) {
		const page: { names: string[]; last: number | null } = await store.read((db) =>
			selectFieldNames(db, { groupId, after: after ?? 0, limit: FIELD_NAMES_A_PAGE }),
		);
		for (const name of page.names) all.add(name);
		after = page.last;
	}
	return [...all].sort();
}
