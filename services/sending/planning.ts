import { type Audience, type AudienceChannel, chooseChannels, type Option } from '../../domain/audience';
import type { Channel, Purpose } from '../../domain/channel';
import type { MessageContent } from '../../domain/content';
import { decide } from '../../domain/permission';
import { type Fields, hasPlaceholders } from '../../domain/render';
import { type AudienceContact, contactsWithNumbers, groupsOfContacts, nextContacts } from '../../store/audience';
import { identitiesOfUserIds } from '../../store/identities';
import type { NewMessage } from '../../store/messageChanges';
import { factsOf, findKin, type Kin, readWords, type Words } from '../../store/reachability';
import type { Database } from '../../store/schema';

/** What planning needs to know of a campaign; a preview has no id. */
export interface Plan {
	id: number | null;
	purpose: Purpose;
	channels: AudienceChannel;
	whatsAppSenderId: number | null;
	smsSenderId: number | null;
	audience: Audience;
	content: MessageContent;
	startsAt: number;
}

/** Where planning stands: below 0, so many typed numbers are still to come; then the contact id planned through. */
export type Cursor = number;

export interface Chunk {
	messages: NewMessage[];
	next: Cursor;
	isLast: boolean;
}

/** Tells who has a message already, as `<channel> <number>`, or `<channel> #<identity>` where only the WhatsApp user id is known. */
export type Taken = (people: { phones: string[]; identityIds: number[] }) => Promise<Iterable<string>>;

/** Whether the credential that will send lets this number be sent to: false in trial mode, for all but the allowed ones. */
export type MayReach = (channel: Channel, phone: string | null) => boolean;

/** People planned in one transaction. */
export const CHUNK = 250;

interface Person {
	contactId: number | null;
	groupId: number;
	smsNumber: string | null;
	whatsAppNumber: string | null;
	/** Of whom no number is known. */
	whatsAppUserId: string | null;
	fields: Fields;
	isDuplicate: boolean;
}

/** The messages of the next people of the audience: those permitted as queued, the others as skipped with their reason. */
export async function planChunk(
	db: Database,
	plan: Plan,
	cursor: Cursor,
	now: number,
	taken: Taken,
	mayReach: MayReach,
): Promise<Chunk> {
	const chunk = cursor < 0 ? await typedPeople(db, plan, cursor) : await groupPeople(db, plan, cursor);
	const { next, isLast } = chunk;
	const people = await withIdentities(db, chunk.people);
	const phones = [
		...new Set(
			people.flatMap(({ smsNumber, whatsAppNumber }) => [smsNumber, whatsAppNumber]).filter((phone) => phone !== null),
		),
	];
	const kin = await findKin(db, [
		...phones.map((phone) => ({ phone })),
		...people.map(({ identityId }) => ({ phone: null, identityId })),
	]);
	const targets = [
		...phones.map((phone) => ({ phone, identityId: null })),
		...people.map(({ identityId }) => ({ phone: null, identityId })),
	];
	const words = await readWords(db, [...new Set(targets.flatMap((target) => kin.identitiesOf(target)))]);
	const identityIds = [
		...new Set(targets.flatMap(({ identityId, phone }) => identityId ?? kin.identityOf(phone) ?? [])),
	];
	const given = new Set(await taken({ phones, identityIds }));
	const writesFields = hasPlaceholders(plan.content);
	const messages = people.flatMap((person) =>
		messagesFor(person, plan, { kin, words, given, now, mayReach }).map((option) =>
			newMessage(option, person, plan, kin, now, writesFields),
		),
	);
	return { messages, next, isLast };
}

/** A person to plan for; `identityId` is set where WhatsApp can be sent to the user id only. */
type Addressee = Person & { identityId: number | null };

/** Of whom the contact knows a user id only: who that is, with the number if it is known elsewhere. */
async function withIdentities(db: Database, people: readonly Person[]): Promise<Addressee[]> {
	const userIds = people.flatMap(({ whatsAppNumber, whatsAppUserId }) =>
		whatsAppNumber === null && whatsAppUserId !== null ? [whatsAppUserId] : [],
	);
	const identities = await identitiesOfUserIds(db, userIds);
	return people.map((person) => {
		const identity = person.whatsAppNumber === null ? identities.get(person.whatsAppUserId ?? '') : undefined;
		return {
			...person,
			whatsAppNumber: person.whatsAppNumber ?? identity?.phone ?? null,
			identityId: identity?.phone === null ? identity.id : null,
		};
	});
}

/** Group members, in the order of their ids. */
async function groupPeople(db: Database, { audience }: Plan, after: number) {
	const contacts = await nextContacts(db, audience, { after, limit: CHUNK });
	const groups = await groupsOfContacts(
		db,
		contacts.map(({ id }) => id),
		audience.groupIds,
	);
	const people = contacts.map((contact) => personOf(contact, firstOf(audience.groupIds, groups.get(contact.id))));
	return { people, next: contacts.at(-1)?.id ?? after, isLast: contacts.length < CHUNK };
}

function firstOf(order: readonly number[], groups: readonly number[] = []): number {
	return order.find((id) => groups.includes(id)) ?? 0;
}

