import { sql } from 'kysely';

import { InvalidInputError } from '../../../domain/errors';
import { createOrUpdateContact } from '../../../services/contacts/contacts';
import { addContactToGroup, createOrUpdateGroup } from '../../../services/contacts/groups';
import { checkRegistrations } from '../../../services/registrations/registrations';
import {
	listRegistrations,
	type ListedRegistration,
	type RegistrationFilter,
} from '../../../services/registrations/lists';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { isPostgres } from '../../../store/database/dialect';
import { deliver, message, PHONE, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const OTHER_SENDER = '+390299999999';
const phoneOf = (index: number): string => `+39333${String(1_000_000 + index)}`;

describeStores('The list of registrations', (context) => {
	const makeSender = (phone = SENDER_PHONE) =>
		createOrUpdateSender(context().store, { phone, provider: 'meta', sendsWhatsApp: true, sendsSms: false });
	const write = async (phone: string, more: Parameters<typeof message>[1] = {}) => {
		context().clock.advance(1_000);
		await deliver(context().store, message('START', { phone, ...more }));
	};
	const names = async (filter: RegistrationFilter) =>
		(await listRegistrations(context().store, filter)).map(({ contactName }) => contactName);

	it.each([
		['333 123', ['Anna']],
		['+39 333 123', ['Anna']],
		['0039 333-123', ['Anna']],
		['(333) 1234567', ['Anna']],
		['+39 333 1234567', ['Anna']],
		['0333 123', ['Anna']],
		['+333', []],
		['4567', ['Anna']],
		['bru', ['Bruno 50%']],
		['50%', ['Bruno 50%']],
		['o_5', []],
		['it.42', ['Carla']],
		['', ['Anna', 'Bruno 50%', 'Carla']],
		['  ', ['Anna', 'Bruno 50%', 'Carla']],
	])('is searched as people type: "%s"', async (search, expected) => {
		await makeSender();
		await write(PHONE, { profileName: 'Anna' });
		await write('+436641112223', { profileName: 'Bruno 50%' });
		await write('+393477654321', { whatsAppUserId: 'IT.4242', profileName: 'Carla' });
		expect(await names({ search })).toEqual(expected);
	});

	it('masks numbers where they are not needed, and still tells people apart', async () => {
		await makeSender();
		await write(PHONE, { whatsAppUserId: 'IT.4242', profileName: 'Anna' });
		const [row] = await listRegistrations(context().store, { masked: true });
		expect(row).toMatchObject({ phone: '+39…67', whatsAppUserId: 'IT.…42', contactName: 'Anna' });
		expect(JSON.stringify(row)).not.toContain('3331234567');
	});

	it('refuses a page token that is none', async () => {
		for (const after of [
			'x',
			Buffer.from('[1,2]').toString('base64url'),
			Buffer.from('[1,2,"3",null]').toString('base64url'),
		]) {
			await expect(listRegistrations(context().store, { after })).rejects.toThrow(InvalidInputError);
		}
	});

	const fillMany = async (count: number): Promise<void> => {
		const { store } = context();
		const [one, two] = [await makeSender(), await makeSender(OTHER_SENDER)];
		const numbers = isPostgres(store.db)
			? sql`generate_series(1, ${sql.lit(count)}) as n(i)`
			: sql`(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(count)}) select i from n) as n`;
		await sql`insert into identity (phone, created_at) select '+39333' || cast(1000000 + n.i as text), 1 from ${numbers}`.execute(
			store.db,
		);
		await sql`insert into registration (sender_id, identity_id, state, since, last_inbound_at)
			select ${sql.lit(one.id)}, i.id, case when i.id % 3000 = 0 then 'ended' else 'active' end, 1000 + i.id % 7, 1 from identity i`.execute(
			store.db,
		);
		await sql`insert into registration (sender_id, identity_id, state, since, last_inbound_at)
			select ${sql.lit(two.id)}, i.id, 'active', 5, 1 from identity i where i.id % 4000 = 0`.execute(store.db);
		await sql`insert into contact (name, whatsapp_number, fields, created_at, updated_at) select 'Person ' || i.phone, i.phone, '{}', 1, 1 from identity i where i.id % 100 = 0`.execute(
			store.db,
		);
		const group = await createOrUpdateGroup(store, { shortcode: 'news', name: 'News' });
		await sql`insert into membership (group_id, contact_id, source, created_at) select ${sql.lit(group.id)}, c.id, 'operator', 1 from contact c where c.id % 2 = 0`.execute(
			store.db,
		);
	};

	it('gives every row once, page after page, under each filter and each combination of them', async () => {
		const { store } = context();
		const count = 12_000;
		await fillMany(count);
		const everybody = await listRegistrations(store, { limit: 20_000 });
		expect(everybody).toHaveLength(count + 3);
		const inGroup = new Set(
			(await store.db.selectFrom('membership').select('contact_id').execute()).map(({ contact_id }) => contact_id),
		);
		const filters: Array<[RegistrationFilter, (row: ListedRegistration) => boolean]> = [
			[{ state: 'ended' }, ({ state }) => state === 'ended'],
			[{ sender: OTHER_SENDER }, ({ senderPhone }) => senderPhone === OTHER_SENDER],
			[
				{ sender: SENDER_PHONE, state: 'ended' },
				({ senderPhone, state }) => senderPhone === SENDER_PHONE && state === 'ended',
			],
			[{ since: 1_005 }, ({ since }) => Date.parse(since) >= 1_005],
			[{ since: 1_005, state: 'ended' }, ({ since, state }) => Date.parse(since) >= 1_005 && state === 'ended'],
			[
				{ since: 1_006, state: 'active', sender: SENDER_PHONE },
				({ since, state }) => Date.parse(since) >= 1_006 && state === 'active',
			],
			[{ group: 'news' }, ({ contactId }) => contactId !== null && inGroup.has(contactId)],
			[
				{ group: 'news', state: 'ended', sender: SENDER_PHONE },
				({ contactId, state }) => contactId !== null && inGroup.has(contactId) && state === 'ended',
			],
			[{ search: '10 07' }, ({ phone }) => phone?.includes('1007') === true],
			[
				{ search: 'person +39333100', since: 1_000 },
				({ contactName, since }) => contactName?.startsWith('Person +39333100') === true && Date.parse(since) >= 1_000,
			],
			[
				{ search: '9000', group: 'news' },
				({ phone, contactId }) => phone?.includes('9000') === true && contactId !== null && inGroup.has(contactId),
			],
		];
		for (const [filter, fits] of filters) {
			const expected = everybody
				.filter(fits)
				.map(({ handle }) => handle)
				.sort();
			const found: string[] = [];
			const size = Math.max(1, Math.ceil(expected.length / 4));
			for (let after: string | undefined, pages = 0; ; pages++) {
				const page = await listRegistrations(store, { ...filter, limit: size, after });
				found.push(...page.map(({ handle }) => handle));
				after = page.at(-1)?.pageToken;
				if (page.length < size) break;
				if (pages > 10) throw new Error('The pages have no end.');
			}
			expect([filter, found.sort()]).toEqual([filter, expected]);
			expect(expected.length).toBeGreaterThan(0);
		}
	});

	it('finds a whole number without looking through all', async () => {
		const { store } = context();
		await fillMany(6_000);
		expect(await listRegistrations(store, { search: '333 100 4999', sender: SENDER_PHONE })).toMatchObject([
			{ phone: phoneOf(4_999) },
		]);
	});

	it('is used to check thousands of numbers in one go, in the order given, each as often as it is given', async () => {
		const { store } = context();
		await fillMany(6_000);
		const numbers = Array.from({ length: 5_000 }, (_, index) =>
			index % 50 === 0 ? 'nonsense' : phoneOf(((index * 7) % 6_100) + 1),
		);
		numbers.push(numbers[1] ?? '', numbers[1] ?? '');
		const checks = await checkRegistrations(store, { sender: SENDER_PHONE, numbers });
		expect(checks.map(({ number }) => number)).toEqual(numbers);
		const active = new Set(
			(await listRegistrations(store, { sender: SENDER_PHONE, state: 'active', limit: 10_000 })).map(
				({ phone }) => phone,
			),
		);
		for (const { number, registered, reason, error } of checks) {
			if (number === 'nonsense') expect([registered, reason, typeof error]).toEqual([false, 'no number', 'string']);
			else expect([number, registered]).toEqual([number, active.has(number)]);
		}
	});

	it('sees in a check a STOP that was said by another number of the same contact', async () => {
		const { store } = context();
		await makeSender();
		const [own, other] = [phoneOf(1), phoneOf(2)];
		await createOrUpdateContact(store, { whatsAppNumber: own, smsNumber: other });
		await write(own);
		expect(await checkRegistrations(store, { sender: '', numbers: [other] })).toMatchObject([
			{ registered: false, state: null, reason: 'not registered' },
		]);
		const check = () => checkRegistrations(store, { sender: '', numbers: [own] });
		expect(await check()).toMatchObject([{ registered: true, reason: null }]);
		context().clock.advance(1_000);
		await deliver(store, message('STOP', { phone: other }));
		expect(await check()).toMatchObject([{ registered: true, state: 'active', reason: 'opted out' }]);
	});

	it('keeps people of a group together with their other senders', async () => {
		const { store } = context();
		const [one] = [await makeSender(), await makeSender(OTHER_SENDER)];
		await createOrUpdateGroup(store, { shortcode: 'news', name: 'News' });
		await write(PHONE);
		await write(PHONE, { senderPhone: OTHER_SENDER });
		const contact = await createOrUpdateContact(store, { whatsAppNumber: PHONE });
		await addContactToGroup(store, { group: 'news', contactId: contact.id });
		const [first] = await listRegistrations(store, { group: 'news', limit: 1 });
		expect(first?.senderId).toBe(one.id);
		expect((await listRegistrations(store, { group: 'news', limit: 1, after: first?.pageToken }))[0]?.senderPhone).toBe(
			OTHER_SENDER,
		);
	});
});
