import fc from 'fast-check';

import { decide } from '../../../domain/permission';
import { startWords, stopWords, helpWords } from '../../../domain/keywordLists';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../domain/errors';
import { createOrUpdateContact, listContacts } from '../../../services/contacts/contacts';
import { addContactToGroup, createOrUpdateGroup, listGroups } from '../../../services/contacts/groups';
import { factsOf, findKin, readWords } from '../../../store/reachability';
import type { Store } from '../../../store/store';
import { seedSender } from '../../support/delivery';
import { deliver, message, PHONE, seen } from '../../support/inbound';
import { describeStores } from '../../support/stores';

describeStores('Create or Update', (context) => {
	it('twenty at once with the same number in different fields make one contact, and each succeeds', async () => {
		const { store } = context();
		const inputs = Array.from({ length: 20 }, (_, index) =>
			index % 2 === 0 ? { smsNumber: PHONE } : { whatsAppNumber: PHONE },
		);
		const made = await Promise.all(
			inputs.map((input, index) => createOrUpdateContact(store, { ...input, fields: { [`field${index}`]: 'x' } })),
		);
		expect(new Set(made.map(({ id }) => id)).size).toBe(1);
		expect(made.filter(({ created }) => created)).toHaveLength(1);
		const contacts = await listContacts(store);
		expect(contacts).toMatchObject([{ smsNumber: PHONE, whatsAppNumber: PHONE }]);
		expect(Object.keys(contacts[0]?.fields ?? {})).toHaveLength(20);
	});

	it('makes no second contact while the person registers at that moment', async () => {
		const { store } = context();
		await Promise.all([
			...Array.from({ length: 5 }, () => createOrUpdateContact(store, { smsNumber: PHONE })),
			...Array.from({ length: 5 }, () => deliver(store, message('START'))),
			...Array.from({ length: 5 }, () => deliver(store, message('START', { channel: 'sms' }))),
		]);
		expect(await listContacts(store)).toHaveLength(1);
	});

	it('puts the contact into several groups, refuses those left by STOP, and keeps the others', async () => {
		const { store } = context();
		for (const shortcode of ['news', 'sport', 'shop']) await createOrUpdateGroup(store, { shortcode });
		await deliver(store, message('START'), message('STOP SPORT'));
		const saved = await createOrUpdateContact(store, { whatsAppNumber: PHONE, groups: ['NEWS', 'sport', 'news'] });
		expect(saved).toMatchObject({ created: false, groupsAdded: ['news'], groupsRefused: ['sport'] });
		expect(await createOrUpdateContact(store, { whatsAppNumber: PHONE, groups: ['shop', 'news'] })).toMatchObject({
			groupsAdded: ['shop'],
			groupsRefused: [],
		});
		expect((await seen(store)).groups).toEqual(['news', 'shop']);
	});

	it('of a group that does not exist changes nothing', async () => {
		const { store } = context();
		await expect(createOrUpdateContact(store, { smsNumber: PHONE, groups: ['nowhere'] })).rejects.toThrow(
			NotFoundError,
		);
		expect(await listContacts(store)).toEqual([]);
	});
});

