import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';

import { createOrUpdateContact, listContacts } from '../../services/contacts/contacts';
import { createOrUpdateGroup } from '../../services/contacts/groups';
import { enterHouse, type NodeHouse } from './nodeHouse';
import { type NodeUnderTest, outputOf, outputsOf } from './runWorkflow';

// Each import starts a thread of its own; the machine may be busy.
jest.setTimeout(60_000);

let house: NodeHouse;

beforeEach(async () => {
	house = await enterHouse();
});

afterEach(async () => {
	await house.leave();
});

const operation = (name: string, parameters: object = {}): NodeUnderTest => ({
	node: 'contactGroup',
	credentials: { optInStoreApi: house.storeCredential },
	parameters: { resource: 'contact', operation: name, ...parameters },
});
const importing = (parameters: object = {}): NodeUnderTest => operation('import', { source: 'file', ...parameters });

const withFile = (file: string | Buffer, json: INodeExecutionData['json'] = {}): INodeExecutionData => ({
	json,
	binary: { data: { data: Buffer.from(file).toString('base64'), mimeType: 'application/octet-stream' } },
});
const workbook = readFileSync(join(__dirname, '..', 'support', 'contacts.xlsx'));

describe('Contact & Group, Import', () => {
	it('gives the figures on the first output, and each wrong row with its cells on the second', async () => {
		await createOrUpdateGroup(house.store, { shortcode: 'news' });
		const file =
			'Name;Handy;Ort\nAnna;333 1234567;Bozen\nBruno;3,93E+11;Meran\n=1+1;call me;Brixen\nDora;333 1234568;Bozen;zu viel\n';
		const [summary, rejected] = await outputsOf(importing({ groups: ['news'], options: { country: 'IT' } }), [
			withFile(file),
		]);
		expect(summary).toMatchObject([
			{
				json: {
					rows: 4,
					created: 1,
					updated: 0,
					unchanged: 0,
					rejected: 3,
					rejectedListed: 3,
					addedToGroups: 1,
					keptOut: 0,
					suppressed: 0,
					withSmsConsent: 0,
					dryRun: false,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(rejected?.map(({ json }) => json)).toEqual([
			{
				rejectedRow: 3,
				rejectedColumn: 'Handy',
				rejectedReason: expect.stringMatching(/scientific notation.*Format that column as text/),
				Name: 'Bruno',
				Handy: '3,93E+11',
				Ort: 'Meran',
			},
			{
				rejectedRow: 4,
				rejectedColumn: 'Handy',
				rejectedReason: expect.stringContaining('is not a phone number'),
				Name: "'=1+1",
				Handy: 'call me',
				Ort: 'Brixen',
			},
			{
				rejectedRow: 5,
				rejectedColumn: '',
				rejectedReason: expect.stringContaining('has 4 cells, but the file has 3 columns'),
				Name: 'Dora',
				Handy: '333 1234568',
				Ort: 'Bozen',
				'Column 4': 'zu viel',
			},
		]);
		expect(await listContacts(house.store)).toMatchObject([{ name: 'Anna', fields: { Ort: 'Bozen' } }]);
	});

	it('takes the corrected rows back as the items they are', async () => {
		const [, rejected] = await outputsOf(importing({ options: { country: 'IT' } }), [
			withFile('Name,Phone\nBruno,333\n'),
		]);
		const corrected = (rejected ?? []).map(({ json }) => ({ json: { ...json, Phone: '333 1234567' } }));
		const [summary] = await outputsOf(operation('import', { source: 'items', options: { country: 'IT' } }), corrected);
		expect(summary).toMatchObject([{ json: { rows: 1, created: 1, rejected: 0 } }]);
		expect(await listContacts(house.store)).toMatchObject([{ name: 'Bruno', fields: {} }]);
	});

	it('reads a workbook as a spreadsheet saves it, numbers and dates as such', async () => {
		const [summary, rejected] = await outputsOf(importing({ options: { country: 'AT' } }), [withFile(workbook)]);
		expect(summary).toMatchObject([{ json: { rows: 3, created: 2, rejected: 1, withSmsConsent: 1 } }]);
		expect(rejected).toMatchObject([{ json: { rejectedRow: 4, rejectedColumn: 'Mobile', Name: 'Clara' } }]);
		expect(await listContacts(house.store)).toMatchObject([
			{
				name: 'Anna',
				smsNumber: '+393331234567',
				smsConsentSource: 'Paper form',
				smsConsentAt: '2026-05-03T00:00:00.000Z',
				fields: { City: 'Bolzano' },
			},
			{ name: 'Bruno', smsNumber: '+436641234567' },
		]);
	});

	it('takes all items as rows of one import, and links each wrong one to its item', async () => {
		const items = [
			{ phone: '+393331234567', name: 'Anna', colours: { vip: true } },
			{ phone: 'x' },
			{ phone: 393331234568, name: 'Bruno' },
			{ name: 'Nobody' },
		];
		const [summary, rejected] = await outputsOf(
			operation('import', { source: 'items', options: { country: 'IT' } }),
			items.map((json) => ({ json })),
		);
		expect(summary).toMatchObject([
			{ json: { rows: 4, created: 2, rejected: 2 }, pairedItem: [{ item: 0 }, { item: 1 }, { item: 2 }, { item: 3 }] },
		]);
		expect(rejected?.map(({ json, pairedItem }) => [json.rejectedRow, json.rejectedColumn, pairedItem])).toEqual([
			[2, 'phone', { item: 1 }],
			[4, 'phone', { item: 3 }],
		]);
	});

	it('a dry run gives the same figures and writes nothing', async () => {
		const [summary, rejected] = await outputsOf(importing({ dryRun: true, options: { country: 'IT' } }), [
			withFile('Phone\n333 1234567\nnobody\n'),
		]);
		expect(summary).toMatchObject([{ json: { rows: 2, created: 1, rejected: 1, dryRun: true } }]);
		expect(rejected).toHaveLength(1);
		expect(await listContacts(house.store)).toEqual([]);
	});

	it('goes on with the next file where one cannot be read, if told so', async () => {
		const items = [
			withFile(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')),
			{ json: {} },
			withFile('Phone\n+393331234567\n'),
			withFile(''),
		];
		const [summary] = await outputsOf({ ...importing(), onError: 'continueRegularOutput' }, items);
		expect(summary?.map(({ json }) => json.error ?? json.created)).toEqual([
			expect.stringContaining('is no text in UTF-8, UTF-16 or Windows-1252'),
			expect.stringMatching(/binary/i),
			1,
			expect.stringContaining('the file is empty'),
		]);
		await expect(outputsOf(importing(), [withFile('PK\x03\x04 is no zip')])).rejects.toThrow(
			/no XLSX that can be read/,
		);
		await expect(outputsOf(importing(), [{ json: {} }])).rejects.toThrow(/binary/i);
	});

	it('names two columns of one name, and maps columns as told', async () => {
		await expect(outputsOf(importing(), [withFile('Phone,Phone\n1,2\n')])).rejects.toThrow(/two columns named "Phone"/);
		const columnMapping = {
			column: [
				{ column: 'A', meaning: 'whatsAppNumber' },
				{ column: '2', meaning: 'field', fieldName: 'city' },
				{ column: 'Name', meaning: 'ignore' },
			],
		};
		const [summary] = await outputsOf(importing({ options: { columnMapping } }), [
			withFile('A,B,Name\n+393331234567,Rome,x\n'),
		]);
		expect(summary).toMatchObject([{ json: { created: 1 } }]);
		expect(await listContacts(house.store)).toMatchObject([
			{ whatsAppNumber: '+393331234567', smsNumber: null, name: null, fields: { city: 'Rome' } },
		]);
	});

	it('wants source and date of a consent for all', async () => {
		await expect(
			outputsOf(importing({ options: { smsConsentSource: 'Fair' } }), [withFile('Phone\n+393331234567\n')]),
		).rejects.toThrow(/only with its source and its date/);
		const [summary] = await outputsOf(
			importing({ options: { smsConsentSource: 'Fair', smsConsentAt: '2026-05-03T00:00:00Z' } }),
			[withFile('Phone\n+393331234567\n')],
		);
		expect(summary).toMatchObject([{ json: { withSmsConsent: 1 } }]);
	});

	it('is refused to an AI agent', async () => {
		await expect(outputsOf({ ...importing(), asTool: true }, [withFile('Phone\n+393331234567\n')])).rejects.toThrow(
			/may read here, and change nothing/,
		);
	});
});

describe('Contact & Group, Export', () => {
	const fields = { Mobile: '1', city: '=HYPERLINK("x")', 'a,b': 'x;"y"\nz', plain: '  spaced ' };

	beforeEach(async () => {
		await createOrUpdateGroup(house.store, { shortcode: 'news' });
		await createOrUpdateContact(house.store, {
			smsNumber: '+393331234567',
			name: '@anna',
			language: 'it',
			fields,
			smsConsent: { source: '-paper', at: Date.UTC(2026, 4, 3, 10) },
		});
		await createOrUpdateContact(house.store, { whatsAppNumber: '+393331234568', name: "'=Bruno" });
	});

	it('writes a CSV file that a spreadsheet runs no formula of, and that changes nothing when it is imported', async () => {
		const [item] = await outputOf(operation('export', { format: 'csv' }));
		expect(item).toMatchObject({
			json: { contacts: 2, fileName: 'contacts.csv' },
			binary: { data: { mimeType: 'text/csv' } },
		});
		const file = Buffer.from(item?.binary?.data?.data ?? '', 'base64').toString();
		expect(file.split('\r\n')[0]).toBe(
			'\uFEFFSMS Number,WhatsApp Number,WhatsApp User ID,Name,Language,SMS Consent Source,SMS Consent Date,Groups,field:Mobile,"a,b",city,plain',
		);
		expect(file).toContain(
			`'+393331234567,,,'@anna,it,'-paper,2026-05-03T10:00:00.000Z,,1,"x;""y""\nz","'=HYPERLINK(""x"")",spaced`,
		);
		const before = await listContacts(house.store);
		const [summary, rejected] = await outputsOf(importing(), [{ json: {}, binary: item?.binary }]);
		expect([summary?.[0]?.json, rejected]).toMatchObject([{ rows: 2, unchanged: 2 }, []]);
		expect(await listContacts(house.store)).toEqual(before);
	});

	it('gives items that change nothing when they are imported', async () => {
		const items = await outputOf(operation('export', { format: 'items' }));
		expect(items.map(({ json }) => [json.name, json.smsNumber, json['field:Mobile']])).toEqual([
			['@anna', '+393331234567', '1'],
			["''=Bruno", null, undefined],
		]);
		const before = await listContacts(house.store);
		const [summary] = await outputsOf(operation('import', { source: 'items' }), items);
		expect(summary).toMatchObject([{ json: { rows: 2, unchanged: 2 } }]);
		expect(await listContacts(house.store)).toEqual(before);
	});

	it('is kept to a group where one is chosen', async () => {
		const group = { __rl: true, mode: 'shortcode', value: 'news' };
		expect(await outputOf(operation('export', { format: 'items', options: { group } }))).toEqual([]);
		expect(
			await outputOf(operation('export', { format: 'csv', options: { group, fileName: 'news.csv' } })),
		).toMatchObject([{ json: { contacts: 0, fileName: 'news.csv' } }]);
	});
});
