import { InvalidInputError } from '../../../domain/errors';
import type { ReadSettings } from '../../../services/contacts/import/protocol';
import { readInThread } from '../../../services/contacts/import/thread';
import { inPieces } from '../../support/contactFiles';
import { cell, workbook } from '../../support/workbook';

jest.setTimeout(60_000);

const settings: ReadSettings = {
	country: 'IT',
	now: Date.UTC(2026, 6, 1),
	mappings: [],
	header: 'auto',
	delimiter: 'auto',
	encoding: 'auto',
	sheet: '',
	headerRow: 0,
	groups: 0,
	smsConsent: null,
};

async function rowsOf(file: Buffer, maxOldGenerationSizeMb: number): Promise<number> {
	let rows = 0;
	const chunks = readInThread(inPieces(file), settings, () => undefined, { maxOldGenerationSizeMb });
	for await (const chunk of chunks) rows += chunk.rows.length;
	return rows;
}

describe('The thread that reads a file', () => {
	const rows = Array.from({ length: 60_000 }, (_, index) => {
		const row = index + 2;
		return `<row r="${row}"><c r="A${row}"><v>${393330000000 + index}</v></c>${cell(`B${row}`, `Anna ${index}`)}</row>`;
	});
	const file = workbook(`<row r="1">${cell('A1', 'Phone')}${cell('B1', 'Name')}</row>${rows.join('')}`);

	it('that runs out of memory ends alone, and says what to do', async () => {
		const failure = await rowsOf(file, 24).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(InvalidInputError);
		expect((failure as Error).message).toMatch(/too large to be read\. Save it as CSV/);
		expect(await rowsOf(file, 768)).toBe(60_000);
	});
});
