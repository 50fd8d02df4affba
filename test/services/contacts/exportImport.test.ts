import fc from 'fast-check';

import { createOrUpdateContact, listContacts } from '../../../services/contacts/contacts';
import { exportCsv, exportItems } from '../../../services/contacts/export';
import { createOrUpdateGroup } from '../../../services/contacts/groups';
import { itemRows } from '../../../services/contacts/import/itemRows';
import type { Store } from '../../../store/store';
import { importFile, numberOf } from '../../support/contactFiles';
import { deliver, message, PHONE } from '../../support/inbound';
import { describeStores, newSqlite } from '../../support/stores';
import { openStore } from '../../../store/store';

jest.setTimeout(120_000);

const GROUPS = ['news', 'vip', 'yoga'];
const USER_ID = 'IT.AbC123';

async function csvOf(store: Store): Promise<Buffer> {
	const pieces: Buffer[] = [];
	for await (const piece of exportCsv(store, {})) pieces.push(piece);
	return Buffer.concat(pieces);
}

async function itemsOf(store: Store): Promise<Array<Record<string, unknown>>> {
	const items: Array<Record<string, unknown>> = [];
	for await (const page of exportItems(store, {})) items.push(...page);
	return items;
}

const person = fc.record({
	by: fc.constantFrom('sms', 'whatsapp', 'both', 'userId', 'smsAndUserId'),
	name: fc.constantFrom('', 'Anna', '=x', 'Null'),
	groups: fc.subarray(GROUPS),
	consent: fc.boolean(),
	fields: fc.dictionary(
		fc.constantFrom('Tags', 'Groups', 'Note (2)', 'field:x', 'WhatsApp User ID'),
		fc.constantFrom('vip', 'a, b'),
	),
});

describeStores('An export', (context) => {
	it('imported into an empty store gives the same contacts, and into its own changes nothing', async () => {
		const { store } = context();
		await fc.assert(
			fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 6 }), async (people) => {
				await store.db.deleteFrom('contact').execute();
				for (const shortcode of GROUPS) await createOrUpdateGroup(store, { shortcode });
				for (const [index, { by, name, groups, consent, fields }] of people.entries()) {
					const userId = `IT.Ab${index}`;
					await createOrUpdateContact(store, {
						...(by !== 'whatsapp' && by !== 'userId' && { smsNumber: numberOf(index) }),
						...(by !== 'sms' && { whatsAppNumber: by === 'whatsapp' || by === 'both' ? numberOf(index) : userId }),
						name,
						groups,
						fields,
						...(consent && by !== 'whatsapp' && by !== 'userId' && { smsConsent: { source: 'paper' } }),
					});
				}
				const items = await itemsOf(store);
				for (const file of [await csvOf(store), itemRows(items)]) {
					const { summary, rejected } = await importFile(store, file);
					expect(rejected).toEqual([]);
					expect(summary).toMatchObject({ unchanged: people.length, addedToGroups: 0, groupsMade: 0 });
				}
				const empty = newSqlite();
				const other = await openStore(empty.settings, { create: true, now: store.now });
				try {
					const { summary } = await importFile(other, await csvOf(store), { makeGroups: true });
					expect(summary).toMatchObject({ created: people.length });
					expect(await itemsOf(other)).toEqual(items);
				} finally {
					await other.close();
					await empty.remove();
				}
			}),
			{ numRuns: 12 },
		);
	});
});

describeStores('Importing a WhatsApp user id', (context) => {
	const say = async (text: string, phone: string | null = null): Promise<void> => {
		const { store, clock } = context();
		clock.advance(1_000);
		await deliver(store, message(text, { phone, whatsAppUserId: USER_ID, profileName: 'Anna' }));
	};

	it('finds the contact by the number once it is known, and makes no second one', async () => {
		const { store } = context();
		await say('START');
		const before = await csvOf(store);
		await say('hello', PHONE);
		expect((await importFile(store, before)).summary).toMatchObject({ created: 0, unchanged: 1 });
		expect(await createOrUpdateContact(store, { whatsAppNumber: USER_ID, name: 'Anna Rossi' })).toMatchObject({
			created: false,
			whatsAppNumber: PHONE,
			whatsAppUserId: null,
		});
		expect((await importFile(store, `WhatsApp,WhatsApp ID\n${numberOf(1)},${USER_ID}\n`)).rejected).toMatchObject([
			{ reason: expect.stringContaining('belongs to another number') },
		]);
		expect(await listContacts(store)).toHaveLength(1);
	});

	it.each(['STOP', 'STOP NEWS'])('lifts no %s said under it, whatever number stands beside it', async (stop) => {
		const { store } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await say('START NEWS');
		await say(stop);
		const file = `Mobile,WhatsApp ID,Groups,Consent source,Consent date\n${PHONE},${USER_ID},news,paper,2026-05-03\n`;
		for (const dryRun of [true, false]) {
			const { summary } = await importFile(store, file, { dryRun });
			expect(summary).toMatchObject(
				stop === 'STOP' ? { suppressed: 1, withSmsConsent: 0 } : { keptOut: 1, addedToGroups: 0 },
			);
		}
		expect((await listContacts(store, { group: 'news' })).length).toBe(stop === 'STOP' ? 1 : 0);
	});

	it('is said where it is none, or stands where only a number can', async () => {
		const { store } = context();
		const file = `SMS,WhatsApp,WhatsApp ID\n,,IT.\n,IT.ab,IT.cd\nIT.ab,,\n,IT.ENT.ab,\n,,DE.${'x'.repeat(129)}\n`;
		const { summary, rejected } = await importFile(store, file);
		expect(summary).toMatchObject({ created: 1, rejected: 4 });
		expect(rejected.map(({ row }) => row)).toEqual([2, 3, 4, 6]);
		await expect(createOrUpdateContact(store, { smsNumber: USER_ID })).rejects.toThrow(/WhatsApp user id/);
	});
});
