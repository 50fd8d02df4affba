import { InvalidInputError } from '../../domain/errors';
import { normalisePhone, writtenOut } from '../../domain/phone';
import { isWhatsAppUserId } from '../../domain/whatsAppUserId';
import { knownPhones, type PersonKey } from '../../store/identities';
import type { Database } from '../../store/schema';

/** A number with its prefix is read alike in all of them. */
const ANY_COUNTRY = 'AT';
const WITH_PREFIX = /^\s*(?:tel:)?\s*\(?(?:\+|00)/;

/**
 * The line of a number as somebody typed it. One that a provider has told is believed even where today's numbering plan does not
 * know it; what nobody has told is checked.
 * @throws {InvalidInputError}
 */
export async function phoneOfPerson(db: Database, text: string, country: string): Promise<string> {
	try {
		return normalisePhone(text, country).phone;
	} catch (error) {
		const phone = writtenOut(text);
		if (phone !== null && (await knownPhones(db, [phone])).has(phone)) return phone;
		throw error;
	}
}

/** A person as somebody typed them, by today's numbering plans; of many, see knownAmong. @throws {InvalidInputError} */
export function readTyped(text: string, country: string): PersonKey {
	const typed = text.trim();
	return isWhatsAppUserId(typed)
		? { phone: null, whatsAppUserId: typed }
		: { phone: normalisePhone(typed, country).phone, whatsAppUserId: null };
}

/** A person as somebody typed them: a number, or a WhatsApp user id such as IT.123. @throws {InvalidInputError} */
export async function readPerson(db: Database, text: string, country: string): Promise<PersonKey> {
	const typed = text.trim();
	return isWhatsAppUserId(typed)
		? { phone: null, whatsAppUserId: typed }
		: { phone: await phoneOfPerson(db, typed, country), whatsAppUserId: null };
}

/**
 * A person by their whole number, with its international prefix, or by their WhatsApp user id: what is done to somebody's data must
 * not depend on whose country is meant.
 * @throws {InvalidInputError}
 */
export async function readWholePerson(db: Database, typed: string): Promise<PersonKey> {
	assertWhole(typed);
	return await readPerson(db, typed, ANY_COUNTRY);
}

/** As readWholePerson, by today's numbering plans. @throws {InvalidInputError} */
export function readWholeTyped(typed: string): PersonKey {
	assertWhole(typed);
	return readTyped(typed, ANY_COUNTRY);
}

function assertWhole(typed: string): void {
	if (!isWhatsAppUserId(typed.trim()) && !WITH_PREFIX.test(typed))
		throw new InvalidInputError(
			'Give the whole number with its international prefix, e.g. +39 333 1234567, or a WhatsApp user id such as IT.123.',
		);
}

/** Of many texts that are no numbers by today's plans: those that are known all the same, with their line. */
export async function knownAmong(db: Database, texts: readonly string[]): Promise<Map<string, string>> {
	const written = texts.flatMap((text) => {
		const phone = writtenOut(text);
		return phone === null ? [] : [[text, phone] as const];
	});
	if (written.length === 0) return new Map();
	const known = await knownPhones(
		db,
		written.map(([, phone]) => phone),
	);
	return new Map(written.filter(([, phone]) => known.has(phone)));
}