describeStores('A group', (context) => {
	it('gets another shortcode; a STOP to the old one still holds, and START with the new one lifts it', async () => {
		const { store, clock } = context();
		const { id } = await createOrUpdateGroup(store, { shortcode: 'news' });
		await deliver(store, message('START NEWS'));
		clock.advance(1_000);
		await deliver(store, message('STOP NEWS'));
		expect(await createOrUpdateGroup(store, { group: 'news', shortcode: 'LETTERS' })).toMatchObject({
			id,
			shortcode: 'letters',
			name: 'news',
			created: false,
		});
		const contactId = (await seen(store)).contacts[0]?.id ?? 0;
		await expect(addContactToGroup(store, { group: 'letters', contactId })).rejects.toThrow(ConflictError);
		clock.advance(1_000);
		await deliver(store, message('START LETTERS'));
		expect((await seen(store)).groups).toEqual(['letters']);
	});

	it('cannot have the shortcode of another; both are named', async () => {
		const { store } = context();
		const one = await createOrUpdateGroup(store, { shortcode: 'news' });
		const two = await createOrUpdateGroup(store, { shortcode: 'sport', name: 'Sports' });
		await expect(createOrUpdateGroup(store, { group: 'news', shortcode: 'SPORT' })).rejects.toThrow(
			new RegExp(`Sports.*${two.id}.*news.*${one.id}`),
		);
		expect(await createOrUpdateGroup(store, { group: 'news', shortcode: 'news', name: 'Our news' })).toMatchObject({
			id: one.id,
			name: 'Our news',
		});
	});

	it('cannot have a keyword of any language as its shortcode', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		const words = [...startWords, ...stopWords, ...helpWords];
		expect(words.length).toBeGreaterThan(50);
		for (const word of words)
			await expect(createOrUpdateGroup(store, { group: 'news', shortcode: word.toUpperCase() })).rejects.toThrow(
				InvalidInputError,
			);
	});

	it('made by several at once with one shortcode is one', async () => {
		const { store } = context();
		const made = await Promise.all(Array.from({ length: 10 }, () => createOrUpdateGroup(store, { shortcode: 'news' })));
		expect(new Set(made.map(({ id }) => id)).size).toBe(1);
	});
});

interface Member {
	sms: boolean;
	whatsApp: 'none' | 'same' | 'other';
	groups: number[];
	registrations: Array<'active' | 'waiting' | 'ended' | null>;
	words: Array<{ on: 'sms' | 'whatsApp'; scope: string; direction: 'in' | 'out' }>;
}

const member: fc.Arbitrary<Member> = fc.record({
	sms: fc.boolean(),
	whatsApp: fc.constantFrom('none' as const, 'same' as const, 'other' as const),
	groups: fc.subarray([0, 1, 2]),
	registrations: fc.array(
		fc.constantFrom('active' as const, 'active' as const, 'waiting' as const, 'ended' as const, null),
		{ minLength: 2, maxLength: 2 },
	),
	words: fc.array(
		fc.record({
			on: fc.constantFrom('sms' as const, 'whatsApp' as const),
			scope: fc.constantFrom('all', 'sms', 'group:0', 'group:1', 'sender:0', 'sender:1', 'marketing:0'),
			direction: fc.constantFrom('in' as const, 'out' as const, 'out' as const),
		}),
		{ maxLength: 3 },
	),
});

