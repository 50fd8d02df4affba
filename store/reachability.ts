import type { Channel, Purpose } from '../domain/channel';
import type { MessageContent } from '../domain/content';
import type { PermissionFacts, ReplyFacts } from '../domain/permission';
import { listOf } from './database/rows';
import type { Database, RegistrationState } from './schema';
import { type Suppression, suppressedNumbers } from './suppressions';

/** One person to write to, as far as the address is known. */
export interface Target {
	identityId: number | null;
	/** E.164. */
	phone: string | null;
	senderId: number;
	/** The audience group the message is for, 0 for none. */
	groupId: number;
	channel: Channel;
	purpose: Purpose;
	contentType: MessageContent['type'];
	/** For an SMS that stands in for WhatsApp: the WhatsApp sender the person may have left. */
	insteadOfSenderId: number | null;
}

/** Who belongs together: a contact's two numbers are one person, and a STOP said on either holds for both. */
export class Kin {
	private readonly identityOfPhone = new Map<string, number>();
	private readonly toldPhones = new Map<string, string>();
	private readonly siblings = new Map<string, string[]>();
	private readonly consenting = new Set<string>();

	constructor(
		contacts: readonly { smsNumber: string | null; whatsAppNumber: string | null; smsConsentAt: number | null }[],
		identities: readonly { id: number; phone: string | null; toldPhone: string | null }[],
		private readonly suppressed: ReadonlyMap<string, ReadonlyMap<string, Suppression>> = new Map(),
	) {
		for (const { id, phone, toldPhone } of identities) {
			if (phone === null) continue;
			this.identityOfPhone.set(phone, id);
			if (toldPhone !== null) this.toldPhones.set(phone, toldPhone);
		}
		for (const { smsNumber, whatsAppNumber, smsConsentAt } of contacts) {
			if (smsNumber !== null && smsConsentAt !== null) this.consenting.add(smsNumber);
			if (smsNumber === null || whatsAppNumber === null) continue;
			this.siblings.set(smsNumber, [...(this.siblings.get(smsNumber) ?? []), whatsAppNumber]);
			this.siblings.set(whatsAppNumber, [...(this.siblings.get(whatsAppNumber) ?? []), smsNumber]);
		}
	}

	identityOf(phone: string | null): number | null {
		return phone === null ? null : (this.identityOfPhone.get(phone) ?? null);
	}

	/** Everyone these numbers and their contacts' other numbers belong to. */
	everybody(): number[] {
		return [...new Set(this.identityOfPhone.values())];
	}

	/** Where WhatsApp knows the line by another number than the dialled one, E.164. */
	toldPhoneOf(phone: string | null): string | null {
		return phone === null ? null : (this.toldPhones.get(phone) ?? null);
	}

	hasSmsConsent(phone: string | null): boolean {
		return phone !== null && this.consenting.has(phone);
	}

	/** The identity written to first, then those of the same person. */
	identitiesOf({ identityId, phone }: Pick<Target, 'identityId' | 'phone'>): number[] {
		const ids = [identityId, ...this.phonesOf(phone).map((each) => this.identityOf(each))];
		return [...new Set(ids.filter((id) => id !== null))];
	}

	/** The number written to first, then those of the same person. */
	phonesOf(phone: string | null): string[] {
		return phone === null ? [] : [phone, ...(this.siblings.get(phone) ?? [])];
	}

	/** Whether somebody with one of these numbers was erased after opting out in one of these scopes, and has not come back since. */
	isSuppressed(phones: readonly string[], ...scopes: string[]): boolean {
		return phones.some((phone) => scopes.some((scope) => this.suppressed.get(phone)?.has(scope)));
	}
}

export async function findKin(db: Database, targets: readonly Pick<Target, 'phone'>[]): Promise<Kin> {
	const phones = [...new Set(targets.flatMap(({ phone }) => (phone === null ? [] : [phone])))];
	const contacts = db
		.selectFrom('contact')
		.select(['id', 'sms_number as smsNumber', 'whatsapp_number as whatsAppNumber', 'sms_consent_at as smsConsentAt']);
	const related = await contacts
		.where('sms_number', 'in', listOf(db, phones))
		.union(contacts.where('whatsapp_number', 'in', listOf(db, phones)))
		.execute();
	const all = new Set([...phones, ...related.flatMap(({ smsNumber, whatsAppNumber }) => [smsNumber, whatsAppNumber])]);
	const numbers = [...all].filter((phone) => phone !== null);
	const identities = await db
		.selectFrom('identity')
		.select(['id', 'phone', 'told_phone as toldPhone'])
		.where('phone', 'in', listOf(db, numbers))
		.execute();
	return new Kin(related, identities, await suppressedNumbers(db, numbers));
}

