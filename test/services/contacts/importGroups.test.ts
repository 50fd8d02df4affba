import { createOrUpdateContact, listContacts } from '../../../services/contacts/contacts';
import { createOrUpdateGroup, listGroups } from '../../../services/contacts/groups';
import { createOrUpdateSender } from '../../../services/senders/senders';
import { importFile, numberOf } from '../../support/contactFiles';
import { deliver, message, PHONE, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const OTHER = '+393339999999';

// Each import starts a thread of its own; the machine may be busy.
jest.setTimeout(60_000);

describeStores('A file with groups in a column', (context) => {
	it('puts people into them, by shortcode or name, but for those who left one by STOP', async () => {
		const { store, clock } = context();
		await createOrUpdateSender(store, { phone: SENDER_PHONE, provider: 'meta', sendsWhatsApp: true, sendsSms: true });
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await createOrUpdateGroup(store, { shortcode: 'rm', name: 'Rome, Città' });
		await deliver(store, message('START NEWS', { phone: PHONE }));
		clock.advance(1_000);
		await deliver(store, message('STOP NEWS', { phone: PHONE }));
		const file = `Mobile;Gruppi\n${PHONE};News\n${OTHER};"NEWS, ""rome,  citta"""\n${numberOf(1)};"rm; news"\n${numberOf(2)};\n`;
		const foretold = await importFile(store, file, { dryRun: true });
		const { summary, rejected } = await importFile(store, file);
		expect(rejected).toEqual([]);
		expect(summary).toMatchObject({ rows: 4, addedToGroups: 4, keptOut: 1, groupsMade: 0 });
		expect(foretold.summary).toEqual({ ...summary, dryRun: true });
		expect(await listGroups(store)).toMatchObject([
			{ shortcode: 'news', contacts: 2 },
			{ shortcode: 'rm', contacts: 2 },
		]);
	});

	it('rejects a row that names a missing one, or makes it where that is wished; a rejected row makes none', async () => {
		const { store } = context();
		await createOrUpdateContact(store, { smsNumber: PHONE, whatsAppNumber: OTHER });
		const file = `Mobile,WhatsApp,Groups\n${PHONE},${numberOf(7)},Wrong\n${numberOf(1)},,* myContacts ::: Summer Fair\n${numberOf(2)},,"summer fair; Stop"\n`;
		const without = await importFile(store, file);
		expect(without.rejected.map(({ row, column, reason }) => [row, column, reason])).toEqual([
			[2, 'Groups', expect.stringContaining('no group "Wrong"')],
			[3, 'Groups', expect.stringContaining('no group "Summer Fair"')],
			[4, 'Groups', expect.stringContaining('no group "summer fair"')],
		]);
		expect(await listGroups(store)).toEqual([]);
		const foretold = await importFile(store, file, { makeGroups: true, dryRun: true });
		expect(await listGroups(store)).toEqual([]);
		const { summary, rejected } = await importFile(store, file, { makeGroups: true });
		expect(summary).toMatchObject({ created: 1, rejected: 2, groupsMade: 1, addedToGroups: 1 });
		expect(foretold.summary).toEqual({ ...summary, dryRun: true });
		expect(rejected.map(({ row }) => row)).toEqual([2, 4]);
		expect(await listGroups(store)).toMatchObject([{ shortcode: 'summerfair', name: 'Summer Fair', contacts: 1 }]);
	});

	it('makes at most a hundred groups, whatever column was taken for one', async () => {
		const { store } = context();
		const rows = Array.from({ length: 1_200 }, (_, index) => `${numberOf(index)},Tag${index}`).join('\n');
		const { summary } = await importFile(store, `Mobile,Groups\n${rows}\n`, { makeGroups: true });
		expect(summary).toMatchObject({ groupsMade: 100, rejected: 1_100, addedToGroups: 100 });
	});
});

describeStores('A file as people have it', (context) => {
	it('may have a title above, two free columns of one name, and words for nothing', async () => {
		const { store } = context();
		const file = `Our customers\n\nMobile,WhatsApp,Name,Note,Note\n${PHONE},null,NULL,#N/A,x\n${OTHER},nan,Null,a\0,None\n`;
		const { summary, rejected } = await importFile(store, file, { headerRow: 3 });
		expect(rejected).toEqual([]);
		expect(summary).toMatchObject({ rows: 2, created: 2, emptyWords: 4 });
		expect(await listContacts(store)).toMatchObject([
			{ name: null, whatsAppNumber: null, fields: { 'Note (2)': 'x' } },
			{ name: 'Null', whatsAppNumber: null, fields: { Note: 'a', 'Note (2)': 'None' } },
		]);
		await expect(importFile(store, file, { headerRow: 2 })).rejects.toThrow(/Row 2 of the file is empty/);
	});
});
