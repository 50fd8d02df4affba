import fc from 'fast-check';

import { decide } from '../../../domain/permission';
import { listGroups, createOrUpdateGroup } from '../../../services/contacts/groups';
import { remind } from '../../../services/invitations/remind';
import { factsOf, findKin, readWords, type Target } from '../../../store/reachability';
import { findDueReminders } from '../../../store/reminders';
import type { Database } from '../../../store/schema';
import { seedSender } from '../../support/delivery';
import { describeSharedStores } from '../../support/stores';

const DAY_MS = 24 * 60 * 60_000;

type Side = 'sms' | 'whatsApp';

/** One person: what their contact holds, which identities are behind it, and what each of them said. */
interface Person {
	isContact: boolean;
	hasSms: boolean;
	/** `userId`: WhatsApp told no number of theirs. */
	whatsApp: 'none' | 'same' | 'other' | 'userId';
	/** The identity that writes by WhatsApp has number and user id. */
	isPaired: boolean;
	groups: number[];
	contradicted: Side[];
	registrations: Array<{ on: Side; sender: number; state: 'active' | 'waiting' | 'invited' | 'ended' }>;
	words: Array<{ on: Side; scope: string; direction: 'in' | 'out' }>;
	invitations: Array<{ on: Side; sender: number; group: number | null; told: boolean; open: boolean }>;
}

const side = fc.constantFrom<Side>('sms', 'whatsApp');
const person: fc.Arbitrary<Person> = fc.record({
	isContact: fc.constantFrom(true, true, true, false),
	hasSms: fc.boolean(),
	whatsApp: fc.constantFrom('none' as const, 'same' as const, 'other' as const, 'other' as const, 'userId' as const),
	isPaired: fc.boolean(),
	groups: fc.subarray([0, 1]),
	contradicted: fc.oneof(
		{ weight: 4, arbitrary: fc.constant<Side[]>([]) },
		{ weight: 1, arbitrary: fc.array(side, { minLength: 1, maxLength: 1 }) },
	),
	registrations: fc.array(
		fc.record({
			on: side,
			sender: fc.constantFrom(0, 1),
			state: fc.constantFrom(
				'active' as const,
				'active' as const,
				'waiting' as const,
				'invited' as const,
				'ended' as const,
			),
		}),
		{ maxLength: 2 },
	),
	words: fc.array(
		fc.record({
			on: side,
			scope: fc.constantFrom('all', 'sms', 'group:0', 'group:1', 'sender:0', 'sender:1', 'marketing:0'),
			direction: fc.constantFrom('in' as const, 'out' as const),
		}),
		{ maxLength: 2 },
	),
	invitations: fc.array(
		fc.record({
			on: side,
			sender: fc.constantFrom(0, 1),
			group: fc.constantFrom(null, 0, 1),
			told: fc.constantFrom(true, true, true, false),
			open: fc.constantFrom(true, true, true, false),
		}),
		{ maxLength: 2 },
	),
});

interface Seeded {
	contacts: Array<{ groups: number[]; sms: string | null; whatsApp: string | null; userId: string | null }>;
	invitations: Array<{
		id: number;
		identityId: number;
		phone: string | null;
		senderId: number;
		groupId: number | null;
		told: boolean;
		open: boolean;
	}>;
}

const EMPTIED = [
	'invitation',
	'membership',
	'contact',
	'consent_word',
	'registration',
	'consent_record',
	'ledger_chain',
	'identity',
] as const;

