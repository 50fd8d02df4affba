import { NotFoundError } from '../../../domain/errors';
import { verifyConsent } from '../../../services/rights/verifyLedger';
import { itemRows } from '../../../services/contacts/import/itemRows';
import { createOrUpdateContact, listContacts } from '../../../services/contacts/contacts';
import { addContactToGroup, createOrUpdateGroup, listGroups } from '../../../services/contacts/groups';
import { checkRegistrations } from '../../../services/registrations/check';
import { createOrUpdateSender } from '../../../services/senders/senders';
import type { Store } from '../../../store/store';
import { importFile, numberOf } from '../../support/contactFiles';
import { deliver, message, PHONE, SENDER_PHONE } from '../../support/inbound';
import { describeStores } from '../../support/stores';

const OTHER = '+393339999999';
const none = { created: 0, updated: 0, unchanged: 0, rejected: 0, addedToGroups: 0, keptOut: 0, suppressed: 0 };

const makeSender = (store: Store) =>
	createOrUpdateSender(store, { phone: SENDER_PHONE, provider: 'meta', sendsWhatsApp: true, sendsSms: true });
const withoutTimes = async (store: Store) =>
	(await listContacts(store, { limit: 5_000 })).map(
		({ updatedAt: _updated, createdAt: _created, ...contact }) => contact,
	);

// Each import starts a thread of its own; the machine may be busy.
jest.setTimeout(60_000);

