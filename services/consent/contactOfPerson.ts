import type { PersonFields } from '../../domain/personFields';
import type { Invitation } from '../../store/invitations';
import {
	type Contact,
	contactOfUserId,
	contactsWithNumbers,
	emptyContact,
	insertContact,
	lockContactNumbers,
	updateContact,
} from '../../store/contacts';
import type { Channel } from '../../domain/channel';
import type { Database } from '../../store/schema';

export interface ContactOfPerson {
	/** E.164; null: known by the WhatsApp user id only. */
	phone: string | null;
	whatsAppUserId?: string | null;
	/** The channel the person wrote on: which number of the contact it is. */
	channel: Channel;
	profileName: string | null;
	/** UTC ms; set where what the person did is consent to advertising by SMS. */
	smsConsent: { source: string; at: number } | null;
	/** What the person typed on the form whose invitation they answered. */
	form?: FormEntry | null;
	now: number;
}

export interface FormEntry extends PersonFields {
	smsConsent: boolean;
}

/**
 * What an answered invitation tells about whoever answered it. Anybody can type anybody's number into a form: name, language, fields and
 * a consent to SMS are taken only where the code came from that very number (rule 15).
 */
export function formEntryOf(invitation: Invitation | null | undefined, isProven: boolean): FormEntry | null {
	if (!invitation?.personFields || invitation.origin !== 'form' || !isProven) return null;
	const language = invitation.personFields.language ?? invitation.language ?? undefined;
	return {
		...invitation.personFields,
		...(language && { language }),
		smsConsent: invitation.smsConsent,
	};
}

/** As long as a contact's fields may be together (services/contacts/contacts.ts). */
const MOST_FIELD_CHARACTERS = 16_000;

/**
 * The contact of a person who opted in: the one with that number, else the one that has it for the other channel and none for
 * this one, else a new one. Empty fields are completed, filled ones are left.
 */
export async function ensureContact(db: Database, person: ContactOfPerson): Promise<Contact> {
	const contacts = await contactsOf(db, person);
	const found = chooseContact(contacts, person);
	const isSmsNumberFree = !contacts.some(({ id, smsNumber }) => smsNumber === person.phone && id !== found?.id);
	if (!found) {
		const made = await insertContact(
			db,
			{ ...emptyContact, ...completions(emptyContact, person, isSmsNumberFree) },
			person.now,
		);
		// Undefined: somebody else has made it meanwhile; it is found now.
		return made ?? (await ensureContact(db, person));
	}
	const added = completions(found, person, isSmsNumberFree);
	return Object.keys(added).length === 0
		? found
		: await updateContact(db, found.id, { ...found, ...added }, person.now);
}

/** Those that hold the person's number, or the user id where no number is known; nobody changes them meanwhile. */
async function contactsOf(db: Database, { phone, whatsAppUserId }: ContactOfPerson): Promise<Contact[]> {
	if (phone !== null) {
		await lockContactNumbers(db, [phone]);
		return await contactsWithNumbers(db, [phone]);
	}
	if (!whatsAppUserId) throw new Error('A contact needs a number or a WhatsApp user id.');
	await lockContactNumbers(db, [whatsAppUserId]);
	const contact = await contactOfUserId(db, whatsAppUserId);
	return contact ? [contact] : [];
}

function chooseContact(contacts: readonly Contact[], { phone, channel }: ContactOfPerson): Contact | undefined {
	if (phone === null) return contacts[0];
	return (
		contacts.find((contact) => numberFor(contact, channel) === phone) ??
		contacts.find(
			(contact) =>
				numberFor(contact, channel) === null && numberFor(contact, channel === 'sms' ? 'whatsapp' : 'sms') === phone,
		)
	);
}

type ContactFields = Pick<
	Contact,
	'name' | 'smsNumber' | 'whatsAppNumber' | 'whatsAppUserId' | 'smsConsentAt' | 'language' | 'fields'
>;

const numberFor = (contact: Pick<Contact, 'smsNumber' | 'whatsAppNumber'>, channel: Channel): string | null =>
	channel === 'sms' ? contact.smsNumber : contact.whatsAppNumber;

function completions(
	contact: ContactFields,
	{ phone, whatsAppUserId = null, channel, profileName, smsConsent, form, now }: ContactOfPerson,
	isSmsNumberFree: boolean,
): Partial<Contact> {
	const name = profileName ?? form?.name ?? null;
	const completed: Partial<Contact> = {
		...(contact.name === null && name !== null && { name }),
		...(phone === null && contact.whatsAppUserId === null && { whatsAppUserId }),
		...(phone !== null &&
			numberFor(contact, channel) === null &&
			(channel === 'sms' ? { smsNumber: phone } : { whatsAppNumber: phone })),
		...(smsConsent !== null &&
			(contact.smsConsentAt === null || contact.smsConsentAt < smsConsent.at) && {
				smsConsentSource: smsConsent.source,
				smsConsentAt: smsConsent.at,
			}),
	};
	return form
		? { ...completed, ...ofForm({ ...contact, ...completed }, form, isSmsNumberFree ? phone : null, now) }
		: completed;
}

/** @param smsNumber the number answered from; null where another contact has it for SMS. */
function ofForm(contact: ContactFields, form: FormEntry, smsNumber: string | null, now: number): Partial<Contact> {
	const fields = { ...form.fields, ...contact.fields };
	const isNews =
		Object.keys(fields).length > Object.keys(contact.fields).length &&
		JSON.stringify(fields).length <= MOST_FIELD_CHARACTERS;
	const taken = contact.smsNumber === null && smsNumber !== null ? { smsNumber } : {};
	const consents =
		form.smsConsent &&
		contact.smsConsentAt === null &&
		({ ...contact, ...taken }.smsNumber ?? null) === smsNumber &&
		smsNumber !== null;
	return {
		...taken,
		...(contact.language === null && form.language !== undefined && { language: form.language }),
		...(isNews && { fields }),
		...(consents && { smsConsentSource: 'form', smsConsentAt: now }),
	};
}
