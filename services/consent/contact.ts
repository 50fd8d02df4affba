import { type Contact, contactsWithNumbers, emptyContact, insertContact, lockContactNumbers, updateContact } from '../../store/contacts';
import type { Channel } from '../../domain/channel';
import type { Database } from '../../store/schema';

export interface ContactOfPerson {
	phone: string;
	/** The channel the person wrote on: which number of the contact it is. */
	channel: Channel;
	profileName: string | null;
	/** UTC ms; set where what the person did is consent to advertising by SMS. */
	smsConsent: { source: string; at: number } | null;
	now: number;
}

/**
 * The contact of a person who opted in: the one with that number, else the one that has it for the other channel and none for
 * this one (PORTAL 4.5), else a new one. Empty fields are completed, filled ones are left.
 */
export async function ensureContact(db: Database, person: ContactOfPerson): Promise<Contact> {
	await lockContactNumbers(db, [person.phone]);
	const found = chooseContact(await contactsWithNumbers(db, [person.phone]), person);
	if (!found) {
		const made = await insertContact(db, { ...emptyContact, ...completions(emptyContact, person) }, person.now);
		// Undefined: somebody else has made it meanwhile; it is found now.
		return made ?? (await ensureContact(db, person));
	}
	const added = completions(found, person);
	return Object.keys(added).length === 0 ? found : await updateContact(db, found.id, { ...found, ...added }, person.now);
}

function chooseContact(contacts: readonly Contact[], { phone, channel }: ContactOfPerson): Contact | undefined {
	return (
		contacts.find((contact) => numberFor(contact, channel) === phone) ??
		contacts.find((contact) => numberFor(contact, channel) === null && numberFor(contact, channel === 'sms' ? 'whatsapp' : 'sms') === phone)
	);
}

type ContactFields = Pick<Contact, 'name' | 'smsNumber' | 'whatsAppNumber' | 'smsConsentAt'>;

const numberFor = (contact: ContactFields, channel: Channel): string | null => (channel === 'sms' ? contact.smsNumber : contact.whatsAppNumber);

function completions(contact: ContactFields, { phone, channel, profileName, smsConsent }: ContactOfPerson): Partial<Contact> {
	return {
		...(contact.name === null && profileName !== null && { name: profileName }),
		...(numberFor(contact, channel) === null && (channel === 'sms' ? { smsNumber: phone } : { whatsAppNumber: phone })),
		...(smsConsent !== null &&
			(contact.smsConsentAt === null || contact.smsConsentAt < smsConsent.at) && { smsConsentSource: smsConsent.source, smsConsentAt: smsConsent.at }),
	};
}
