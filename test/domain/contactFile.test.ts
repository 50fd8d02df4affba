import fc from 'fast-check';

import { csvRecord, defused, undefused } from '../../domain/contactFile/cell';
import { knownName } from '../../domain/contactFile/columnNames';
import { type ColumnTarget, fieldColumnName, readHeader, readHeaderless } from '../../domain/contactFile/columns';
import { isEmptyWord } from '../../domain/contactFile/emptyWords';
import type { ImportedRow, RejectedRow } from '../../domain/contactFile/row';
import { readPastTime } from '../../domain/contactFile/time';
import { guessDelimiter } from '../../services/contacts/import/delimiter';
import type { ReadSettings } from '../../services/contacts/import/protocol';
import { readChunks } from '../../services/contacts/import/readChunks';
import { inPieces } from '../support/contactFiles';

// Properties over whole files; the machine may be busy.
jest.setTimeout(60_000);

const NOW = Date.UTC(2026, 10, 22, 12);
const PHONE = '+393331234567';

async function read(file: string | Uint8Array, settings: Partial<ReadSettings> = {}, pieceBytes = 65_536) {
	const rows: ImportedRow[] = [];
	const rejected: RejectedRow[] = [];
	const all: ReadSettings = {
		country: 'IT',
		now: NOW,
		mappings: [],
		header: 'auto',
		delimiter: 'auto',
		encoding: 'auto',
		sheet: '',
		headerRow: 0,
		groups: 0,
		smsConsent: null,
		...settings,
	};
	for await (const chunk of readChunks(inPieces(file, pieceBytes), all)) {
		rows.push(...chunk.rows);
		rejected.push(...chunk.rejected);
	}
	return { rows, rejected };
}

const utf16 = (text: string, { bigEndian, mark }: { bigEndian: boolean; mark: boolean }): Buffer => {
	const bytes = Buffer.from((mark ? '\uFEFF' : '') + text, 'utf16le');
	return bigEndian ? bytes.swap16() : bytes;
};

describe('Encodings of a CSV file', () => {
	const text = 'Name;Telefon;Ort\r\nJörg Müßig;333 1234567;Zürich\r\nÀnna €uro’s;333 1234568;Forlì\r\n';
	// Windows-1252 has these two where Latin-1 has control characters.
	const windows = Buffer.from(text.replace('€', '\x80').replace('’', '\x92'), 'latin1');

	it.each([
		['UTF-8', Buffer.from(text)],
		['UTF-8 with byte order mark', Buffer.from(`\uFEFF${text}`)],
		['UTF-16 little endian with mark', utf16(text, { bigEndian: false, mark: true })],
		['UTF-16 big endian with mark', utf16(text, { bigEndian: true, mark: true })],
		['UTF-16 little endian without mark', utf16(text, { bigEndian: false, mark: false })],
		['UTF-16 big endian without mark', utf16(text, { bigEndian: true, mark: false })],
		['Windows-1252', windows],
	])('%s is recognised, however the bytes arrive', async (_name, bytes) => {
		for (const pieceBytes of [1, 7, 64, 65_536]) {
			const { rows, rejected } = await read(bytes, {}, pieceBytes);
			expect(rejected).toEqual([]);
			expect(rows.map(({ name, fields }) => [name, fields?.Ort])).toEqual([
				['Jörg Müßig', 'Zürich'],
				['Ànna €uro’s', 'Forlì'],
			]);
		}
	});

	it('is decided where the first letter beyond ASCII stands, also late in a long file', async () => {
		const filler = Array.from({ length: 6_000 }, (_, index) => `Person ${index};${PHONE};Bozen\n`).join('');
		for (const encoding of ['utf8', 'latin1'] as const) {
			const { rows } = await read(Buffer.from(`Name;Telefon;Ort\n${filler}Jörg;${PHONE};Köln\n`, encoding));
			expect(rows.at(-1)).toMatchObject({ row: 6_002, name: 'Jörg' });
		}
	});

	it('a letter of Windows-1252 at the very end is one', async () => {
		for (const pieceBytes of [1, 65_536]) {
			expect((await read(Buffer.from(`Phone;Name\n${PHONE};Ren\xe9`, 'latin1'), {}, pieceBytes)).rows).toMatchObject([
				{ name: 'René' },
			]);
		}
	});

	it('a broken letter in UTF-8 rejects its row only', async () => {
		const bytes = Buffer.concat([
			Buffer.from(`Name,Phone\nJörg,${PHONE}\nAnn`),
			Buffer.from([0xe9]),
			Buffer.from(`a,${PHONE}\n`),
		]);
		const { rows, rejected } = await read(bytes, { encoding: 'utf-8' });
		expect(rows).toHaveLength(1);
		expect(rejected).toMatchObject([
			{ row: 3, column: 'Name', reason: expect.stringContaining('not in the encoding of the file') },
		]);
	});

	it.each([
		['a picture', Buffer.from('89504e470d0a1a0a0000000d4948445200000001', 'hex'), /no text/],
		['UTF-32', Buffer.from('fffe00004e0000006100000041', 'hex'), /no text/],
		['Shift-JIS', Buffer.from([0x83, 0x8d, 0x81, 0x5b, 0x83, 0x8b, 0x2c, 0x31, 0x0a]), /no text/],
		['an old Excel file', Buffer.from('d0cf11e0a1b11ae1000000', 'hex'), /old Excel file/],
		['nothing', Buffer.alloc(0), /empty/],
		['blank lines', Buffer.from('\n\n;;\n'), /empty/],
		['a mark alone', Buffer.from('\uFEFF'), /empty/],
	])('%s is said so', async (_name, bytes, reason) => {
		await expect(read(bytes)).rejects.toThrow(reason);
	});
});

