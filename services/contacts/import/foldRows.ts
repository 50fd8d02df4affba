import { ConflictError, OptInError } from '../../../domain/errors';
import type { ImportedRow } from '../../../domain/contactFile/row';
import type { Contact, NewContact } from '../../../store/contacts';
import { chooseContact, completed, type Given } from '../contacts';
import { fieldText } from '../fieldText';
import type { ChunkGroups } from './fileGroups';

/** A contact while rows are folded into it. */
export interface FoldedContact extends NewContact {
	/** 0 for one that is still to be made. */
	id: number;
	/** The row that makes it; null for one the store has. */
	madeByRow: number | null;
	/** As the rows left it, different from what the store has. */
	isChanged: boolean;
	/** A consent to SMS was added, where there was none. */
	consentAdded: boolean;
}

export interface FoldedRow {
	row: ImportedRow;
	contact: FoldedContact;
	outcome: 'created' | 'updated' | 'unchanged';
}

export interface Folded {
	rows: FoldedRow[];
	/** By index of the row. */
	rejected: Array<{ index: number; reason: string; /** And not by other contacts. */ byGroups: boolean }>;
}

/** Whether a consent to SMS is not to be taken in for somebody with these numbers: nothing the company enters stands against the person's own word. */
export type ConsentRefusal = (smsNumber: string | null, numbers: readonly string[]) => boolean;

/**
 * Folds rows into the contacts that have their numbers, one after the other as createOrUpdateContact would (rule 12): a row meets what
 * the rows before it have made. `known` are all contacts with one of the rows' numbers, by id.
 */
export function foldRows(
	rows: readonly ImportedRow[],
	known: readonly FoldedContact[],
	refusesConsent: ConsentRefusal,
	groups: Pick<ChunkGroups, 'check' | 'want'>,
	numberOfUserId: ReadonlyMap<string, string> = new Map(),
): Folded {
	const byNumber = new Map<string, FoldedContact[]>();
	const remember = (contact: FoldedContact): void => {
		for (const number of addressesOf(contact)) {
			const holders = byNumber.get(number);
			if (!holders) byNumber.set(number, [contact]);
			else if (!holders.includes(contact)) holders.push(contact);
		}
	};
	known.forEach(remember);
	const folded: Folded = { rows: [], rejected: [] };
	for (const [index, read] of rows.entries()) {
		let byGroups = read.groups !== null;
		try {
			const given = withKnownNumber(read, numberOfUserId);
			if (given.groups) groups.check(given.groups);
			byGroups = false;
			const holders = new Set(addressesOf(given).flatMap((number) => byNumber.get(number) ?? []));
			const found = chooseContact([...holders], givenOf(given), nameOf);
			const numbers = [...addressesOf(given), ...(found ? addressesOf(found) : [])];
			const isRefused =
				given.smsConsentAt !== null && refusesConsent(given.smsNumber ?? found?.smsNumber ?? null, numbers);
			const row = isRefused ? { ...given, smsConsentSource: null, smsConsentAt: null } : given;
			const outcome = found ? foldInto(found, row) : 'created';
			const contact = found ?? madeBy(row);
			remember(contact);
			if (given.groups) groups.want(given.groups);
			folded.rows.push({ row, contact, outcome });
		} catch (error) {
			if (!(error instanceof OptInError)) throw error;
			folded.rejected.push({ index, reason: error.message, byGroups });
		}
	}
	return folded;
}

/** Who is named by a WhatsApp user id whose number is known by now is the person with that number. */
function withKnownNumber(row: ImportedRow, numberOfUserId: ReadonlyMap<string, string>): ImportedRow {
	const number = row.whatsAppUserId === null ? undefined : numberOfUserId.get(row.whatsAppUserId);
	if (number === undefined) return row;
	if (row.whatsAppNumber !== null && row.whatsAppNumber !== number)
		throw new ConflictError('The WhatsApp user id of the row belongs to another number than the row gives.');
	return { ...row, whatsAppNumber: number, whatsAppUserId: null };
}

export function toFolded({
	id,
	name,
	smsNumber,
	whatsAppNumber,
	whatsAppUserId,
	fields,
	language,
	smsConsentSource,
	smsConsentAt,
}: Contact): FoldedContact {
	return {
		id,
		name,
		smsNumber,
		whatsAppNumber,
		whatsAppUserId,
		fields,
		language,
		smsConsentSource,
		smsConsentAt,
		madeByRow: null,
		isChanged: false,
		consentAdded: false,
	};
}

/** Numbers and WhatsApp user id; asked for every row, so quickly. */
export function addressesOf({
	smsNumber,
	whatsAppNumber,
	whatsAppUserId,
}: Pick<NewContact, 'smsNumber' | 'whatsAppNumber' | 'whatsAppUserId'>): string[] {
	const addresses = smsNumber === null ? [] : [smsNumber];
	if (whatsAppNumber !== null && whatsAppNumber !== smsNumber) addresses.push(whatsAppNumber);
	if (whatsAppUserId !== null) addresses.push(whatsAppUserId);
	return addresses;
}

function nameOf({ id, madeByRow }: FoldedContact): string {
	return madeByRow === null ? String(id) : id === 0 ? `of row ${madeByRow}` : `${id} (of row ${madeByRow})`;
}

function madeBy(row: ImportedRow): FoldedContact {
	const empty: NewContact = {
		name: null,
		smsNumber: null,
		whatsAppNumber: null,
		whatsAppUserId: null,
		fields: {},
		language: null,
		smsConsentSource: null,
		smsConsentAt: null,
	};
	return {
		...completed(empty, givenOf(row)),
		id: 0,
		madeByRow: row.row,
		isChanged: true,
		consentAdded: row.smsConsentAt !== null,
	};
}

/** Completes the contact where the row says more, or something else. */
function foldInto(contact: FoldedContact, row: ImportedRow): 'updated' | 'unchanged' {
	const given = givenOf(row);
	// What reads the same is the same, also where it was stored with outer spaces or as a number.
	if (given.name === contact.name?.trim()) given.name = undefined;
	if (given.language === contact.language?.trim()) given.language = undefined;
	given.fields = changedFields(contact.fields, row.fields);
	const consentAdded = contact.smsConsentAt === null && row.smsConsentAt !== null;
	const isChanged =
		consentAdded ||
		given.name !== undefined ||
		given.language !== undefined ||
		given.fields !== undefined ||
		(contact.smsNumber === null && row.smsNumber !== null) ||
		(contact.whatsAppNumber === null && row.whatsAppNumber !== null) ||
		(contact.whatsAppUserId === null && row.whatsAppUserId !== null);
	if (!isChanged) return 'unchanged';
	Object.assign(contact, completed(contact, given), { isChanged, consentAdded: contact.consentAdded || consentAdded });
	return 'updated';
}

function changedFields(
	known: Record<string, unknown>,
	given: Record<string, string> | null,
): Record<string, string> | undefined {
	const changed = Object.entries(given ?? {}).filter(([name, value]) => fieldText(known, name) !== value);
	return changed.length > 0 ? Object.fromEntries(changed) : undefined;
}

function givenOf(row: ImportedRow): Given {
	return {
		smsNumber: row.smsNumber ?? undefined,
		whatsAppNumber: row.whatsAppNumber ?? undefined,
		whatsAppUserId: row.whatsAppUserId ?? undefined,
		name: row.name ?? undefined,
		language: row.language ?? undefined,
		fields: row.fields ?? undefined,
		...(row.smsConsentAt !== null && { smsConsentSource: row.smsConsentSource, smsConsentAt: row.smsConsentAt }),
	};
}