describeStores('Importing contacts', (context) => {
	it('makes contacts of the rows, with numbers, name, language and fields of their own', async () => {
		const { store } = context();
		const { summary, rejected } = await importFile(
			store,
			'Name;Cellulare;WhatsApp;Lingua;Città\r\nAnna;333 1234567;333 1234567;it;Bolzano\r\nBruno;333 1234568;;;\r\n',
		);
		expect(rejected).toEqual([]);
		expect(summary).toMatchObject({ ...none, rows: 2, created: 2, dryRun: false });
		expect(await listContacts(store)).toMatchObject([
			{
				name: 'Anna',
				smsNumber: PHONE,
				whatsAppNumber: PHONE,
				language: 'it',
				fields: { Città: 'Bolzano' },
				smsConsentAt: null,
			},
			{ name: 'Bruno', smsNumber: '+393331234568', whatsAppNumber: null, language: null, fields: {} },
		]);
	});

	it('changes nothing when the same file comes twice', async () => {
		const { store, clock } = context();
		await createOrUpdateGroup(store, { shortcode: 'news' });
		const file = `Phone,WhatsApp,Name,City,Consent source,Consent date\n${PHONE},${OTHER},Anna,Rome,Paper form,2026-05-03\n${numberOf(1)},,Bruno,,,\n`;
		expect((await importFile(store, file, { groups: ['news'] })).summary).toMatchObject({
			created: 2,
			addedToGroups: 2,
			withSmsConsent: 1,
		});
		const before = await listContacts(store);
		const records = (await verifyConsent(store)).records;
		clock.advance(60_000);
		expect((await importFile(store, file, { groups: ['news'] })).summary).toMatchObject({
			...none,
			rows: 2,
			unchanged: 2,
			withSmsConsent: 1,
		});
		expect(await listContacts(store)).toEqual(before);
		expect(await verifyConsent(store)).toMatchObject({ valid: true, records, broken: [] });
	});

	it('completes empty fields of the contact that has one of the numbers, and takes over name, language and fields', async () => {
		const { store } = context();
		await createOrUpdateContact(store, { smsNumber: PHONE, name: 'Anna', fields: { City: 'Rome', Age: '30' } });
		const { summary } = await importFile(store, `Mobile,WhatsApp,Name,City,Age\n${PHONE},${OTHER},Anna B.,Milan,\n`);
		expect(summary).toMatchObject({ ...none, rows: 1, updated: 1 });
		expect(await listContacts(store)).toMatchObject([
			{ smsNumber: PHONE, whatsAppNumber: OTHER, name: 'Anna B.', fields: { City: 'Milan', Age: '30' } },
		]);
	});

	it('a row that two contacts contradict, or another number in a filled field, is rejected and names them', async () => {
		const { store } = context();
		const one = await createOrUpdateContact(store, { smsNumber: PHONE });
		const two = await createOrUpdateContact(store, { whatsAppNumber: OTHER });
		const three = await createOrUpdateContact(store, { smsNumber: numberOf(1), whatsAppNumber: numberOf(2) });
		const { summary, rejected } = await importFile(
			store,
			`Mobile,WhatsApp,Name\n${PHONE},${OTHER},Anna\n${numberOf(1)},${numberOf(3)},Bruno\n${numberOf(4)},,Clara\n`,
		);
		expect(summary).toMatchObject({ rows: 3, created: 1, rejected: 2, rejectedListed: 2 });
		expect(rejected).toEqual([
			{
				row: 2,
				column: 'Mobile, WhatsApp',
				reason: expect.stringMatching(new RegExp(`Two contacts have these numbers: ${one.id} and ${two.id}`)),
				cells: { Mobile: PHONE, WhatsApp: OTHER, Name: 'Anna' },
			},
			{
				row: 3,
				column: 'Mobile, WhatsApp',
				reason: expect.stringMatching(new RegExp(`Contact ${three.id} has the WhatsApp number \\+39…02, not \\+39…03`)),
				cells: expect.anything(),
			},
		]);
	});

	it('rows of one file meet each other as they would meet the store, in one chunk and over chunks', async () => {
		const { store } = context();
		const filler = Array.from({ length: 1_100 }, (_, index) => `${numberOf(index)},,`);
		const rows = [
			`${PHONE},,Anna`,
			`${PHONE},${OTHER},`,
			`${PHONE},+393338888888,Wrong`,
			...filler,
			`${PHONE},,Anna C.`,
			`,${OTHER},Anna C.`,
			`+393337777777,${OTHER},Wrong`,
		];
		const { summary, rejected } = await importFile(store, `Mobile,WhatsApp,Name\n${rows.join('\n')}\n`);
		expect(summary).toMatchObject({ ...none, rows: 1_106, created: 1_101, updated: 2, unchanged: 1, rejected: 2 });
		expect(rejected.map(({ row, reason }) => [row, /Contact .* has the/.test(reason)])).toEqual([
			[4, true],
			[1_107, true],
		]);
		expect(await listContacts(store, { search: 'Anna' })).toMatchObject([
			{ smsNumber: PHONE, whatsAppNumber: OTHER, name: 'Anna C.' },
		]);
	});

	it('never registers, lifts no opt-out, keeps out who left the group by STOP, and counts both', async () => {
		const { store, clock } = context();
		await makeSender(store);
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await createOrUpdateGroup(store, { shortcode: 'sale' });
		await deliver(store, message('START NEWS', { phone: PHONE }), message('START', { phone: OTHER }));
		clock.advance(1_000);
		await deliver(store, message('STOP NEWS', { phone: PHONE }), message('STOP', { phone: OTHER }));
		const words = () =>
			store.db.selectFrom('consent_word').selectAll().orderBy('identity_id').orderBy('scope').execute();
		const registrations = () => store.db.selectFrom('registration').selectAll().orderBy('identity_id').execute();
		const [wordsBefore, registrationsBefore] = [await words(), await registrations()];
		const file = `WhatsApp,SMS,Consent source,Consent date\n${PHONE},,,\n,${OTHER},Paper form,2026-05-03\n${numberOf(1)},,,\n`;
		const { summary } = await importFile(store, file, { groups: ['news', 'sale'] });
		expect(summary).toMatchObject({ rows: 3, addedToGroups: 5, keptOut: 1, suppressed: 1, withSmsConsent: 0 });
		expect(await words()).toEqual(wordsBefore);
		expect(await registrations()).toEqual(registrationsBefore);
		expect(await listGroups(store)).toMatchObject([
			{ shortcode: 'news', contacts: 2, registeredForWhatsApp: 0 },
			{ shortcode: 'sale', contacts: 3, registeredForWhatsApp: 1 },
		]);
	});

	it('keeps a contact out of the group that its other number left', async () => {
		const { store, clock } = context();
		await makeSender(store);
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await deliver(store, message('START NEWS', { phone: OTHER }));
		clock.advance(1_000);
		await deliver(store, message('STOP NEWS', { phone: OTHER }));
		await createOrUpdateContact(store, { whatsAppNumber: OTHER, smsNumber: PHONE });
		expect((await importFile(store, `Phone\n${PHONE}\n`, { groups: ['news'] })).summary).toMatchObject({
			addedToGroups: 0,
			keptOut: 1,
		});
	});

	it('knows who said STOP also where the file writes their number without plus', async () => {
		const { store } = context();
		await makeSender(store);
		await deliver(store, message('STOP', { phone: '4915112345678' }));
		const file = 'WhatsApp,Mobile\n4915112345678,4915112345678\n49(0)151 23020522,39 333 1234567\n';
		const { summary } = await importFile(store, file, {
			country: 'DE',
			smsConsent: { source: 'Form', at: Date.UTC(2026, 0, 1) },
		});
		expect(summary).toMatchObject({ created: 2, suppressed: 1 });
		expect((await listContacts(store)).map(({ smsNumber, whatsAppNumber }) => [smsNumber, whatsAppNumber])).toEqual([
			['+4915112345678', '+4915112345678'],
			['+393331234567', '+4915123020522'],
		]);
		expect(
			await checkRegistrations(store, { sender: SENDER_PHONE, numbers: ['4915112345678'], country: 'DE' }),
		).toMatchObject([{ phone: '+4915112345678', reason: 'opted out' }]);
	});

	it('takes no consent of a row that says no, or whose number another row refuses; says which rows, and keeps the contacts', async () => {
		const { store } = context();
		const file = [
			'Phone;Name;Status;SMS consent',
			`${numberOf(1)};Anna;unsubscribed;yes`,
			`${numberOf(2)};Bruno;subscribed;yes`,
			`${numberOf(3)};Carla;subscribed;`,
			`${numberOf(4)};Dario;subscribed;perhaps`,
			`${numberOf(1)};Anna;subscribed;yes`,
		].join('\n');
		const smsConsent = { source: 'Website form', at: Date.UTC(2026, 1, 1) };
		const { summary, rejected } = await importFile(store, file, { smsConsent });
		expect(rejected).toEqual([]);
		expect(summary).toMatchObject({ rows: 5, created: 4, withSmsConsent: 1, smsConsentRefused: 4 });
		expect(summary.smsConsentRefusals).toEqual([
			{ row: 2, column: 'Status', reason: 'The row says "unsubscribed".' },
			{ row: 4, column: 'SMS consent', reason: 'The cell is empty.' },
			{ row: 5, column: 'SMS consent', reason: expect.stringContaining('It is not sure whether "perhaps" is a yes.') },
			{ row: 6, column: null, reason: 'Row 2 of the file has the same number, and no consent.' },
		]);
		expect((await listContacts(store)).map(({ name, smsConsentSource }) => [name, smsConsentSource])).toEqual([
			['Anna', null],
			['Bruno', 'Website form'],
			['Carla', null],
			['Dario', null],
		]);
	});

	it('records SMS consent with source and date in the ledger, once, where both are there; an earlier one stays', async () => {
		const { store } = context();
		await createOrUpdateContact(store, { smsNumber: OTHER, smsConsent: { source: 'shop', at: Date.UTC(2026, 0, 1) } });
		const file = [
			'Phone;Consent source;Consent date',
			`${PHONE};Paper form;03.05.2026 14:30`,
			`${numberOf(1)};Paper form;`,
			`${numberOf(2)};;2026-05-03`,
			`${OTHER};Fair;2026-05-03`,
			`${numberOf(3)};Fair;2026-02-31`,
			`${numberOf(4)};Fair;2027-05-03`,
		].join('\n');
		const { summary, rejected } = await importFile(store, file);
		expect(summary).toMatchObject({
			rows: 6,
			created: 3,
			unchanged: 1,
			rejected: 2,
			withSmsConsent: 2,
			smsConsentIncomplete: 2,
		});
		expect(rejected).toMatchObject([
			{ row: 6, column: 'Consent date', reason: expect.stringContaining('is not the date of a consent') },
			{ row: 7, column: 'Consent date' },
		]);
		expect(
			(await listContacts(store)).map(({ smsConsentSource, smsConsentAt }) => [smsConsentSource, smsConsentAt]),
		).toEqual([
			['shop', '2026-01-01T00:00:00.000Z'],
			['Paper form', '2026-05-03T14:30:00.000Z'],
			[null, null],
			[null, null],
		]);
		const details = (await store.db.selectFrom('consent_record').select('details').execute()).map(
			(record) => JSON.parse(record.details ?? '') as object,
		);
		expect(details.at(-1)).toMatchObject({
			action: 'smsConsent',
			phone: PHONE,
			effectiveAt: Date.UTC(2026, 4, 3, 14, 30),
			evidence: { means: 'import', source: 'Paper form' },
		});
		expect(await verifyConsent(store)).toMatchObject({ valid: true });
	});

	it('takes the operator’s word for all rows, unless the file speaks of consent itself', async () => {
		const { store } = context();
		const smsConsent = { source: 'Fair of 3 May', at: Date.UTC(2026, 4, 3) };
		expect((await importFile(store, `Phone\n${PHONE}\n`, { smsConsent })).summary).toMatchObject({ withSmsConsent: 1 });
		expect(await listContacts(store)).toMatchObject([
			{ smsConsentSource: 'Fair of 3 May', smsConsentAt: '2026-05-03T00:00:00.000Z' },
		]);
		await expect(importFile(store, `Phone,Consent date\n${OTHER},\n`, { smsConsent })).rejects.toThrow(
			/says itself who agreed/,
		);
		await expect(
			importFile(store, `Phone\n${OTHER}\n`, { smsConsent: { ...smsConsent, at: Date.UTC(2030, 1, 1) } }),
		).rejects.toThrow(/future/);
		expect(await listContacts(store)).toHaveLength(1);
	});

	it('a dry run tells what an import would do, over chunks too, and writes nothing', async () => {
		const { store, clock } = context();
		await makeSender(store);
		await createOrUpdateGroup(store, { shortcode: 'news' });
		await deliver(store, message('START NEWS', { phone: OTHER }));
		clock.advance(1_000);
		await deliver(store, message('STOP NEWS', { phone: OTHER }));
		const known = await createOrUpdateContact(store, { smsNumber: PHONE, name: 'Anna' });
		await addContactToGroup(store, { group: 'news', contactId: known.id });
		const rows = Array.from({ length: 1_500 }, (_, index) => `${numberOf(index % 1_200)},Person ${index},`);
		const file = `Mobile,Name,WhatsApp\n${[`${PHONE},Anna,`, `${PHONE},Anna,+393336666666`, `${OTHER},Clara,`, 'nobody,,', ...rows, `${PHONE},,+393335555555`].join('\n')}\n`;
		const before = await withoutTimes(store);
		const foretold = await importFile(store, file, { groups: ['news'], dryRun: true });
		expect(await withoutTimes(store)).toEqual(before);
		expect(await listGroups(store)).toMatchObject([{ contacts: 1 }]);
		const done = await importFile(store, file, { groups: ['news'] });
		expect(foretold.summary).toEqual({ ...done.summary, dryRun: true });
		expect(foretold.rejected.map(({ row, column }) => [row, column])).toEqual(
			done.rejected.map(({ row, column }) => [row, column]),
		);
		expect(done.summary).toMatchObject({ created: 1_200, updated: 302, unchanged: 1, rejected: 2, keptOut: 1 });
	});

	it('a number known in one file by two imports at once makes one contact', async () => {
		const { store } = context();
		const file = `Phone,Name\n${Array.from({ length: 300 }, (_, index) => `${numberOf(index)},Person ${index}`).join('\n')}\n`;
		const reversed = file.split('\n').slice(1).reverse().join('\n');
		await Promise.all([importFile(store, file), importFile(store, `Phone,Name\n${reversed}`), importFile(store, file)]);
		expect(await listContacts(store, { limit: 1_000 })).toHaveLength(300);
	});

	it('items are rows, too; names of fields that mean something to JavaScript are names', async () => {
		const { store } = context();
		const items = [
			{ smsNumber: 393331234567, name: 'Anna', colours: ['a', 'b'], constructor: 'x' },
			JSON.parse(`{ "smsNumber": "${OTHER}", "__proto__": "y", "vip": true }`) as object,
		];
		const { summary } = await importFile(store, itemRows(items as Array<Record<string, unknown>>));
		expect(summary).toMatchObject({ rows: 2, created: 2 });
		const contacts = await listContacts(store);
		expect(contacts[0]).toMatchObject({
			smsNumber: PHONE,
			name: 'Anna',
			fields: { colours: '["a","b"]', constructor: 'x' },
		});
		expect(Object.entries(contacts[1]?.fields ?? {})).toEqual([
			['__proto__', 'y'],
			['vip', 'true'],
		]);
	});

	it('text that a database cannot store is taken out, and a cell of 5 MB is a rejected row', async () => {
		const { store } = context();
		const long = 'x'.repeat(5 * 1_048_576);
		const { summary, rejected } = await importFile(
			store,
			`Phone,Name\n${numberOf(1)},a\0b\n${numberOf(2)},"${long}"\n${numberOf(3)},Clara 🎉\n`,
			{ encoding: 'utf-8' },
		);
		expect(summary).toMatchObject({ rows: 3, created: 2, rejected: 1 });
		expect(rejected.map(({ row, column, reason }) => [row, column, reason.replace(/\d{4,}/, 'N')])).toEqual([
			[3, 'Name', expect.stringContaining('has N characters; at most 16000 are read')],
		]);
		expect(rejected[0]?.cells.Name).toHaveLength(1_001);
		expect(await listContacts(store)).toMatchObject([{ name: 'ab' }, { name: 'Clara 🎉' }]);
	});

	it('lists the first 10,000 rejected rows and counts the rest', async () => {
		const { store } = context();
		const { summary, rejected } = await importFile(store, `Phone,Name\n${'nobody,x\n'.repeat(10_500)}`);
		expect(summary).toMatchObject({ rows: 10_500, rejected: 10_500, rejectedListed: 10_000 });
		expect(rejected).toHaveLength(10_000);
	});

	it('nothing is written where the file as a whole cannot be meant', async () => {
		const { store } = context();
		await expect(importFile(store, `Phone,Name,Name\n${PHONE},a,b\n`)).rejects.toThrow(
			/two columns named "Name": 2 and 3/,
		);
		await expect(importFile(store, `Phone\n${PHONE}\n`, { groups: ['nope'] })).rejects.toThrow(NotFoundError);
		await expect(importFile(store, `Phone\n${PHONE}\n`, { country: 'XX' })).rejects.toThrow(/not a country/);
		expect(await listContacts(store)).toEqual([]);
	});
});