describe('Delimiters and rows of a CSV file', () => {
	it.each([',', ';', '\t', '|'])('%j is recognised', async (delimiter) => {
		const file = `Name,Phone,Note\n"Rossi, Anna",${PHONE},"a;b|c"\nBruno,${PHONE},\n`.replaceAll(
			/,(?=[^ ])|,$/gm,
			delimiter,
		);
		const { rows } = await read(file);
		expect(rows.map(({ name }) => name)).toEqual(['Rossi, Anna', 'Bruno']);
	});

	it('one column needs none', async () => {
		expect((await read(`Phone\n${PHONE}\n+393331234568`)).rows).toHaveLength(2);
		expect(guessDelimiter('')).toBe(',');
	});

	it('the line by which Excel is told the delimiter is taken at its word, and counts as no row', async () => {
		expect((await read(`sep=;\r\nName;Phone\r\nA,B;${PHONE}\r\n`)).rows).toMatchObject([{ row: 2, name: 'A,B' }]);
	});

	it('rows are counted as a spreadsheet counts them: empty ones too, a cell of several lines once', async () => {
		const { rows, rejected } = await read(`\nName,Phone\r\n\r\n"two\nlines",${PHONE}\r\n,\r\nx,nobody\r`);
		expect(rows).toMatchObject([{ row: 4, name: 'two\nlines' }]);
		expect(rejected).toMatchObject([{ row: 6, column: 'Phone' }]);
	});

	it('too many cells reject the row, fewer are empty, and a stray quotation mark is a letter', async () => {
		const { rows, rejected } = await read(
			`Name,Phone,City\nAnna,${PHONE},Rome,surplus\nBruno,${PHONE}\nAnna "Nina" Rossi,${PHONE},,,\n`,
		);
		expect(rejected).toMatchObject([
			{ row: 2, column: null, cells: { Name: 'Anna', Phone: PHONE, City: 'Rome', 'Column 4': 'surplus' } },
		]);
		expect(rows.map(({ name }) => name)).toEqual(['Bruno', 'Anna "Nina" Rossi']);
	});

	it('a quotation mark that is never closed is said, with the row before it', async () => {
		await expect(read(`Name,Phone\nAnna,${PHONE}\n"Bruno,${PHONE}\n`)).rejects.toThrow(
			/quotation mark is opened.* and not closed/,
		);
		await expect(read(`Name,Phone\n"${'x'.repeat(9 * 1_048_576)}",${PHONE}\n`)).rejects.toThrow(/not closed/);
	});

	it('any table of texts comes back as it was written', async () => {
		const cell = fc
			.string({ unit: 'grapheme', maxLength: 12 })
			.filter((text) => !text.includes('\0') && text.isWellFormed() && !text.includes('\uFFFD'));
		await fc.assert(
			fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), async (table) => {
				const file = [
					'\uFEFF',
					csvRecord(['Phone', 'one', 'two']),
					...table.map((cells) => csvRecord([PHONE, ...cells])),
				].join('');
				const { rows, rejected } = await read(file);
				expect(rejected).toEqual([]);
				expect(rows.map(({ fields }) => [fields?.one ?? '', fields?.two ?? ''])).toEqual(
					table.map((cells) => cells.map((each) => each.trim())),
				);
			}),
			{ numRuns: 150 },
		);
	});
});

