import { scopeAll, scopeSms } from '../../domain/consent/scope';
import { sentenceOf } from '../../domain/permission';
import type { Contact, NewContact } from '../../store/contacts';
import { optOutsOf } from '../../store/consentWords';
import type { Group } from '../../store/groups';
import { ensureIdentities } from '../../store/identities';
import { insertMembership } from '../../store/memberships';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import { writeRecords } from '../consent/writeRecords';
import { smsConsentRecord } from '../consent/smsConsentRecord';

/** What operators enter with a contact and what bears on consent (rules 4 and 8): a consent to SMS, and groups. */

type Addresses = Pick<NewContact, 'smsNumber' | 'whatsAppNumber' | 'whatsAppUserId'>;

/** The numbers and the WhatsApp user id under which the contact's person may have said something. */
export const addressesOf = ({ smsNumber, whatsAppNumber, whatsAppUserId }: Addresses): string[] => [
	...new Set([smsNumber, whatsAppNumber, whatsAppUserId].filter((address) => address !== null)),
];

/**
 * Why a consent to SMS entered by hand is not recorded; null: it may be. As with Register, nothing an operator enters stands against
 * the person's own word: a consent recorded now would permit advertising as soon as a START for WhatsApp lifts the STOP.
 */
export async function whyNoSmsConsent(db: Database, contact: Addresses): Promise<string | null> {
	if (contact.smsNumber === null)
		return 'The contact has no SMS number, so there is nothing the consent could be for. Enter the number with it.';
	const words = await optOutsOf(db, addressesOf(contact));
	const isOptedOut = words.some(
		({ scope, phone }) => scope === scopeAll || (scope === scopeSms && phone === contact.smsNumber),
	);
	return isOptedOut ? `${sentenceOf('opted out')} No consent entered by hand stands against that.` : null;
}

/** Of a consent entered by hand. */
export async function recordSmsConsent(store: Store, db: Database, { smsNumber, ...contact }: Contact): Promise<void> {
	if (smsNumber === null) return;
	const identityId = (await ensureIdentities(db, [smsNumber], store.now())).get(smsNumber);
	if (identityId === undefined) throw new Error('An identity was neither found nor made.');
	await writeRecords(store, db, identityId, [smsConsentRecord({ ...contact, smsNumber }, 'hand')]);
}

/** Puts a contact into groups by hand, except into those its person left by STOP x. @returns shortcodes. */
export async function joinGroups(
	store: Store,
	db: Database,
	contact: Contact,
	groups: readonly Group[],
): Promise<{ added: string[]; refused: string[] }> {
	const added: string[] = [];
	const refused: string[] = [];
	if (groups.length === 0) return { added, refused };
	const left = new Set((await optOutsOf(db, addressesOf(contact))).map(({ scope }) => scope));
	for (const { id, shortcode } of groups) {
		if (left.has(`group:${id}`)) refused.push(shortcode);
		else if (await insertMembership(db, { groupId: id, contactId: contact.id, source: 'operator', now: store.now() }))
			added.push(shortcode);
	}
	return { added, refused };
}
