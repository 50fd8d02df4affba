import { verifyConsent } from '../../../services/rights/verifyLedger';
import { createOrUpdateContact, getContact, listContacts } from '../../../services/contacts/contacts';
import { addContactToGroup, createOrUpdateGroup } from '../../../services/contacts/groups';
import { mergeContacts } from '../../../services/contacts/merge';
import { deliver, message, PHONE, seen } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const OTHER = '+393339999999';
const THIRD = '+393338888888';

describeStores('Merging two contacts', (context) => {
	const say = async (text: string, phone: string, channel: 'whatsapp' | 'sms' = 'whatsapp') => {
		context().clock.advance(1_000);
		await deliver(context().store, message(text, { phone, channel }));
	};
	const two = async (
		one: Parameters<typeof createOrUpdateContact>[1],
		other: Parameters<typeof createOrUpdateContact>[1],
	) => {
		const { store } = context();
		return [(await createOrUpdateContact(store, one)).id, (await createOrUpdateContact(store, other)).id] as [
			number,
			number,
		];
	};

	it('joins numbers and fields; what the one kept says counts', async () => {
		const { store } = context();
		const [keptId, mergedId] = await two(
			{ smsNumber: PHONE, name: 'Anna', fields: { city: 'Rome' } },
			{ whatsAppNumber: OTHER, name: 'A.', language: 'it', fields: { city: 'Milan', age: '30' } },
		);
		expect(await mergeContacts(store, { keptId, mergedId })).toMatchObject({
			...{
				id: keptId,
				mergedContactId: mergedId,
				smsNumber: PHONE,
				whatsAppNumber: OTHER,
				name: 'Anna',
				language: 'it',
			},
			fields: { city: 'Rome', age: '30' },
		});
		expect(await listContacts(store)).toHaveLength(1);
		await expect(getContact(store, { contactId: mergedId })).rejects.toThrow(/no contact/);
	});

	it('is refused with both names where both have another number in one field, unless one is chosen', async () => {
		const { store } = context();
		const [keptId, mergedId] = await two({ smsNumber: PHONE }, { smsNumber: OTHER });
		await expect(mergeContacts(store, { keptId, mergedId })).rejects.toThrow(
			new RegExp(`Contact ${keptId} .*…67.* contact ${mergedId} .*…99`),
		);
		expect(await mergeContacts(store, { keptId, mergedId, smsNumber: 'merged' })).toMatchObject({
			id: keptId,
			smsNumber: OTHER,
		});
	});

	it('of itself, or of a contact that does not exist, is refused', async () => {
		const { store } = context();
		const { id } = await createOrUpdateContact(store, { smsNumber: PHONE });
		await expect(mergeContacts(store, { keptId: id, mergedId: id })).rejects.toThrow(/itself/);
		await expect(mergeContacts(store, { keptId: id, mergedId: 99 })).rejects.toThrow(/no contact 99/);
	});

	it('joins the groups; one left by STOP at either number stays left', async () => {
		const { store } = context();
		for (const shortcode of ['news', 'sport', 'shop']) await createOrUpdateGroup(store, { shortcode });
		const [keptId, mergedId] = await two(
			{ whatsAppNumber: PHONE, groups: ['news', 'shop'] },
			{ smsNumber: OTHER, groups: ['sport', 'shop'] },
		);
		await say('STOP NEWS', OTHER);
		const merged = await mergeContacts(store, { keptId, mergedId });
		expect(merged).toMatchObject({ groupsAdded: ['sport'], groupsRefused: ['news'] });
		expect((await seen(store)).groups).toEqual(['shop', 'sport']);
		await expect(addContactToGroup(store, { group: 'news', contactId: keptId })).rejects.toThrow(/STOP/);
	});

	it('leaves a membership made by the operator when the person says STOP and START', async () => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await say('START NEWS', PHONE);
		const { id: mergedId } = await createOrUpdateContact(store, { smsNumber: OTHER, groups: ['news'] });
		const keptId = (await seen(store)).contacts[0]?.id ?? 0;
		await mergeContacts(store, { keptId, mergedId });
		await say('STOP', PHONE);
		expect((await seen(store)).groups).toEqual(['news']);
	});

	it('keeps a consent to SMS with the number it was given for', async () => {
		const { store } = context();
		const [keptId, mergedId] = await two(
			{ whatsAppNumber: PHONE },
			{ smsNumber: OTHER, smsConsent: { source: 'paper' } },
		);
		expect(await mergeContacts(store, { keptId, mergedId })).toMatchObject({
			smsNumber: OTHER,
			smsConsentSource: 'paper',
		});
		const { id: third } = await createOrUpdateContact(store, { smsNumber: THIRD });
		expect(await mergeContacts(store, { keptId: third, mergedId: keptId, smsNumber: 'kept' })).toMatchObject({
			smsNumber: THIRD,
			whatsAppNumber: PHONE,
			smsConsentSource: null,
			smsConsentAt: null,
		});
	});

	it('carries a STOP said at a number that is given up to those kept, with its time and a record', async () => {
		const { store } = context();
		await say('START', PHONE);
		const keptId = (await seen(store)).contacts[0]?.id ?? 0;
		const { id: mergedId } = await createOrUpdateContact(store, { whatsAppNumber: OTHER });
		await say('STOP', OTHER);
		await mergeContacts(store, { keptId, mergedId, whatsAppNumber: 'kept' });
		expect(await seen(store)).toMatchObject({ registrations: ['ended'], words: { all: 'out' } });
		const actions = (await store.db.selectFrom('consent_record').select('details').orderBy('id').execute()).map(
			({ details }) => (JSON.parse(details ?? '{}') as { action: string }).action,
		);
		expect(actions).toEqual(['start', 'stop', 'contactsMerged', 'contactsMerged', 'carriedOptOut']);
		await say('START', PHONE);
		expect(await seen(store)).toMatchObject({ registrations: ['active'], words: { all: 'in' } });
		expect(await verifyConsent(store)).toMatchObject({ valid: true });
	});

	it('leaves a START said later than the STOP at the number given up', async () => {
		const { store } = context();
		const { id: mergedId } = await createOrUpdateContact(store, { whatsAppNumber: OTHER });
		await say('STOP', OTHER);
		await say('START', PHONE);
		const keptId = (await seen(store)).contacts[0]?.id ?? 0;
		await mergeContacts(store, { keptId, mergedId, whatsAppNumber: 'kept' });
		expect((await seen(store)).registrations).toEqual(['active']);
	});

	it('takes the messages along', async () => {
		const { store } = context();
		const [keptId, mergedId] = await two({ smsNumber: PHONE }, { whatsAppNumber: OTHER });
		for (const state of ['queued', 'delivered'] as const) {
			await store.db
				.insertInto('message')
				.values({
					...{
						campaign_id: null,
						group_id: 0,
						sender_id: 1,
						identity_id: null,
						contact_id: mergedId,
						recipient: OTHER,
					},
					...{ channel: 'sms', purpose: 'service', state, due_at: 1, created_at: 1, state_at: 1 },
				})
				.execute();
		}
		await mergeContacts(store, { keptId, mergedId });
		expect(await store.db.selectFrom('message').select('contact_id').execute()).toEqual([
			{ contact_id: keptId },
			{ contact_id: keptId },
		]);
	});

	it('of the same two, at once and in both directions, leaves one', async () => {
		const { store } = context();
		const [one, two_] = await two({ smsNumber: PHONE }, { whatsAppNumber: OTHER });
		const done = await Promise.allSettled([
			mergeContacts(store, { keptId: one, mergedId: two_ }),
			mergeContacts(store, { keptId: two_, mergedId: one }),
			createOrUpdateContact(store, { smsNumber: PHONE, name: 'Anna' }),
		]);
		expect(done.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
		expect(await listContacts(store)).toMatchObject([{ smsNumber: PHONE, whatsAppNumber: OTHER }]);
	});
});