describe('Headers and columns', () => {
	const targetsOf = (header: string): ColumnTarget[] => readHeader(header.split(';'), []).map(({ target }) => target);
	const roles = (header: string) =>
		targetsOf(header).map((target) =>
			'role' in target ? target.role : 'field' in target ? `field ${target.field}` : 'ignored',
		);

	it.each([
		['Name;Mobile phone;WhatsApp number;Language;Consent source;Consent date', 'English'],
		['Nominativo;Cellulare;Numero WhatsApp;Lingua;Fonte consenso;Data consenso', 'Italian'],
		['Name;Handynummer;WhatsApp-Nr.;Sprache;Einwilligungsquelle;Einwilligungsdatum', 'German'],
		['Nom;Téléphone portable;WhatsApp;Langue;Source du consentement;Date du consentement', 'French'],
		['Nombre;Teléfono móvil;WhatsApp;Idioma;Fuente del consentimiento;Fecha del consentimiento', 'Spanish'],
		['Nome;Telemóvel;WhatsApp;Idioma;Fonte do consentimento;Data do consentimento', 'Portuguese'],
		['Naam;Mobiel nummer;WhatsApp;Taal;Bron van toestemming;Datum toestemming', 'Dutch'],
	])('%s are known (%s)', (header) => {
		expect(roles(header)).toEqual([
			'name',
			'smsNumber',
			'whatsAppNumber',
			'language',
			'smsConsentSource',
			'smsConsentDate',
		]);
	});

	it('a mobile number wins over a phone number, which stays as a field', () => {
		expect(roles('Telefon;Handy;E-Mail')).toEqual(['field Telefon', 'smsNumber', 'field E-Mail']);
	});

	it('first and last name make the name, whatever the last one is called', async () => {
		expect(roles('Vorname;Name;Handy')).toEqual(['firstName', 'lastName', 'smsNumber']);
		expect(roles('Nome;Cognome;Cellulare')).toEqual(['firstName', 'lastName', 'smsNumber']);
		expect((await read(`Vorname;Name;Handy\nAnna;Rossi;${PHONE}\n`)).rows).toMatchObject([
			{ name: 'Anna Rossi', fields: { Vorname: 'Anna', Name: 'Rossi' } },
		]);
	});

	it.each([
		['Phone;Name;Name', /two columns named "Name": 2 and 3/],
		['Mobile;Cell phone', /"Mobile" and "Cell phone" both look like the SMS number/],
		['Name;E-mail', /No column with phone numbers is recognised among "Name", "E-mail"/],
		[`Phone;${'x'.repeat(300)}`, /column 2 has 300 characters/],
	])('%.20s is refused', (header, reason) => {
		expect(() => targetsOf(header)).toThrow(reason);
	});

	it.each([
		['Phone;Note;Note', ['Note', 'Note (2)']],
		['Phone;Note;Note;Note (2)', ['Note', 'Note (3)', 'Note (2)']],
		['Phone;Note (2);Note;Note', ['Note (2)', 'Note', 'Note (3)']],
		['Phone;Note;Note (2);Note;Note;Note (2)', ['Note', 'Note (2)', 'Note (3)', 'Note (4)', 'Note (2) (2)']],
		['Phone;;Column 2', ['Column 2', 'Column 2 (2)']],
		['Phone;Note;field:Note', ['Note', 'Note (2)']],
	])('free columns of one name are told apart, and none takes a name that stands in the file: %s', (header, fields) => {
		const columns = readHeader(header.split(';'), []).slice(1);
		expect(columns.map(({ target }) => target)).toEqual(fields.map((field) => ({ field })));
		expect(new Set(columns.map(({ name }) => name)).size).toBe(fields.length);
	});

	it('no two columns have one name or one field, whatever stands in the file', () => {
		const name = fc.constantFrom(
			'Note',
			'Note (2)',
			'Note (3)',
			'field:Note',
			'Vorname',
			'field:Vorname',
			'Column 2',
			'',
		);
		fc.assert(
			fc.property(fc.array(name, { maxLength: 8 }), (names) => {
				fc.pre(names.filter((each) => each === 'Vorname').length < 2);
				const columns = readHeader(['Phone', ...names], []);
				expect(new Set(columns.map((column) => column.name)).size).toBe(columns.length);
				const fields = columns.flatMap((column) =>
					'field' in column.target ? [column.target.field] : column.name === 'Vorname' ? ['Vorname'] : [],
				);
				expect(new Set(fields).size).toBe(columns.length - 1);
			}),
		);
	});

	it('a field that the operator names keeps its name, with a header and without', () => {
		const mapping = [{ column: '3', meaning: 'field', fieldName: 'Note' } as const];
		expect(readHeader(['Phone', 'Note', 'x'], mapping).map(({ target }) => target)).toEqual([
			{ role: 'smsNumber' },
			{ field: 'Note (2)' },
			{ field: 'Note' },
		]);
		const headerless = readHeaderless([PHONE, '1', '2'], (cell) => cell === PHONE, [
			{ column: '2', meaning: 'field', fieldName: 'Column 3' },
		]);
		expect(headerless.map(({ target }) => target)).toEqual([
			{ role: 'smsNumber' },
			{ field: 'Column 3' },
			{ field: 'Column 3 (2)' },
		]);
	});

	it.each([
		['Phone;Gruppi', 'groups'],
		['Phone;Tags', 'field Tags'],
		['Phone;Etichette', 'field Etichette'],
		['Phone;Kategorien', 'field Kategorien'],
		['Phone 1 - Value;Labels', 'groups'],
		['Phone 1 - Value;Group Membership', 'groups'],
		['Mobile Phone;Business Phone;Categories', 'groups'],
		['SMS Number;WhatsApp Number;Name;Language;SMS Consent Source;SMS Consent Date;Tags', 'field Tags'],
		['rejectedRow;SMS Number;WhatsApp Number;Name;Language;SMS Consent Source;SMS Consent Date;Groups', 'field Groups'],
		['SMS Number;WhatsApp Number;WhatsApp User ID;Name;Language;SMS Consent Source;SMS Consent Date;Groups', 'groups'],
	])('%s: the last column is %s', (header, target) => {
		expect(roles(header).at(-1)).toBe(target);
	});

	it('a mapping holds against the names, and names a column that is not there', () => {
		const header = ['Phone', 'Contact 1', 'x'];
		const mapped = readHeader(header, [
			{ column: 'contact 1', meaning: 'smsNumber' },
			{ column: '3', meaning: 'ignore' },
		]);
		expect(mapped.map(({ target }) => target)).toEqual([{ field: 'Phone' }, { role: 'smsNumber' }, { ignored: true }]);
		expect(() => readHeader(header, [{ column: 'y', meaning: 'name' }])).toThrow(
			/no column "y". Its columns are: "Phone"/,
		);
		expect(() =>
			readHeader(header, [
				{ column: 'Phone', meaning: 'name' },
				{ column: 'x', meaning: 'name' },
			]),
		).toThrow(/Two columns are mapped to the name/);
	});

	it('without a header columns are told by what stands in them', async () => {
		const { rows } = await read(`Anna;333 1234567;+39 333 7654321;Rome\nBruno;333 1234568;;\n`);
		expect(rows).toMatchObject([
			{ row: 1, name: 'Anna', smsNumber: PHONE, whatsAppNumber: '+393337654321', fields: { 'Column 4': 'Rome' } },
			{ row: 2, name: 'Bruno', smsNumber: '+393331234568' },
		]);
		expect((await read(`${PHONE}\n`, { header: 'no' })).rows).toHaveLength(1);
		await expect(read(`${PHONE}\n`, { header: 'yes' })).rejects.toThrow(/No column with phone numbers/);
	});

	it('any field has a column name that means this field again', () => {
		fc.assert(
			fc.property(
				fc.oneof(fc.string(), fc.constantFrom('Name', 'Mobile', 'field:x', 'Column 3', 'rejectedRow', ' x ', '')),
				(field) => {
					fc.pre(field.isWellFormed() && !field.includes('\0') && field !== 'Phone');
					const [, column] = readHeader(['Phone', undefused(defused(fieldColumnName(field)))], []);
					expect(column?.target).toEqual({ field });
				},
			),
		);
	});

	it('no name means two things', () => {
		expect(knownName('E-Mail')).toBeUndefined();
		expect(knownName('TÉLÉPHONE')).toEqual({ role: 'smsNumber', rank: 2 });
	});
});

