import { InvalidInputError } from '../../domain/errors';
import { normalisePhone } from '../../domain/phone';
import type { PersonKey } from '../../store/identities';

const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9.]{1,64}$/;

/**
 * A person by their whole number, with its international prefix, or by their WhatsApp user id: what is done to somebody's data must
 * not depend on whose country is meant.
 * @throws {InvalidInputError}
 */
export function wholePersonKey(typed: string): PersonKey {
	const text = typed.trim();
	if (USER_ID.test(text)) return { phone: null, whatsAppUserId: text };
	if (!/^(\+|00|tel:\+)/.test(text))
		throw new InvalidInputError(
			'Give the whole number with its international prefix, e.g. +39 333 1234567, or a WhatsApp user id such as IT.123.',
		);
	return { phone: normalisePhone(text, 'AT').phone, whatsAppUserId: null };
}
