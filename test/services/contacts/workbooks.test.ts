import { gzipSync } from 'node:zlib';

import { InvalidInputError } from '../../../domain/errors';
import { listContacts } from '../../../services/contacts/contacts';
import { importFile } from '../../support/contactFiles';
import { describeStores } from '../../support/stores';
import { cell, workbook, zip } from '../../support/workbook';

jest.setTimeout(120_000);

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PHONE = '+393331234567';
const smsConsent = { source: 'Website form', at: Date.UTC(2026, 1, 1) };

interface Parts {
	before?: string;
	after?: string;
	declaration?: string;
	more?: Record<string, string>;
}

/** A sheet with these rows of cells, each its XML. */
function sheet(rows: string[][], { before = '', after = '', declaration = '', more = {} }: Parts = {}): Buffer {
	const xml = rows.map((cells, index) => `<row r="${index + 1}">${cells.join('')}</row>`).join('');
	const sheetXml = `${declaration}<worksheet xmlns="${MAIN}">${before}<sheetData>${xml}</sheetData>${after}</worksheet>`;
	return workbook('', { more: { 'xl/worksheets/sheet1.xml': sheetXml, ...more } });
}

const relations = (id: string, type: string, target: string): Record<string, string> => ({
	'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/></Relationships>`,
});
const datesAsStyle1 = {
	...relations('rId2', 'styles', 'styles.xml'),
	'xl/styles.xml': `<styleSheet xmlns="${MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
};
const header = [cell('A1', 'Mobile'), cell('B1', 'Name')];

describeStores('Of a workbook', (context) => {
	const imported = async (file: Buffer | string, options = {}) => {
		const { store } = context();
		const { summary, rejected } = await importFile(store, file, options);
		const contacts = await listContacts(store);
		return { summary, rejected, contacts, people: contacts.map(({ smsNumber, name }) => [smsNumber, name]) };
	};

	it('a word in cells merged over several people is said of each of them', async () => {
		const file = sheet(
			[
				[cell('A1', 'Mobile'), cell('B1', 'Status')],
				[cell('A2', `${PHONE.slice(0, -1)}1`), cell('B2', 'unsubscribed')],
				[cell('A3', `${PHONE.slice(0, -1)}2`)],
				[cell('A4', `${PHONE.slice(0, -1)}3`), cell('B4', 'subscribed')],
			],
			{ after: '<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>' },
		);
		const { summary, contacts } = await imported(file, { smsConsent });
		expect(summary).toMatchObject({ created: 3, withSmsConsent: 1, smsConsentRefused: 2 });
		expect(contacts.map(({ smsConsentSource }) => smsConsentSource)).toEqual([null, null, 'Website form']);
	});

	it('merges over each other and beyond the sheet cost no more than its rows', async () => {
		const merges = '<mergeCell ref="B2:B1048576"/>'.repeat(20_000);
		const file = sheet([header, [cell('A2', PHONE), cell('B2', 'Anna')]], {
			after: `<mergeCells>${merges}</mergeCells>`,
		});
		expect((await imported(file)).people).toEqual([[PHONE, 'Anna']]);
	});

	it('hidden columns are read: what stands there of people who left counts', async () => {
		const file = sheet(
			[
				[cell('A1', 'Mobile'), cell('B1', 'Opt-out')],
				[cell('A2', PHONE), '<c r="B2" t="b"><v>1</v></c>'],
			],
			{ before: '<cols><col min="2" max="2" hidden="1" width="0"/></cols>' },
		);
		expect((await imported(file, { smsConsent })).summary).toMatchObject({ created: 1, smsConsentRefused: 1 });
	});

	it('formulas are read by their results', async () => {
		const file = sheet([
			header,
			[
				`<c r="A2" t="str"><f>"+39"&amp;"3331234567"</f><v>${PHONE}</v></c>`,
				'<c r="B2" t="str"><f>IF(1,"","")</f><v></v></c>',
			],
			['<c r="A3"><f t="shared" si="0" ref="A3:A4">393331234567+ROW()-2</f><v>393331234568</v></c>'],
			['<c r="A4"><f t="shared" si="0"/><v>393331234569</v></c>'],
		]);
		expect((await imported(file)).people.map(([phone]) => phone)).toEqual([PHONE, '+393331234568', '+393331234569']);
	});

	it.each([
		['a text', '<c r="B2"><f>VLOOKUP(A2,Left!A:B,2)</f></c>'],
		['a shared one', '<c r="B2"><f t="shared" si="0"/></c>'],
	])('formulas without results (%s) are refused: they could say that somebody left', async (_what, formula) => {
		const file = sheet([
			[cell('A1', 'Mobile'), cell('B1', 'Status')],
			[cell('A2', PHONE), formula],
		]);
		await expect(imported(file, { smsConsent })).rejects.toThrow(/formulas without results/);
		expect(await listContacts(context().store)).toEqual([]);
	});

	it('rich text is read whole, and its reading aids are left out', async () => {
		const file = sheet([header, ['<c r="A2" t="s"><v>0</v></c>', '<c r="B2" t="s"><v>1</v></c>']], {
			more: {
				...relations('rId2', 'sharedStrings', 'sharedStrings.xml'),
				'xl/sharedStrings.xml': `<sst xmlns="${MAIN}"><si><r><rPr><b/></rPr><t>+39333</t></r><r><t>1234567</t></r></si><si><r><t xml:space="preserve">Anna </t></r><r><rPr><i/></rPr><t>Rossi</t></r><rPh sb="0" eb="1"><t>99</t></rPh></si></sst>`,
			},
		});
		expect((await imported(file)).people).toEqual([[PHONE, 'Anna Rossi']]);
	});

	it('entities are read, and numbers in any spelling', async () => {
		const file = sheet([
			header,
			[cell('A2', '&#43;393331234567'), cell('B2', 'M&amp;M &lt;x&gt;')],
			['<c r="A3"><v>3.93331234568E11</v></c>'],
			['<c r="A4" t="e"><v>#N/A</v></c>', cell('B4', 'Nobody')],
		]);
		const { people, rejected } = await imported(file);
		expect(people).toEqual([
			[PHONE, 'M&M <x>'],
			['+393331234568', null],
		]);
		expect(rejected).toMatchObject([{ row: 4, reason: 'The row has no phone number.' }]);
	});

	it("a consent on a day that is none, was before phones, or is to come is its row's own fault; days count from 1904 where the workbook says so", async () => {
		const rows = (serials: string[]) => [
			[cell('A1', 'Mobile'), cell('B1', 'Consent source'), cell('C1', 'Consent date')],
			...serials.map((serial, index) => [
				cell(`A${index + 2}`, `+39333123456${index}`),
				cell(`B${index + 2}`, 'Form'),
				`<c r="C${index + 2}" s="1"><v>${serial}</v></c>`,
			]),
		];
		const file = sheet(rows(['45414.5', '0', '-1', '60', '99999', '1e12', '36526']), { more: datesAsStyle1 });
		const { rejected, contacts } = await imported(file);
		expect(rejected.map(({ row, column }) => [row, column])).toEqual(
			[3, 4, 5, 6, 7].map((row) => [row, 'Consent date']),
		);
		expect(contacts.map(({ smsConsentAt }) => smsConsentAt)).toEqual([
			'2024-05-02T12:00:00.000Z',
			'2000-01-01T00:00:00.000Z',
		]);
		const list = `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr date1904="1"/><sheets><sheet name="P" sheetId="1" r:id="rId1"/></sheets></workbook>`;
		const of1904 = sheet(
			rows(['43952']).map((row) => row.map((xml) => xml.replace(/6(\d)</, '9$1<'))),
			{
				more: { ...datesAsStyle1, 'xl/workbook.xml': list },
			},
		);
		expect((await imported(of1904)).contacts.map(({ smsConsentAt }) => smsConsentAt)).toContain(
			'2024-05-02T00:00:00.000Z',
		);
	});

	it('a phone number in a column formatted as dates is not lost in silence', async () => {
		const { summary, rejected } = await imported(
			sheet([header, ['<c r="A2" s="1"><v>393331234567</v></c>'], ['<c r="A3" s="1"><v>45414</v></c>']], {
				more: datesAsStyle1,
			}),
			{ country: 'DE' },
		);
		expect(summary).toMatchObject({ rows: 2, created: 0, rejected: 2 });
		expect(rejected[1]?.reason).toMatch(/This is a date, and no phone number/);
	});

	it('a sheet that is a chart is passed over', async () => {
		const file = sheet([header, [cell('A2', PHONE)]], {
			more: {
				...relations('rId9', 'chartsheet', 'chartsheets/sheet1.xml'),
				'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="Chart" sheetId="1" r:id="rId9"/><sheet name="People" sheetId="2" r:id="rId1"/></sheets></workbook>`,
				'xl/chartsheets/sheet1.xml': `<chartsheet xmlns="${MAIN}"/>`,
			},
		});
		expect(await imported(file)).toMatchObject({ summary: { sheet: 'People', created: 1 } });
	});

	const entities = `<!DOCTYPE x [<!ENTITY a "lol">${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((level) => `<!ENTITY a${level} "${`&a${level === 1 ? '' : level - 1};`.repeat(10)}">`).join('')}]>`;
	const foreign: Array<[what: string, file: () => Buffer | string, says: RegExp]> = [
		[
			'with entities that grow',
			() => sheet([header, [cell('A2', PHONE), cell('B2', '&a9;')]], { declaration: entities }),
			/no spreadsheet writes/,
		],
		[
			'with an entity that is a file',
			() =>
				sheet([header, [cell('A2', '&x;')]], { declaration: '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>' }),
			/no spreadsheet writes/,
		],
		[
			'with text that the reader passes over',
			() => sheet([header, [cell('A2', PHONE), cell('B2', '<![CDATA[unsubscribed]]>')]]),
			/no spreadsheet writes/,
		],
		['in UTF-16', () => zip({ 'xl/workbook.xml': Buffer.from('<workbook/>', 'utf16le') }), /no spreadsheet writes/],
		['with a password on its parts', () => locked(sheet([header, [cell('A2', PHONE)]])), /protected with a password/],
		[
			'encrypted by Excel',
			() =>
				Buffer.concat([
					Buffer.from('d0cf11e0a1b11ae1', 'hex'),
					Buffer.from('EncryptedPackage', 'utf16le'),
					Buffer.alloc(5_000),
				]),
			/protected with a password/,
		],
		[
			'in OpenDocument',
			() => zip({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<x/>' }),
			/OpenDocument file \(\.ods\)/,
		],
		['in binary', () => zip({ '[Content_Types].xml': '<Types/>', 'xl/workbook.bin': 'x' }), /binary workbook/],
		[
			'that is a text document',
			() => zip({ '[Content_Types].xml': '<Types/>', 'word/document.xml': '<x/>' }),
			/text document/,
		],
		['that is a ZIP of a CSV', () => zip({ 'contacts.csv': `Mobile\n${PHONE}\n` }), /ZIP without a workbook/],
		[
			'that is a web page named .xls',
			() =>
				`\ufeff<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>Mobile</td></tr><tr><td>${PHONE}</td></tr></table></html>`,
			/a web page/,
		],
		[
			'that is a web page in UTF-16',
			() => Buffer.from('\ufeff<!DOCTYPE html><table></table>', 'utf16le'),
			/a web page/,
		],
		['in XML of 2003', () => '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', /is XML/],
		['that is a web archive', () => 'MIME-Version: 1.0\nContent-Type: multipart/related\n', /web archive/],
		['in SYLK', () => 'ID;PWXL;N;E\nC;Y1;X1;K"Mobile"\nE\n', /SYLK/],
		['that is a PDF', () => '%PDF-1.7\n%\n', /a PDF/],
		['that is packed', () => gzipSync(`Mobile\n${PHONE}\n`), /packed/],
		['that is a list of cards', () => `BEGIN:VCARD\nFN:Anna\nTEL:${PHONE}\nEND:VCARD\n`, /vCard/],
		['that is JSON', () => `[{"phone":"${PHONE}"}]`, /JSON/],
	];

	it.each(foreign)('a file %s is refused with what to do, and nothing is imported', async (_what, file, says) => {
		const failure = await imported(file()).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(InvalidInputError);
		expect((failure as Error).message).toMatch(says);
		expect((failure as Error).message).toMatch(/nothing was imported/);
		expect(await listContacts(context().store)).toEqual([]);
	});

	it.each(['ID;Phone', 'ID;Phone;Name', '<Name>;Phone', 'Table;Phone', '"{x}";Phone', 'Document;Phone'])(
		'a CSV file that begins with %s is one',
		async (names) => {
			const cells = names.split(';').map((name) => (name === 'Phone' ? PHONE : '1'));
			expect((await imported(`${names}\n${cells.join(';')}\n`)).summary).toMatchObject({ created: 1 });
		},
	);
});

/** As if each of its parts had a password. */
function locked(file: Buffer): Buffer {
	for (let at = 0; at < file.length - 10; at++) {
		const sign = file.readUInt32LE(at);
		if (sign === 0x04034b50) file.writeUInt16LE(1, at + 6);
		if (sign === 0x02014b50) file.writeUInt16LE(1, at + 8);
	}
	return file;
}