describe('Cells', () => {
	it.each(['3.93E+11', '3,93E+11', '3.93331E+11'])('%s is refused, and it is said what to do', async (number) => {
		const { rejected } = await read(`Name;Phone\nAnna;${number}\n`);
		expect(rejected).toMatchObject([
			{ row: 2, column: 'Phone', reason: expect.stringMatching(/scientific notation.*Format that column as text/) },
		]);
	});

	it.each([
		['393331234567', 'AT', PHONE],
		['00393331234567', 'AT', PHONE],
		["'+393331234567", 'AT', PHONE],
		['0664 123 45 67', 'AT', '+436641234567'],
	])('%s from %s is %s', async (number, country, phone) => {
		expect((await read(`Name;Phone\nAnna;${number}\n`, { country })).rows).toMatchObject([{ smsNumber: phone }]);
	});

	it('a consent without a date that can be read rejects the row; half of one does not count', async () => {
		const { rows, rejected } = await read(
			`Phone;Consent source;Consent date\n${PHONE};Fair;soon\n${PHONE};Fair;\n${PHONE};;2026-05-03\n${PHONE};Fair;2026-05-03\n`,
		);
		expect(rejected).toMatchObject([
			{ row: 2, column: 'Consent date', reason: expect.stringContaining('"soon" is not the date of a consent') },
		]);
		expect(rows.map(({ smsConsentAt, consentIncomplete }) => [smsConsentAt, consentIncomplete])).toEqual([
			[null, true],
			[null, true],
			[Date.UTC(2026, 4, 3), false],
		]);
	});

	it.each(['\u202E', '\u202A', '\u2066', '\u2069', '\u200F', '\u061C'])(
		'a name holds no mark that turns the direction of writing (%j)',
		async (mark) => {
			const { rows } = await read(`Name;Phone\nAn${mark}na${mark};${PHONE}\n${mark};${PHONE}\n`);
			expect(rows.map(({ name }) => name)).toEqual(['Anna', null]);
		},
	);

	const ERRORS = {
		English:
			'#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A #GETTING_DATA #SPILL! #FIELD! #CALC! #UNKNOWN! #BLOCKED! #CONNECT!',
		Italian: '#NULLO! #VALORE! #RIF! #NOME? #N/D #ESPANSIONE! #CAMPO! #ERRORE!',
		German: '#BEZUG! #WERT! #ZAHL! #NV #ÜBERLAUF! #FELD! #KALK! #FEHLER!',
		French: '#NUL! #VALEUR! #NOM? #NOMBRE! #PROPAGATION! #CHAMP! #ERREUR!',
		Spanish: '#¡NULO! #¡DIV/0! #¡VALOR! #¡REF! #¿NOMBRE? #¡NUM! #¡DESBORDAMIENTO! #¡CAMPO! #¡ERROR!',
		Portuguese: '#NULO! #VALOR! #NÚM! #N/DISP #DESPEJAR! #EXCEDENTE! #ERRO!',
		Dutch: '#LEEG! #DEEL/0! #WAARDE! #VERW! #NAAM? #GETAL! #N/B #OVERLOOP! #VELD! #FOUT!',
		LibreOffice: 'Err:502 Err:522 ERR:504 Fehler:502 Errore:508 Fout:511',
		Google: '#ERROR! Loading... Loading…',
		programs: 'null NULL (null) <null> [NULL] \\N undefined NaN N/A',
	};
	it.each(Object.entries(ERRORS).flatMap(([who, words]) => words.split(' ').map((word) => [word, who] as const)))(
		'%s is nothing, whatever the column (%s)',
		(word) => {
			for (const role of [undefined, 'name', 'groups', 'smsNumber', 'smsConsentDate'] as const)
				expect(isEmptyWord(word, role)).toBe(true);
		},
	);

	it.each([
		['Null', false],
		['None', false],
		['Nan', false],
		['n/a', false],
		['#VIP!', false],
		['#SALE', false],
		['#3331234567', true],
		['Err: 12', true],
		['Err:502 in the file', true],
		['nullo', true],
		['', true],
		['-', true],
	])('%s is text in a name or a field', (word, alsoInANumber) => {
		expect(isEmptyWord(word, undefined)).toBe(false);
		expect(isEmptyWord(word, 'name')).toBe(false);
		expect(isEmptyWord(word, 'smsNumber')).toBe(!alsoInANumber);
	});

	it('a surplus cell of a rejected row hides no column', async () => {
		const { rejected } = await read(`Phone;Column 3\n${PHONE};a;b\n`);
		expect(rejected).toMatchObject([{ cells: { 'Column 3': 'a', 'Column 3 (2)': 'b' } }]);
	});

	it('a formula is text that is stored as it is', async () => {
		const { rows } = await read(`Name;Phone\n=HYPERLINK("x");${PHONE}\n@x;${PHONE}\n`, { delimiter: ';' });
		expect(rows.map(({ name }) => name)).toEqual(['=HYPERLINK("x")', '@x']);
	});

	it('what a spreadsheet would run is defused, and comes back as it was', () => {
		for (const formula of ['=1+1', '+cmd|x', '-1', '@x', '\t=1', ' =1', '＝1', "'=1"])
			expect(defused(formula)).toBe(`'${formula}`);
		for (const hidden of ['\0=1+1', '\u200b=1+1', '\u0085=1+1', '\u202e@x', ' \u00a0+1'])
			expect(defused(hidden)).toBe(`'${hidden}`);
		for (const text of ['Anna', '', "O'Neil", "'quoted'", '1-2', 'a=b']) expect(defused(text)).toBe(text);
		fc.assert(
			fc.property(
				fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', ' ', '\t', 'a', '＝') }),
				(text) => undefused(defused(text)) === text,
			),
		);
	});

	it.each([
		['2026-05-03', Date.UTC(2026, 4, 3)],
		['03.05.2026', Date.UTC(2026, 4, 3)],
		['3/5/2026 14:30', Date.UTC(2026, 4, 3, 14, 30)],
		['2026-05-03T14:30:00+02:00', Date.UTC(2026, 4, 3, 12, 30)],
		['2026-05-03T14:30:00.250Z', Date.UTC(2026, 4, 3, 14, 30) + 250],
		['2026-11-23', NOW],
		['2026-02-31', undefined],
		['31.04.2026', undefined],
		['2026-13-01', undefined],
		['2027-01-01', undefined],
		['1970-01-01', undefined],
		['yesterday', undefined],
		['46145', undefined],
	])('%s is the time %s', (text, time) => {
		expect(readPastTime(text, NOW)).toBe(time);
	});
});