interface RegistrationFacts {
	state: RegistrationState;
	lastInboundAt: number | null;
	leftByOwnWord: boolean;
}

/** What people said, as it holds now. */
export class Words {
	private readonly out = new Map<string, number>();
	private readonly registrations = new Map<string, RegistrationFacts>();

	constructor(
		words: readonly { identityId: number; scope: string; effectiveAt: number }[],
		registrations: readonly {
			identityId: number;
			senderId: number;
			state: RegistrationState;
			lastInboundAt: number | null;
			endedBy: string | null;
		}[],
	) {
		for (const { identityId, scope, effectiveAt } of words) this.out.set(`${identityId} ${scope}`, effectiveAt);
		for (const { identityId, senderId, state, lastInboundAt, endedBy } of registrations) {
			const leftByOwnWord = state === 'ended' && (endedBy === 'person' || endedBy === 'provider');
			this.registrations.set(`${identityId} ${senderId}`, { state, lastInboundAt, leftByOwnWord });
		}
	}

	/** When the newest of these opt-outs that hold was said, UTC ms; null: none holds. */
	outSince(identityIds: readonly number[], ...scopes: string[]): number | null {
		const times = identityIds
			.flatMap((id) => scopes.map((scope) => this.out.get(`${id} ${scope}`)))
			.filter((at) => at !== undefined);
		return times.length === 0 ? null : Math.max(...times);
	}

	registration(identityId: number, senderId: number | null): RegistrationFacts | null {
		return this.registrations.get(`${identityId} ${senderId}`) ?? null;
	}
}

/** Read it after the identities are locked where a request depends on it. */
export async function readWords(db: Database, identityIds: readonly number[]): Promise<Words> {
	const words = await db
		.selectFrom('consent_word')
		.select(['identity_id as identityId', 'scope', 'effective_at as effectiveAt'])
		.where('identity_id', 'in', listOf(db, identityIds))
		.where('direction', '=', 'out')
		.execute();
	const registrations = await db
		.selectFrom('registration')
		.select([
			'identity_id as identityId',
			'sender_id as senderId',
			'state',
			'last_inbound_at as lastInboundAt',
			'ended_by as endedBy',
		])
		.where('identity_id', 'in', listOf(db, identityIds))
		.execute();
	return new Words(words, registrations);
}

/** Everything domain/permission.ts asks for, for one person. */
export function factsOf(
	kin: Kin,
	words: Words,
	target: Target,
	at: number,
	reply: ReplyFacts | null = null,
): PermissionFacts {
	const person = kin.identitiesOf(target);
	// Not the first of the person: where this number is nobody's yet, that would be who has the contact's other number.
	const own = target.identityId ?? kin.identityOf(target.phone);
	const isOut = (ids: readonly number[], numbers: readonly string[], ...scopes: string[]): boolean =>
		words.outSince(ids, ...scopes) !== null || kin.isSuppressed(numbers, ...scopes);
	const phones = kin.phonesOf(target.phone);
	const { insteadOfSenderId: left } = target;
	return {
		channel: target.channel,
		purpose: target.purpose,
		contentType: target.contentType,
		at,
		hasAddress: target.phone !== null || target.identityId !== null,
		registration: own === null ? null : words.registration(own, target.senderId),
		optedOut: isOut(person, phones, 'all', `sender:${target.senderId}`),
		leftGroup: target.groupId > 0 && isOut(person, phones, `group:${target.groupId}`),
		smsOptedOut: isOut(own === null ? [] : [own], phones.slice(0, 1), 'sms'),
		marketingOff: isOut(person, phones, `marketing:${target.senderId}`),
		smsConsent: kin.hasSmsConsent(target.phone),
		leftWhatsApp: left !== null && (hasLeft(words, person, left) || kin.isSuppressed(phones, 'all', `sender:${left}`)),
		reply,
	};
}

/** Whether a person's registration with a sender ended by their own word. */
function hasLeft(words: Words, person: readonly number[], whatsAppSenderId: number): boolean {
	return (
		person.some((id) => words.registration(id, whatsAppSenderId)?.leftByOwnWord === true) ||
		words.outSince(person, 'all', `sender:${whatsAppSenderId}`) !== null
	);
}