/** The rule of domain/permission stands a second time in SQL, where many people are looked at: it must be the same rule. */
describeSharedStores('What SQL says of many people', (context) => {
	let senders: number[];
	let groups: number[];

	beforeAll(async () => {
		const { store } = context();
		senders = [await seedSender(store, { phone: '+390212300' }), await seedSender(store, { phone: '+390212301' })];
		groups = [];
		for (const shortcode of ['one', 'two']) groups.push((await createOrUpdateGroup(store, { shortcode })).id);
	});

	const senderOf = (index: number): number => senders[index] ?? 0;
	const groupOf = (index: number): number => groups[index] ?? 0;
	function scopeOf(scope: string): string {
		const [kind, index] = scope.split(':');
		return index === undefined
			? scope
			: `${kind}:${kind === 'group' ? groupOf(Number(index)) : senderOf(Number(index))}`;
	}

	/** In the tables as they are when services made them, but quicker. */
	async function seed(people: readonly Person[]): Promise<Seeded> {
		const { store, clock } = context();
		return await store.transaction(async (db) => {
			for (const table of EMPTIED) await db.deleteFrom(table).execute();
			const seeded: Seeded = { contacts: [], invitations: [] };
			for (const [index, each] of people.entries()) await seedPerson(db, each, index, clock.now(), seeded);
			return seeded;
		});
	}

	async function seedPerson(db: Database, each: Person, index: number, now: number, seeded: Seeded): Promise<void> {
		const number = (kind: number): string => `+39333${String(1_000_000 + index * 2 + kind)}`;
		const sms = each.hasSms ? number(0) : null;
		const whatsApp = each.whatsApp === 'same' ? number(0) : each.whatsApp === 'other' ? number(1) : null;
		const userId = each.whatsApp === 'userId' ? `IT.${1_000 + index}` : null;
		if (each.isContact && (sms ?? whatsApp ?? userId) !== null) {
			const { id } = await db
				.insertInto('contact')
				.values({
					...{ name: null, sms_number: sms, whatsapp_number: whatsApp, whatsapp_user_id: userId, fields: '{}' },
					...{ language: null, sms_consent_source: null, sms_consent_at: null, created_at: 1, updated_at: 1 },
				})
				.returning('id')
				.executeTakeFirstOrThrow();
			const memberships = each.groups.map((group) => ({
				...{ group_id: groupOf(group), contact_id: id, source: 'operator' as const, created_at: 1 },
			}));
			if (memberships.length > 0) await db.insertInto('membership').values(memberships).execute();
			seeded.contacts.push({ groups: each.groups.map(groupOf), sms, whatsApp, userId });
		}
		const identities = new Map<string, { id: number; phone: string | null }>();
		const byWhatsApp = whatsApp ?? userId;
		for (const address of new Set([sms, byWhatsApp].filter((known) => known !== null))) {
			const phone = address === userId ? null : address;
			const isPaired = each.isPaired && address === byWhatsApp;
			const { id } = await db
				.insertInto('identity')
				.values({
					phone,
					whatsapp_user_id: address === userId ? userId : isPaired ? `IT.${5_000 + index}` : null,
					created_at: 1,
					contradicted_at: each.contradicted.some((on) => (on === 'sms' ? sms : byWhatsApp) === address) ? 1 : null,
				})
				.returning('id')
				.executeTakeFirstOrThrow();
			identities.set(address, { id, phone });
		}
		const at = (on: Side) => identities.get((on === 'sms' ? sms : byWhatsApp) ?? '');
		for (const { on, sender, state } of each.registrations.filter((said) => at(said.on)))
			await db
				.insertInto('registration')
				.values({
					...{
						sender_id: senderOf(sender),
						identity_id: at(on)?.id ?? 0,
						state,
						since: 1,
						last_inbound_at: 1,
						inbox: null,
					},
					ended_by: state === 'ended' ? 'operator' : null,
				})
				.onConflict((conflict) => conflict.doNothing())
				.execute();
		for (const { on, scope, direction } of each.words.filter((said) => at(said.on)))
			await db
				.insertInto('consent_word')
				.values({
					...{ identity_id: at(on)?.id ?? 0, scope: scopeOf(scope), direction },
					...{ effective_at: 1, source: 'person', event_id: null },
				})
				.onConflict((conflict) => conflict.doNothing())
				.execute();
		for (const [serial, { on, sender, group, told, open }] of each.invitations.entries()) {
			const invited = at(on);
			if (!invited) continue;
			const groupId = group === null ? null : groupOf(group);
			const { id } = await db
				.insertInto('invitation')
				.values({
					...{ code: `c${index}x${serial}`, sender_id: senderOf(sender), identity_id: invited.id, group_id: groupId },
					...{
						state: open ? 'pending' : 'used',
						evidence: '{}',
						person_fields: null,
						reminders: 0,
						told: told ? 1 : 0,
					},
					...{
						created_at: 1,
						last_sent_at: now - 2 * DAY_MS,
						expires_at: now + DAY_MS,
						used_at: null,
						answered_by: null,
					},
				})
				.returning('id')
				.executeTakeFirstOrThrow();
			seeded.invitations.push({
				id,
				identityId: invited.id,
				phone: invited.phone,
				senderId: senderOf(sender),
				groupId,
				told,
				open,
			});
		}
	}

	async function ruleOf(targets: readonly { phone: string | null; identityId: number | null }[]) {
		const { store, clock } = context();
		const kin = await findKin(store.db, targets);
		const words = await readWords(store.db, [...new Set(targets.flatMap((target) => kin.identitiesOf(target)))]);
		const facts = (target: Pick<Target, 'identityId' | 'phone' | 'senderId' | 'groupId' | 'channel' | 'purpose'>) =>
			factsOf(kin, words, { ...target, contentType: 'template', insteadOfSenderId: null }, clock.now());
		return { kin, words, facts };
	}

	it('of reminders is what asking for each person’s permission gives', async () => {
		const { store, clock } = context();
		await fc.assert(
			fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 5 }), async (people) => {
				const { invitations } = await seed(people);
				const { facts } = await ruleOf(invitations.map(({ phone, identityId }) => ({ phone, identityId })));
				const open = invitations.filter(({ told, open }) => told && open);
				const expected = open.filter(({ id, identityId, phone, senderId, groupId }) => {
					const newer = open.some(
						(other) => other.identityId === identityId && other.senderId === senderId && other.id > id,
					);
					if (newer || phone === null) return false;
					const known = facts({
						identityId,
						phone,
						senderId,
						groupId: groupId ?? 0,
						channel: 'sms',
						purpose: 'service',
					});
					const isRegistered = known.registration?.state === 'active' || known.registration?.state === 'waiting';
					return !isRegistered && !known.optedOut && decide(known) === 'allowed';
				});
				const filter = { senderId: null, lastSentBefore: clock.now() - DAY_MS, most: 1, now: clock.now() };
				const due = await findDueReminders(store.db, filter, 100);
				expect(due.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort());
				const reminded = await remind(store, { sender: '', afterMs: DAY_MS, most: 1, limit: 100 });
				expect(reminded.map(({ invitationId }) => invitationId).sort()).toEqual(expected.map(({ id }) => id).sort());
			}),
			{ numRuns: 60 },
		);
	}, 120_000);

	it('of a group’s five figures is what asking for the permission of each member gives', async () => {
		const { store } = context();
		await fc.assert(
			fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 5 }), async (people) => {
				const { contacts } = await seed(people);
				const users = await store.db
					.selectFrom('identity')
					.select(['id', 'phone', 'whatsapp_user_id as userId'])
					.execute();
				/** As planning addresses them. */
				const targetOf = (contact: Seeded['contacts'][number]) => {
					const user = users.find(({ userId }) => userId !== null && userId === contact.userId);
					const phone = contact.whatsApp ?? user?.phone ?? null;
					return { phone, identityId: phone === null ? (user?.id ?? null) : null };
				};
				const { kin, words, facts } = await ruleOf([
					...contacts.map(({ sms }) => ({ phone: sms, identityId: null })),
					...contacts.map(targetOf),
				]);
				const expected = groups.map((groupId) => {
					const own = contacts.filter((contact) => contact.groups.includes(groupId));
					const isRegistered = (contact: Seeded['contacts'][number], senderId: number) => {
						const { phone, identityId } = targetOf(contact);
						return words.registration(identityId ?? kin.identityOf(phone) ?? 0, senderId)?.state === 'active';
					};
					return {
						contacts: own.length,
						reachableBySms: own.filter(
							({ sms: phone }) =>
								phone !== null &&
								decide(facts({ identityId: null, phone, senderId: 0, groupId, channel: 'sms', purpose: 'service' })) ===
									'allowed',
						).length,
						withWhatsAppNumber: own.filter(({ whatsApp, userId }) => (whatsApp ?? userId) !== null).length,
						registeredForWhatsApp: own.filter((contact) => senders.some((id) => isRegistered(contact, id))).length,
						reachableByWhatsApp: own.filter((contact) =>
							senders.some(
								(senderId) =>
									decide(
										facts({ ...targetOf(contact), senderId, groupId, channel: 'whatsapp', purpose: 'advertisement' }),
									) === 'allowed',
							),
						).length,
					};
				});
				const shown = await listGroups(store, { limit: 100 });
				expect(groups.map((id) => shown.find((group) => group.id === id))).toMatchObject(expected);
			}),
			{ numRuns: 60 },
		);
	}, 120_000);
});