/** Numbers typed in: as the contact they belong to, where there is one, so that nobody is written to on two numbers unasked. */
async function typedPeople(db: Database, { audience }: Plan, cursor: number) {
	const { numbers, groupIds, excludedGroupIds } = audience;
	const start = numbers.length + cursor;
	const chunk = numbers.slice(start, start + CHUNK);
	const contacts = await contactsWithNumbers(db, chunk);
	const groups = await groupsOfContacts(
		db,
		contacts.map(({ id }) => id),
		[...groupIds, ...excludedGroupIds],
	);
	const isIn = (contactId: number, ids: readonly number[]): boolean =>
		(groups.get(contactId) ?? []).some((id) => ids.includes(id));
	const earlier = new Set(numbers.slice(0, start));
	const people: Person[] = [];
	for (const number of chunk) {
		const owners = contacts.filter(
			({ smsNumber, whatsAppNumber }) => smsNumber === number || whatsAppNumber === number,
		);
		const isRepeated = earlier.has(number);
		earlier.add(number);
		if (owners.some(({ id }) => isIn(id, excludedGroupIds))) continue;
		const [owner] = owners;
		people.push({
			contactId: owner?.id ?? null,
			groupId: 0,
			smsNumber: number,
			whatsAppNumber: number,
			whatsAppUserId: null,
			fields: owner ? fieldsOf(owner) : {},
			isDuplicate: isRepeated || owners.some(({ id }) => isIn(id, groupIds)),
		});
	}
	return { people, next: cursor + chunk.length, isLast: cursor + chunk.length === 0 && groupIds.length === 0 };
}

function personOf(contact: AudienceContact, groupId: number): Person {
	return {
		contactId: contact.id,
		groupId,
		smsNumber: contact.smsNumber,
		whatsAppNumber: contact.whatsAppNumber,
		whatsAppUserId: contact.whatsAppUserId,
		fields: fieldsOf(contact),
		isDuplicate: false,
	};
}

function fieldsOf({ name, smsNumber, whatsAppNumber, fields, language }: AudienceContact): Fields {
	const own = JSON.parse(fields) as Record<string, unknown>;
	const custom = Object.fromEntries(
		Object.entries(own).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
	);
	return { ...custom, name: name ?? '', phone: whatsAppNumber ?? smsNumber ?? '', language: language ?? '' };
}

interface Knowledge {
	kin: Kin;
	words: Words;
	/** As `Taken` tells them, of who gets a message already; grows with each one planned. */
	given: Set<string>;
	now: number;
	mayReach: MayReach;
}

function messagesFor(person: Addressee, plan: Plan, { kin, words, given, now, mayReach }: Knowledge): Option[] {
	const option = (channel: Channel, phone: string | null, senderId: number | null): Option => {
		const facts = factsOf(
			kin,
			words,
			{
				identityId: channel === 'whatsapp' ? person.identityId : null,
				phone,
				senderId: senderId ?? 0,
				groupId: person.groupId,
				channel,
				purpose: plan.purpose,
				contentType: plan.content.type,
				insteadOfSenderId: plan.channels === 'whatsappElseSms' && channel === 'sms' ? plan.whatsAppSenderId : null,
			},
			now,
		);
		const permission = decide(facts);
		return {
			channel,
			phone,
			hasAddress: facts.hasAddress,
			permission: permission === 'allowed' && !mayReach(channel, phone) ? 'trial mode' : permission,
		};
	};
	const options = chooseChannels(plan.channels, {
		whatsapp: option('whatsapp', person.whatsAppNumber, plan.whatsAppSenderId),
		sms: option('sms', person.smsNumber, plan.smsSenderId),
	});
	return options.map((each) => {
		if (each.permission !== 'allowed') return each;
		const addresses = addressesOf(each, person, kin);
		const channels: Channel[] = plan.channels === 'whatsappElseSms' ? ['sms', 'whatsapp'] : [each.channel];
		const isGiven = channels.some((channel) => addresses.some((address) => given.has(`${channel} ${address}`)));
		if (person.isDuplicate || isGiven) return { ...each, permission: 'duplicate' as const };
		for (const address of addresses) given.add(`${each.channel} ${address}`);
		return each;
	});
}

/** The number, and who it is: somebody planned for by user id may have a number by now. */
function addressesOf({ phone }: Option, { identityId }: Addressee, kin: Kin): string[] {
	const own = phone === null ? identityId : kin.identityOf(phone);
	return [...(phone === null ? [] : [phone]), ...(own === null ? [] : [`#${own}`])];
}

function newMessage(
	{ channel, phone, permission }: Option,
	person: Addressee,
	plan: Plan,
	kin: Kin,
	now: number,
	writesFields: boolean,
): NewMessage {
	const isQueued = permission === 'allowed';
	return {
		campaignId: plan.id,
		groupId: person.groupId,
		senderId: (channel === 'whatsapp' ? plan.whatsAppSenderId : plan.smsSenderId) ?? 0,
		channel,
		purpose: plan.purpose,
		identityId: phone === null && channel === 'whatsapp' ? person.identityId : kin.identityOf(phone),
		contactId: person.contactId,
		recipient: phone,
		content: null,
		fields: isQueued && writesFields ? JSON.stringify(person.fields) : null,
		state: isQueued ? 'queued' : 'skipped',
		reason: isQueued ? null : permission,
		dueAt: Math.max(now, plan.startsAt),
	};
}
