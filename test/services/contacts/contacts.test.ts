import { ConflictError, InvalidInputError, NotFoundError } from '../../../domain/errors';
import { createOrUpdateContact, deleteContact, getContact, listContacts } from '../../../services/contacts/contacts';
import {
	addContactToGroup,
	createOrUpdateGroup,
	deleteGroup,
	listGroups,
	removeContactFromGroup,
} from '../../../services/contacts/groups';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { deliver, message, PHONE, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const OTHER = '+393339999999';

describeStores('Contacts and groups', (context) => {
	it('a number is in one contact only, and completes it', async () => {
		const { store } = context();
		const made = await createOrUpdateContact(store, {
			smsNumber: '333 1234567',
			country: 'IT',
			name: 'Anna',
			fields: { city: 'Rome' },
		});
		expect(made).toMatchObject({ created: true, smsNumber: PHONE, whatsAppNumber: null });
		const completed = await createOrUpdateContact(store, {
			smsNumber: PHONE,
			whatsAppNumber: PHONE,
			fields: { age: 30 },
		});
		expect(completed).toMatchObject({
			id: made.id,
			created: false,
			name: 'Anna',
			whatsAppNumber: PHONE,
			fields: { city: 'Rome', age: 30 },
		});
		expect(await createOrUpdateContact(store, { whatsAppNumber: PHONE, fields: { age: '' } })).toMatchObject({
			id: made.id,
			fields: { city: 'Rome' },
		});
		expect(await listContacts(store)).toHaveLength(1);
	});

	it('a number known for SMS completes that contact when it comes for WhatsApp', async () => {
		const { store } = context();
		const { id } = await createOrUpdateContact(store, { smsNumber: PHONE });
		expect(await createOrUpdateContact(store, { whatsAppNumber: PHONE })).toMatchObject({ id, created: false });
	});

	it('two contacts, or another number in a filled field, are an error that names both', async () => {
		const { store } = context();
		const one = await createOrUpdateContact(store, { smsNumber: PHONE });
		const two = await createOrUpdateContact(store, { whatsAppNumber: OTHER });
		await expect(createOrUpdateContact(store, { smsNumber: PHONE, whatsAppNumber: OTHER })).rejects.toThrow(
			new RegExp(`${one.id} and ${two.id}`),
		);
		const filled = createOrUpdateContact(store, { smsNumber: '+393335555555', whatsAppNumber: OTHER });
		await filled;
		const other = createOrUpdateContact(store, { smsNumber: '+393334444444', whatsAppNumber: OTHER });
		await expect(other).rejects.toThrow(ConflictError);
		await expect(other).rejects.toThrow(/\+39…55.*\+39…44/);
	});

	it('a consent to SMS is recorded with its source, and an earlier one stays', async () => {
		const { store, clock } = context();
		const first = await createOrUpdateContact(store, { smsNumber: PHONE, smsConsent: { source: 'paper form' } });
		clock.advance(1_000);
		const second = await createOrUpdateContact(store, {
			smsNumber: PHONE,
			smsConsent: { source: 'another', at: clock.now() },
		});
		expect(second).toMatchObject({ smsConsentSource: 'paper form', smsConsentAt: first.smsConsentAt });
		await expect(createOrUpdateContact(store, { smsNumber: OTHER, smsConsent: { source: ' ' } })).rejects.toThrow(
			InvalidInputError,
		);
	});

	it.each([{}, { smsNumber: '12' }, { whatsAppNumber: '3.93E+11' }])('%j makes no contact', async (input) => {
		const { store } = context();
		await expect(createOrUpdateContact(store, input)).rejects.toThrow(InvalidInputError);
		expect(await listContacts(store)).toEqual([]);
	});

	it('the same number many times at once makes one contact', async () => {
		const { store } = context();
		const made = await Promise.allSettled(
			Array.from({ length: 6 }, () => createOrUpdateContact(store, { whatsAppNumber: PHONE })),
		);
		expect(made.some(({ status }) => status === 'fulfilled')).toBe(true);
		expect(await listContacts(store)).toHaveLength(1);
	});

	it('are found page by page, by parts of name and number, and by group', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		for (let index = 0; index < 5; index++)
			await createOrUpdateContact(store, { smsNumber: `+39333000000${index}`, name: `Anna_${index}%` });
		const first = await listContacts(store, { limit: 2 });
		const second = await listContacts(store, { limit: 2, after: first.at(-1) });
		expect([...first, ...second].map(({ name }) => name)).toEqual(['Anna_0%', 'Anna_1%', 'Anna_2%', 'Anna_3%']);
		expect(await listContacts(store, { search: 'ANNA_3%' })).toHaveLength(1);
		expect(await listContacts(store, { search: 'Anna%3' })).toEqual([]);
		expect(await listContacts(store, { search: '0000004' })).toHaveLength(1);
		await addContactToGroup(store, { group: 'NEWS', contactId: first[0]?.id ?? 0 });
		expect(await listContacts(store, { group: 'news' })).toHaveLength(1);
	});

	it('what does not exist is said so', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		const asked = [
			() => getContact(store, { contactId: 7 }),
			() => deleteContact(store, { contactId: 7 }),
			() => addContactToGroup(store, { group: 'news', contactId: 7 }),
			() => deleteGroup(store, { group: 'x' }),
			() => listContacts(store, { group: '99' }),
		];
		for (const ask of asked) await expect(ask()).rejects.toThrow(NotFoundError);
	});

	it('a group is named by its shortcode, made once and renamed', async () => {
		const { store } = context();
		expect(await createOrUpdateGroup(store, { shortcode: 'NEWS' })).toMatchObject({
			created: true,
			shortcode: 'news',
			name: 'NEWS',
		});
		expect(await createOrUpdateGroup(store, { shortcode: 'news', name: 'Our news' })).toMatchObject({
			created: false,
			name: 'Our news',
		});
		await expect(createOrUpdateGroup(store, { shortcode: 'STOP' })).rejects.toThrow(InvalidInputError);
		expect(await listGroups(store, { search: 'our' })).toHaveLength(1);
	});

	it('a group shows its five figures', async () => {
		const { store, clock } = context();
		await createOrUpdateSender(store, { phone: SENDER_PHONE, provider: 'meta', sendsWhatsApp: true, sendsSms: true });
		await createOrUpdateGroup(store, { shortcode: 'empty' });
		const { id } = await createOrUpdateGroup(store, { shortcode: 'news' });
		const phones = [0, 1, 2, 3].map((index) => `+39333000000${index}`);
		// Registered; registered at first, then gone; a WhatsApp number only imported; SMS only, and stopped by SMS.
		await deliver(store, message('START NEWS', { phone: phones[0] }), message('START NEWS', { phone: phones[1] }));
		clock.advance(1_000);
		await deliver(store, message('STOP', { phone: phones[1] }), message('STOP', { phone: phones[3], channel: 'sms' }));
		const contacts = [
			await createOrUpdateContact(store, { whatsAppNumber: phones[0], smsNumber: phones[0] }),
			await createOrUpdateContact(store, { whatsAppNumber: phones[1] }),
			await createOrUpdateContact(store, { whatsAppNumber: phones[2] }),
			await createOrUpdateContact(store, { smsNumber: phones[3] }),
		];
		for (const contact of contacts) await addContactToGroup(store, { group: 'news', contactId: contact.id });
		expect(await listGroups(store)).toEqual([
			{
				id: id - 1,
				name: 'empty',
				shortcode: 'empty',
				contacts: 0,
				reachableBySms: 0,
				withWhatsAppNumber: 0,
				registeredForWhatsApp: 0,
				reachableByWhatsApp: 0,
			},
			{
				id,
				name: 'news',
				shortcode: 'news',
				contacts: 4,
				reachableBySms: 1,
				withWhatsAppNumber: 3,
				registeredForWhatsApp: 1,
				reachableByWhatsApp: 1,
			},
		]);
		await deliver(store, message('STOP NEWS', { phone: phones[0] }));
		expect(await removeContactFromGroup(store, { group: String(id), contactId: contacts[1]?.id ?? 0 })).toMatchObject({
			removed: true,
		});
		await deleteGroup(store, { group: 'news' });
		expect(await listContacts(store)).toHaveLength(4);
	});
});
