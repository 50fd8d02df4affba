import type { RecordDetails } from '../../domain/ledger';
import type { Contact } from '../../store/contacts';

/** A contact whose consent to SMS is new; it is given for this very number. */
export type SmsConsenting = Pick<Contact, 'id' | 'smsConsentSource' | 'smsConsentAt'> & { smsNumber: string };

/** What the ledger says of a consent to SMS that an operator has entered, one by one or by a file. Into the chain of the SMS number's person. */
export function smsConsentRecord(
	{ id, smsNumber, smsConsentSource, smsConsentAt }: SmsConsenting,
	means: 'hand' | 'import',
): RecordDetails {
	return {
		action: 'smsConsent',
		outcome: 'smsConsent',
		applied: true,
		phone: smsNumber,
		channel: 'sms',
		source: 'operator',
		effectiveAt: smsConsentAt,
		evidence: { means, source: smsConsentSource, contactId: id },
	};
}
