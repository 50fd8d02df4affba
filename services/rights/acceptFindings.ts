import { InvalidInputError, NotFoundError } from '../../domain/errors';
import { sealOf } from '../../domain/ledger';
import { maskPhone } from '../../domain/phone';
import { wordsOf } from '../../store/consentWords';
import { clearContradicted, findIdentity, lockIdentities, smsConsentsOf } from '../../store/identities';
import { lockChain, saveSeal } from '../../store/ledger';
import { registrationsOf } from '../../store/registrations';
import { commonCountry } from '../../store/senders';
import type { Store } from '../../store/store';
import { writeRecords } from '../consent/writeRecords';
import { readPerson } from '../shared/personRef';

export interface AcceptedFindings {
	/** False: nothing was found against this person. */
	accepted: boolean;
	/** Since when nothing was sent to them. */
	since: string | null;
}

const LONGEST_TEXT = 1_000;

/**
 * An operator has looked at what Verify found of one person and vouches for what the store says now: their records go on from
 * there, and they may be written to as far as that permits. @throws {InvalidInputError} without name and reason. @throws {NotFoundError}
 */
export async function acceptFindings(
	store: Store,
	{ number, acceptedBy, reason }: { number: string; acceptedBy: string; reason: string },
): Promise<AcceptedFindings> {
	const [by, why] = [acceptedBy.trim().slice(0, LONGEST_TEXT), reason.trim().slice(0, LONGEST_TEXT)];
	if (by === '' || why === '')
		throw new InvalidInputError(
			'Say who accepts what the store says of this person, and why: both are kept in the ledger.',
		);
	return await store.transaction(async (db) => {
		const key = await readPerson(db, number, await commonCountry(db));
		const known = await findIdentity(db, key);
		if (!known) throw new NotFoundError(`Nothing is recorded of ${maskPhone(key.phone ?? number)}.`);
		await lockIdentities(db, [known.id]);
		const person = (await findIdentity(db, key)) ?? known;
		if (person.contradictedAt === null) return { accepted: false, since: null };
		const words = await wordsOf(db, person.id);
		const consents = await smsConsentsOf(db, [person.id]);
		await writeRecords(store, db, person.id, [
			{
				action: 'findingsAccepted',
				outcome: 'findingsAccepted',
				applied: true,
				source: 'operator',
				phone: person.phone,
				whatsAppUserId: person.whatsAppUserId,
				words: words.map(({ scope, direction, effective_at: effectiveAt }) => ({ scope, direction, effectiveAt })),
				registrations: (await registrationsOf(db, person.id)).map(({ senderId, state }) => ({ senderId, state })),
				smsConsents: consents.map(({ at }) => at),
				evidence: { acceptedBy: by, reason: why, foundAt: person.contradictedAt },
			},
		]);
		const chain = await lockChain(db, person.id);
		await saveSeal(db, chain.id, sealOf(chain, store.ledgerKey));
		await clearContradicted(db, person.id);
		return { accepted: true, since: new Date(person.contradictedAt).toISOString() };
	});
}
