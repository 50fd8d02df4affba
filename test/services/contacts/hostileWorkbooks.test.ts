import { InvalidInputError } from '../../../domain/errors';
import { importFile } from '../../support/contactFiles';
import { describeStores } from '../../support/stores';
import { cell, workbook, zip } from '../../support/workbook';

jest.setTimeout(120_000);

const header = `<row r="1">${cell('A1', 'Phone')}</row>`;
const good = `${header}<row r="2">${cell('A2', '+393331234567')}</row>`;

const hostile: [what: string, file: () => Buffer][] = [
	['a cell in column ZZZZZZ', () => workbook(`${header}<row r="2">${cell('ZZZZZZ2', 'x')}</row>`)],
	['a cell in column ALL', () => workbook(`${header}<row r="2">${cell('ALL2', 'x')}</row>`)],
	['a cell in lower case', () => workbook(`${header}<row r="2">${cell('zzzzzz2', 'x')}</row>`)],
	[
		'a cell named with apostrophes and spaces',
		() => workbook(`${header}<row r="2"><c r = 'ZZZZZ2'><v>1</v></c></row>`),
	],
	['a cell whose letters are entities', () => workbook(`${header}<row r="2">${cell('&#90;ZZZZZ2', 'x')}</row>`)],
	['a cell in row 99999999', () => workbook(`${header}<row r="99999999">${cell('A99999999', 'x')}</row>`)],
	['a row of a number without end', () => workbook(`<row r="${'9'.repeat(40)}">${cell('A1', 'x')}</row>`)],
	[
		'a cell in the far corner of what is allowed',
		() => workbook(`${header}<row r="1048576">${cell('SF1048576', 'x')}</row>`),
	],
	['a position that is none', () => workbook(`${header}<row r="2">${cell('-1', 'x')}</row>`)],
	[
		'a position across a seam',
		() =>
			workbook(`${header}<!--${'x'.repeat(65_400)}--><row r="2">${`${' '.repeat(150)}`}${cell('ZZZZZZ2', 'x')}</row>`),
	],
	[
		'more inside than it says',
		() => workbook(good, { lie: 10, more: { 'xl/more.xml': Buffer.alloc(513 * 1_048_576, ' ') } }),
	],
	['a sheet that is missing', () => zip({ '[Content_Types].xml': '<Types/>' })],
	['no XML', () => zip({ 'xl/workbook.xml': 'hello', 'xl/worksheets/sheet1.xml': 'hello' })],
	[
		'a part that cannot be unpacked',
		() => {
			const file = workbook(good);
			return Buffer.concat([file.subarray(0, 60), Buffer.alloc(40, 0xff), file.subarray(100)]);
		},
	],
	['an end that is cut off', () => workbook(good).subarray(0, -10)],
	['an old XLS under another name', () => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(5_000)])],
];

describeStores('A hostile workbook', (context) => {
	it('is none: an ordinary one is read', async () => {
		expect(await importFile(context().store, workbook(good))).toMatchObject({ summary: { created: 1 } });
	});

	it.each(hostile)('with %s is refused with a sentence, and nothing else happens', async (_what, file) => {
		const { store } = context();
		await expect(importFile(store, file())).rejects.toBeInstanceOf(InvalidInputError);
		expect(await store.db.selectFrom('contact').selectAll().execute()).toEqual([]);
	});

	it('with a text that is not in its list of texts imports nothing of it', async () => {
		const file = workbook(`${header}<row r="2"><c r="A2" t="s"><v>99999</v></c></row>`);
		await importFile(context().store, file).catch((error: unknown) => expect(error).toBeInstanceOf(InvalidInputError));
		expect(await context().store.db.selectFrom('contact').selectAll().execute()).toEqual([]);
	});
});
