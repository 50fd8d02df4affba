import type { Channel, Purpose } from '../domain/channel';
import type { MessageContent } from '../domain/content';
import type { PermissionFacts, ReplyFacts } from '../domain/permission';
import { findIdentities, identitiesById, identitiesOfUserIds, type Identity } from './identities';
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

interface RelatedContact {
	smsNumber: string | null;
	whatsAppNumber: string | null;
	whatsAppUserId: string | null;
	smsConsentAt: number | null;
}

/** Who belongs together: a contact's two numbers are one person, and a STOP said on either holds for both. */
export class Kin {
	/** By number or WhatsApp user id, which are never alike. */
	private readonly identityOfAddress = new Map<string, number>();
	private readonly addressesOfIdentity = new Map<number, string[]>();
	private readonly toldPhones = new Map<string, string>();
	private readonly siblings = new Map<string, string[]>();
	private readonly consenting = new Set<string>();
	private readonly contradicted = new Set<number>();

	constructor(
		contacts: readonly RelatedContact[],
		identities: readonly Identity[],
		private readonly suppressed: ReadonlyMap<string, ReadonlyMap<string, Suppression>> = new Map(),
	) {
		for (const { id, phone, whatsAppUserId, toldPhone, contradictedAt } of identities) {
			if (contradictedAt !== null) this.contradicted.add(id);
			const addresses = [phone, whatsAppUserId].filter((address) => address !== null);
			this.addressesOfIdentity.set(id, addresses);
			for (const address of addresses) this.identityOfAddress.set(address, id);
			if (phone !== null && toldPhone !== null) this.toldPhones.set(phone, toldPhone);
		}
		for (const { smsNumber, whatsAppNumber, whatsAppUserId, smsConsentAt } of contacts) {
			if (smsNumber !== null && smsConsentAt !== null) this.consenting.add(smsNumber);
			const addresses = [smsNumber, whatsAppNumber, whatsAppUserId].filter((address) => address !== null);
			for (const address of addresses) {
				const others = addresses.filter((each) => each !== address);
				this.siblings.set(address, [...(this.siblings.get(address) ?? []), ...others]);
			}
		}
	}

	/** @param phone a number, or a WhatsApp user id. */
	identityOf(phone: string | null): number | null {
		return phone === null ? null : (this.identityOfAddress.get(phone) ?? null);
	}

	/** Everyone these numbers and their contacts' other numbers belong to. */
	everybody(): number[] {
		return [...new Set(this.identityOfAddress.values())];
	}

	/** Where WhatsApp knows the line by another number than the dialled one, E.164. */
	toldPhoneOf(phone: string | null): string | null {
		return phone === null ? null : (this.toldPhones.get(phone) ?? null);
	}

	isContradicted(identityIds: readonly number[]): boolean {
		return identityIds.some((id) => this.contradicted.has(id));
	}

	hasSmsConsent(phone: string | null): boolean {
		return phone !== null && this.consenting.has(phone);
	}

	/** The identity written to first, then those of the same person. */
	identitiesOf({ identityId, phone }: Pick<Target, 'identityId' | 'phone'>): number[] {
		const ids = [identityId, ...this.addressesOf({ identityId, phone }).map((each) => this.identityOf(each))];
		return [...new Set(ids.filter((id) => id !== null))];
	}

	/** Numbers and WhatsApp user ids of the person, the number written to first. */
	addressesOf({ identityId, phone }: Pick<Target, 'identityId' | 'phone'>): string[] {
		const own = identityId ?? this.identityOf(phone);
		const addresses = [
			...(phone === null ? [] : [phone]),
			...(own === null ? [] : (this.addressesOfIdentity.get(own) ?? [])),
		];
		return [...new Set([...addresses, ...addresses.flatMap((each) => this.siblings.get(each) ?? [])])];
	}

