import { CsvError, parse, type Parser } from 'csv-parse';

import { InvalidInputError } from '../../../domain/errors';
import { type Delimiter, excelDelimiter, guessDelimiter } from './delimiter';
import { toUtf8 } from './encoding';
import type { ReadSettings } from './protocol';

const SAMPLE_BYTES = 65_536;
/** A quotation mark that is never closed makes the rest of the file one cell: this is where it ends, in bytes. */
const MOST_RECORD_BYTES = 8 * 1_048_576;

/** The records of a CSV file, in batches. @throws {InvalidInputError} for what is no text, and where a cell does not end. */
export async function* csvRecords(
	bytes: AsyncIterable<Uint8Array>,
	settings: ReadSettings,
): AsyncGenerator<string[][]> {
	let parser: Parser | undefined;
	let records: string[][] = [];
	let sample = Buffer.alloc(0);
	const start = (): Parser => {
		const text = sample.toString('utf8');
		const excel = excelDelimiter(text);
		const delimiter: Delimiter =
			settings.delimiter === 'auto' ? (excel?.delimiter ?? guessDelimiter(text)) : settings.delimiter;
		if (excel) sample = sample.subarray(excel.length);
		const made = parse({
			delimiter,
			record_delimiter: ['\r\n', '\n', '\r'],
			relax_column_count: true,
			relax_quotes: true,
			max_record_size: MOST_RECORD_BYTES,
		});
		made.on('readable', () => drain(made, records));
		// Told to whoever waits for the write or the end.
		made.on('error', () => undefined);
		return made;
	};
	const take = (): string[][] => {
		const taken = records;
		records = [];
		return taken;
	};
	for await (const piece of toUtf8(bytes, settings.encoding)) {
		if (!parser) {
			sample = Buffer.concat([sample, piece]);
			if (sample.length < SAMPLE_BYTES) continue;
			parser = start();
			await write(parser, sample);
		} else await write(parser, piece);
		drain(parser, records);
		if (records.length > 0) yield take();
	}
	if (!parser) {
		parser = start();
		await write(parser, sample);
	}
	await end(parser, () => records);
	if (records.length > 0) yield take();
}

function drain(parser: Parser, records: string[][]): void {
	for (let record = parser.read() as string[] | null; record !== null; record = parser.read() as string[] | null)
		records.push(record);
}

async function write(parser: Parser, bytes: Buffer): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		parser.write(bytes, (error) => (error ? reject(asInputError(error)) : resolve()));
	});
}

async function end(parser: Parser, records: () => string[][]): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		parser.once('error', (error) => reject(asInputError(error)));
		parser.once('end', resolve);
		parser.end();
		drain(parser, records());
	});
}

function asInputError(error: Error): Error {
	if (!(error instanceof CsvError)) return error;
	const { records } = error as { records?: number };
	const where = typeof records === 'number' ? ` after row ${records}` : '';
	if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE') {
		return new InvalidInputError(
			`A quotation mark is opened${where} and not closed. Correct that row and import the file again: the rows before it change nothing then.`,
		);
	}
	return new InvalidInputError(
		`The file cannot be read as CSV${where}: ${error.message}. Correct it and import it again.`,
	);
}
