import { listContacts } from '../../../services/contacts/contacts';
import { importFile } from '../../support/contactFiles';
import { describeStores } from '../../support/stores';
import { cell, workbook } from '../../support/workbook';

jest.setTimeout(60_000);

const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const sheetsOf = (states: readonly string[]) => ({
	'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${states.map((state, index) => `<sheet name="Ü &amp; ${index}" sheetId="${index + 1}" ${state} r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
	'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${states.map((_, index) => `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`).join('')}</Relationships>`,
	'xl/worksheets/sheet2.xml': `<worksheet xmlns="${MAIN}"><sheetData><row r="1">${cell('A1', 'Phone')}</row><row r="2" hidden="1">${cell('A2', '+393331234567')}</row><row r="3">${cell('A3', '+393331234568')}</row></sheetData></worksheet>`,
});
const first = `<row r="1">${cell('A1', 'Phone')}</row><row r="2">${cell('A2', '+393339999999')}</row>`;

describeStores('Of a workbook', (context) => {
	it.each(['hidden', 'veryHidden'])(
		'a sheet that is %s is passed over, and hidden rows are left out',
		async (state) => {
			const { store } = context();
			const { summary } = await importFile(store, workbook(first, { more: sheetsOf([`state="${state}"`, '']) }));
			expect(summary).toMatchObject({ rows: 1, created: 1, sheet: 'Ü & 1', hiddenRows: 1 });
			expect(await listContacts(store)).toMatchObject([{ smsNumber: '+393331234568' }]);
		},
	);

	it('the sheet is named as people see it, and only hidden rows below the header that hold something count', async () => {
		const { store } = context();
		const hidden = (row: number, text?: string): string =>
			`<row r="${row}" hidden="1">${text === undefined ? '' : cell(`A${row}`, text)}</row>`;
		const rows = `${hidden(1, 'A title')}<row r="2">${cell('A2', 'Phone')}</row>${hidden(3)}${hidden(4, '+393331234567')}`;
		const list = `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="Bob's &quot;list&quot; &#225;&#x2013;" sheetId="1" r:id="rId1"/></sheets></workbook>`;
		const file = workbook(rows, { more: { 'xl/workbook.xml': list } });
		const { summary } = await importFile(store, file, { headerRow: 2 });
		expect(summary).toMatchObject({ rows: 0, sheet: `Bob's "list" á–`, hiddenRows: 1 });
		expect((await importFile(store, 'Phone\n+393331234567\n')).summary).toMatchObject({ sheet: null, hiddenRows: 0 });
	});

	it('with hidden sheets only nothing is read, unless one is named', async () => {
		const { store } = context();
		const file = workbook(first, { more: sheetsOf(['state="hidden"', 'state="hidden"']) });
		await expect(importFile(store, file)).rejects.toThrow(/All sheets of the file are hidden/);
		expect(await importFile(store, file, { sheet: 'Ü & 0' })).toMatchObject({
			summary: { created: 1, sheet: 'Ü & 0', hiddenRows: 0 },
		});
	});
});
