import { groupsAmong } from '../../domain/consent/scope';
import { ConflictError, InvalidInputError } from '../../domain/errors';
import { maskPhone } from '../../domain/phone';
import { isWhatsAppUserId } from '../../domain/whatsAppUserId';
import { type Contact, findContact, lockContactNumbers, removeContact, updateContact } from '../../store/contacts';
import { type OptOutWord, optOutsOf } from '../../store/consentWords';
import { findIdentity, lockNumbers, type PersonKey } from '../../store/identities';
import { adoptMemberships } from '../../store/memberships';
import { adoptContactMessages } from '../../store/messages';
import type { Database } from '../../store/schema';
import type { Store } from '../../store/store';
import { writeRecords } from '../consent/writeRecords';
import { applyConsentSignal } from '../consent/engine';
import { addressesOf } from './enteredConsent';
import { type ContactView, noContact, toView } from './contacts';

type NumberField = 'smsNumber' | 'whatsAppNumber';
export type KeptNumber = 'kept' | 'merged';

export interface MergeInput {
	/** Stays, with its id. */
	keptId: number;
	/** Goes into the other and is no more. */
	mergedId: number;
	/** Of which contact the number is kept where the two have different ones. */
	smsNumber?: KeptNumber;
	whatsAppNumber?: KeptNumber;
}

export interface MergedContact extends ContactView {
	mergedContactId: number;
	/** Shortcodes of the groups it came into by this. */
	groupsAdded: string[];
	/** Shortcodes of those it is not in, because the person left them by STOP at one of the numbers. */
	groupsRefused: string[];
}

const NAMES: Record<NumberField, string> = { smsNumber: 'SMS number', whatsAppNumber: 'WhatsApp number' };

/**
 * Makes one contact of two that are one person (rule 12). The one kept wins wherever both say something, except that numbers must be chosen;
 * groups are joined, but for those left by STOP at any of the numbers; a consent to SMS stays with the number it was given for. Of a number
 * that is given up the opt-outs are carried to those kept: the person said them.
 * @throws {NotFoundError} @throws {ConflictError} when both have another number in one field and none was chosen; both contacts are named.
 */
export async function mergeContacts(store: Store, input: MergeInput): Promise<MergedContact> {
	const { keptId, mergedId } = input;
	if (keptId === mergedId)
		throw new InvalidInputError(`Contact ${keptId} cannot be merged with itself. Choose two contacts.`);
	return await store.transaction(async (db) => {
		const [kept, merged] = await lockBoth(db, keptId, mergedId);
		const numbers = {
			smsNumber: chosenNumber('smsNumber', kept, merged, input.smsNumber),
			whatsAppNumber: chosenNumber('whatsAppNumber', kept, merged, input.whatsAppNumber),
			whatsAppUserId: kept.whatsAppUserId ?? merged.whatsAppUserId,
		};
		const givenUp = [...addressesOf(kept), ...addressesOf(merged)].filter(
			(number) => !addressesOf(numbers).includes(number),
		);
		const words = await optOutsOf(db, [...new Set([...addressesOf(kept), ...addressesOf(merged)])]);

		const groups = await adoptMemberships(db, {
			fromId: merged.id,
			toId: kept.id,
			leftGroupIds: groupsLeft(words),
			now: store.now(),
		});
		await adoptContactMessages(db, merged.id, kept.id);
		await removeContact(db, merged.id);
		const consent = [kept, merged].find(
			({ smsNumber, smsConsentAt }) => smsNumber !== null && smsNumber === numbers.smsNumber && smsConsentAt !== null,
		);
		const saved = await updateContact(
			db,
			kept.id,
			{
				...numbers,
				name: kept.name ?? merged.name,
				language: kept.language ?? merged.language,
				fields: { ...merged.fields, ...kept.fields },
				smsConsentSource: consent?.smsConsentSource ?? null,
				smsConsentAt: consent?.smsConsentAt ?? null,
			},
			store.now(),
		);
		await record(store, db, saved, merged, givenUp);
		await carryOptOuts(
			store,
			db,
			words.filter(({ phone }) => givenUp.includes(phone)),
			saved,
			[kept, merged],
		);
		return { ...toView(saved), mergedContactId: merged.id, groupsAdded: groups.added, groupsRefused: groups.refused };
	});
}