	/** Whether somebody with one of these numbers or user ids was erased after opting out in one of these scopes, and has not come back since. */
	isSuppressed(addresses: readonly string[], ...scopes: string[]): boolean {
		return addresses.some((address) => scopes.some((scope) => this.suppressed.get(address)?.has(scope)));
	}
}

export async function findKin(
	db: Database,
	targets: readonly { phone: string | null; identityId?: number | null }[],
): Promise<Kin> {
	const ids = targets.flatMap(({ phone, identityId }) => (phone === null && identityId ? [identityId] : []));
	const written = [
		...new Set([
			...targets.flatMap(({ phone }) => (phone === null ? [] : [phone])),
			...(ids.length === 0 ? [] : await identitiesById(db, ids)).flatMap(({ phone }) =>
				phone === null ? [] : [phone],
			),
		]),
	];
	const identitiesWritten = db
		.selectFrom('identity')
		.select('whatsapp_user_id')
		.where('phone', 'in', listOf(db, written));
	const contacts = db
		.selectFrom('contact')
		.select([
			'id',
			'sms_number as smsNumber',
			'whatsapp_number as whatsAppNumber',
			'whatsapp_user_id as whatsAppUserId',
			'sms_consent_at as smsConsentAt',
		]);
	const related = await contacts
		.where('sms_number', 'in', listOf(db, written))
		.union(contacts.where('whatsapp_number', 'in', listOf(db, written)))
		.union(contacts.where('whatsapp_user_id', 'in', identitiesWritten))
		.$if(ids.length > 0, (query) =>
			query.union(
				contacts.where(
					'whatsapp_user_id',
					'in',
					db.selectFrom('identity').select('whatsapp_user_id').where('id', 'in', listOf(db, ids)),
				),
			),
		)
		.execute();
	const present = (values: readonly (string | null)[]): string[] => [
		...new Set(values.filter((value) => value !== null)),
	];
	const numbers = present([
		...written,
		...related.flatMap(({ smsNumber, whatsAppNumber }) => [smsNumber, whatsAppNumber]),
	]);
	const userIds = present(related.map(({ whatsAppUserId }) => whatsAppUserId));
	const identities = [
		...(await findIdentities(db, [
			...numbers.map((phone) => ({ phone, whatsAppUserId: null })),
			...ids.map((identityId) => ({ identityId })),
		])),
		...(await identitiesOfUserIds(db, userIds)).values(),
	];
	return new Kin(
		related,
		[...new Map(identities.map((identity) => [identity.id, identity])).values()],
		await suppressedNumbers(db, [...numbers, ...userIds]),
	);
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

	/** When one of these wrote last, to whichever sender, UTC ms; null: none ever did. */
	lastInboundAt(identityIds: readonly number[]): number | null {
		const times = [...this.registrations]
			.filter(([key]) => identityIds.includes(Number(key.split(' ')[0])))
			.map(([, { lastInboundAt }]) => lastInboundAt)
			.filter((at) => at !== null);
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
	const addresses = kin.addressesOf(target);
	const { insteadOfSenderId: left } = target;
	return {
		channel: target.channel,
		purpose: target.purpose,
		contentType: target.contentType,
		at,
		contradicted: kin.isContradicted(person),
		hasAddress: target.phone !== null || target.identityId !== null,
		registration: own === null ? null : words.registration(own, target.senderId),
		optedOut: isOut(person, addresses, 'all', `sender:${target.senderId}`),
		leftGroup: target.groupId > 0 && isOut(person, addresses, `group:${target.groupId}`),
		smsOptedOut: isOut(own === null ? [] : [own], target.phone === null ? [] : [target.phone], 'sms'),
		marketingOff: isOut(person, addresses, `marketing:${target.senderId}`),
		smsConsent: kin.hasSmsConsent(target.phone),
		leftWhatsApp:
			left !== null &&
			(hasLeft(words, person, left) ||
				kin.isSuppressed(addresses, 'all', `sender:${left}`) ||
				(target.purpose === 'advertisement' && isOut(person, addresses, `marketing:${left}`))),
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
