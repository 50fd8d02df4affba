import { startWords, stopWords, helpWords } from '../../../domain/keywordLists';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../domain/errors';
import { createOrUpdateContact, listContacts } from '../../../services/contacts/contacts';
import { addContactToGroup, createOrUpdateGroup } from '../../../services/contacts/groups';
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