/** Whoever changes one of the numbers comes before or after; their rows are read again once they are held. @throws {NotFoundError} */
async function lockBoth(db: Database, keptId: number, mergedId: number): Promise<[Contact, Contact]> {
	const read = async (): Promise<[Contact, Contact]> => {
		const [kept, merged] = [await findContact(db, keptId), await findContact(db, mergedId)];
		if (!kept) throw noContact(keptId);
		if (!merged) throw noContact(mergedId);
		return [kept, merged];
	};
	const numbers = [...new Set((await read()).flatMap(addressesOf))];
	await lockNumbers(db, numbers);
	await lockContactNumbers(db, numbers);
	return await read();
}

function chosenNumber(
	field: NumberField,
	kept: Contact,
	merged: Contact,
	choice: KeptNumber | undefined,
): string | null {
	const [own, other] = [kept[field], merged[field]];
	if (own === null || other === null || own === other) return own ?? other;
	if (choice === 'kept') return own;
	if (choice === 'merged') return other;
	throw new ConflictError(
		`Contact ${kept.id} has the ${NAMES[field]} ${maskPhone(own)} and contact ${merged.id} has ${maskPhone(other)}. Choose in the options which ${NAMES[field]} is kept.`,
	);
}

function groupsLeft(words: readonly OptOutWord[]): number[] {
	return groupsAmong(words.map(({ scope }) => scope));
}

const keyOf = (address: string): PersonKey =>
	isWhatsAppUserId(address) ? { phone: null, whatsAppUserId: address } : { phone: address, whatsAppUserId: null };

/** In the chain of everybody whose number was in one of the two. */
async function record(
	store: Store,
	db: Database,
	saved: Contact,
	merged: Contact,
	givenUp: readonly string[],
): Promise<void> {
	for (const phone of new Set([...addressesOf(saved), ...addressesOf(merged), ...givenUp])) {
		const person = await findIdentity(db, keyOf(phone));
		if (!person) continue;
		await writeRecords(store, db, person.id, [
			{
				action: 'contactsMerged',
				outcome: givenUp.includes(phone) ? 'numberGivenUp' : 'none',
				applied: true,
				...keyOf(phone),
				source: 'operator',
				evidence: {
					contactId: saved.id,
					mergedContactId: merged.id,
					smsConsentAt: saved.smsNumber === phone ? saved.smsConsentAt : null,
				},
			},
		]);
	}
}

/** Each with the time at which it was said, so that a newer word at the number kept still counts (rule 6). */
async function carryOptOuts(
	store: Store,
	db: Database,
	words: readonly OptOutWord[],
	saved: Contact,
	both: readonly Contact[],
): Promise<void> {
	for (const phone of addressesOf(saved)) {
		for (const { identityId, scope, effectiveAt, phone: from } of words) {
			// A STOP by SMS speaks of the SMS number, which another has replaced.
			if (scope === 'sms' && !(phone === saved.smsNumber && both.some(({ smsNumber }) => smsNumber === from))) continue;
			await applyConsentSignal(store, db, {
				provider: 'store',
				providerEventId: `merge ${saved.id} ${identityId} ${scope} ${effectiveAt} ${phone}`,
				kind: 'carriedOptOut',
				channel: scope === 'sms' ? 'sms' : 'whatsapp',
				sender: null,
				person: keyOf(phone),
				sentAt: effectiveAt,
				inbox: null,
				scopes: [scope],
				evidence: { because: 'Merge', saidByIdentityId: identityId },
			});
		}
	}
}
