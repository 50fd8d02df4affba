import { normalisePhone } from '../../domain/phone';
import type { PersonKey } from '../../store/identities';

/** A person as somebody typed them: a number, or a WhatsApp user id such as IT.123. @throws {InvalidInputError} */
export function readPerson(text: string, country: string): PersonKey {
	const typed = text.trim();
	return /^[A-Z]{2}\.[A-Za-z0-9.]{1,64}$/.test(typed)
		? { phone: null, whatsAppUserId: typed }
		: { phone: normalisePhone(typed, country).phone, whatsAppUserId: null };
}