describeStores('The five figures of a group', (context) => {
	/** Contacts as tables hold them; scopes and groups are numbered from 0 and mapped to ids. */
	async function seed(store: Store, members: readonly Member[], serial: number) {
		const senders = [
			await seedSender(store, { phone: `+3902123${serial}00` }),
			await seedSender(store, { phone: `+3902123${serial}01` }),
		];
		const groups: number[] = [];
		for (const index of [0, 1, 2])
			groups.push((await createOrUpdateGroup(store, { shortcode: `g${serial}x${index}` })).id);
		const contacts: Array<{ groups: number[]; sms: string | null; whatsApp: string | null }> = [];
		for (const [index, each] of members.entries()) {
			const number = (kind: number): string => `+39333${String(serial * 1_000 + index * 2 + kind).padStart(7, '0')}`;
			const sms = each.sms ? number(0) : null;
			const whatsApp = each.whatsApp === 'none' ? null : each.whatsApp === 'same' ? number(0) : number(1);
			if (sms === null && whatsApp === null) continue;
			const { id } = await store.db
				.insertInto('contact')
				.values({
					name: null,
					sms_number: sms,
					whatsapp_number: whatsApp,
					fields: '{}',
					language: null,
					sms_consent_source: null,
					sms_consent_at: null,
					created_at: 1,
					updated_at: 1,
				})
				.returning('id')
				.executeTakeFirstOrThrow();
			for (const group of each.groups)
				await store.db
					.insertInto('membership')
					.values({ group_id: groups[group] ?? 0, contact_id: id, source: 'operator', created_at: 1 })
					.execute();
			const identities = new Map<string, number>();
			for (const phone of new Set([sms, whatsApp].filter((known) => known !== null))) {
				identities.set(
					phone,
					(
						await store.db
							.insertInto('identity')
							.values({ phone, whatsapp_user_id: null, created_at: 1 })
							.returning('id')
							.executeTakeFirstOrThrow()
					).id,
				);
			}
			for (const [sender, state] of each.registrations.entries()) {
				const identity = identities.get(whatsApp ?? '');
				if (state === null || identity === undefined) continue;
				await store.db
					.insertInto('registration')
					.values({
						sender_id: senders[sender] ?? 0,
						identity_id: identity,
						state,
						since: 1,
						ended_by: state === 'ended' ? 'person' : null,
						last_inbound_at: 1,
						inbox: null,
					})
					.execute();
			}
			const words = new Map(each.words.map((word) => [`${word.on} ${word.scope}`, word]));
			const saved = new Set<string>();
			for (const { on, scope, direction } of words.values()) {
				const identity = identities.get((on === 'sms' ? sms : whatsApp) ?? '');
				const [kind, place] = scope.split(':');
				const mapped = place === undefined ? scope : `${kind}:${(kind === 'group' ? groups : senders)[Number(place)]}`;
				if (identity === undefined || saved.has(`${identity} ${mapped}`)) continue;
				saved.add(`${identity} ${mapped}`);
				await store.db
					.insertInto('consent_word')
					.values({
						identity_id: identity,
						scope: mapped,
						direction,
						effective_at: 1,
						source: 'person',
						event_id: null,
					})
					.execute();
			}
			contacts.push({ groups: each.groups.map((group) => groups[group] ?? 0), sms, whatsApp });
		}
		return { senders, groups, contacts };
	}

	it('are what asking for the permission of each member gives', async () => {
		const { store } = context();
		let serial = 0;
		await fc.assert(
			fc.asyncProperty(fc.array(member, { minLength: 1, maxLength: 6 }), async (members) => {
				const { senders, groups, contacts } = await seed(store, members, ++serial);
				const phones = contacts.flatMap(({ sms, whatsApp }) => [sms, whatsApp]);
				const kin = await findKin(
					store.db,
					phones.map((phone) => ({ phone })),
				);
				const words = await readWords(store.db, [
					...new Set(phones.flatMap((phone) => kin.identitiesOf({ identityId: null, phone }))),
				]);
				const expected = groups.map((groupId) => {
					const own = contacts.filter((contact) => contact.groups.includes(groupId));
					const may = (phone: string | null, channel: 'sms' | 'whatsapp', senderId: number): boolean =>
						decide(
							factsOf(
								kin,
								words,
								{
									identityId: null,
									phone,
									senderId,
									groupId,
									channel,
									purpose: channel === 'sms' ? 'service' : 'advertisement',
									contentType: 'template',
									insteadOfSenderId: null,
								},
								1,
							),
						) === 'allowed';
					return {
						contacts: own.length,
						reachableBySms: own.filter(({ sms }) => sms !== null && may(sms, 'sms', 0)).length,
						withWhatsAppNumber: own.filter(({ whatsApp }) => whatsApp !== null).length,
						registeredForWhatsApp: own.filter(({ whatsApp }) =>
							senders.some((sender) => words.registration(kin.identityOf(whatsApp) ?? 0, sender)?.state === 'active'),
						).length,
						reachableByWhatsApp: own.filter(
							({ whatsApp }) => whatsApp !== null && senders.some((sender) => may(whatsApp, 'whatsapp', sender)),
						).length,
					};
				});
				const shown = await listGroups(store, { limit: 1_000 });
				expect(groups.map((id) => shown.find((group) => group.id === id))).toMatchObject(expected);
			}),
			{ numRuns: 25 },
		);
	}, 60_000);
});
