import { type Audience, type AudienceChannel, chooseChannels, type Option } from '../../domain/audience';
import type { Channel, Purpose } from '../../domain/channel';
import type { MessageContent } from '../../domain/content';
import { decide } from '../../domain/permission';
import { type Fields, hasPlaceholders } from '../../domain/render';
import { type AudienceContact, contactsWithNumbers, groupsOfContacts, nextContacts } from '../../store/audience';
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

/** Tells which numbers have a message already, as `<channel> <number>`. */
export type Taken = (phones: string[]) => Promise<Iterable<string>>;

/** Whether the credential that will send lets this number be sent to: false in trial mode, for all but the allowed ones. */
export type MayReach = (channel: Channel, phone: string) => boolean;

/** People planned in one transaction. */
export const CHUNK = 250;

interface Person {
	contactId: number | null;
	groupId: number;
	smsNumber: string | null;
	whatsAppNumber: string | null;
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
	const { people, next, isLast } =
		cursor < 0 ? await typedPeople(db, plan, cursor) : await groupPeople(db, plan, cursor);
	const phones = [
		...new Set(
			people.flatMap(({ smsNumber, whatsAppNumber }) => [smsNumber, whatsAppNumber]).filter((phone) => phone !== null),
		),
	];
	const kin = await findKin(
		db,
		phones.map((phone) => ({ phone })),
	);
	const words = await readWords(db, [
		...new Set(phones.flatMap((phone) => kin.identitiesOf({ identityId: null, phone }))),
	]);
	const given = new Set(await taken(phones));
	const writesFields = hasPlaceholders(plan.content);
	const messages = people.flatMap((person) =>
		messagesFor(person, plan, { kin, words, given, now, mayReach }).map((option) =>
			newMessage(option, person, plan, kin, now, writesFields),
		),
	);
	return { messages, next, isLast };
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
	/** `<channel> <number>` of who gets a message already; grows with each one planned. */
	given: Set<string>;
	now: number;
	mayReach: MayReach;
}

function messagesFor(person: Person, plan: Plan, { kin, words, given, now, mayReach }: Knowledge): Option[] {
	const option = (channel: Channel, phone: string | null, senderId: number | null): Option => {
		const facts = factsOf(
			kin,
			words,
			{
				identityId: null,
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
			permission: permission === 'allowed' && phone !== null && !mayReach(channel, phone) ? 'trial mode' : permission,
		};
	};
	const options = chooseChannels(plan.channels, {
		whatsapp: option('whatsapp', person.whatsAppNumber, plan.whatsAppSenderId),
		sms: option('sms', person.smsNumber, plan.smsSenderId),
	});
	return options.map((each) => {
		if (each.permission !== 'allowed' || each.phone === null) return each;
		const keys =
			plan.channels === 'whatsappElseSms'
				? [`sms ${each.phone}`, `whatsapp ${each.phone}`]
				: [`${each.channel} ${each.phone}`];
		if (person.isDuplicate || keys.some((key) => given.has(key))) return { ...each, permission: 'duplicate' as const };
		given.add(`${each.channel} ${each.phone}`);
		return each;
	});
}

function newMessage(
	{ channel, phone, permission }: Option,
	person: Person,
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
		identityId: kin.identityOf(phone),
		contactId: person.contactId,
		recipient: phone,
		content: null,
		fields: isQueued && writesFields ? JSON.stringify(person.fields) : null,
		state: isQueued ? 'queued' : 'skipped',
		reason: isQueued ? null : permission,
		dueAt: Math.max(now, plan.startsAt),
	};
}
