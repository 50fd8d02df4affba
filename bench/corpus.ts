import { parseText } from '../domain/keyword';
import { CORPUS_FILE, type CorpusRow, readCorpus } from './corpusRows';
import { measureCorpus, verdictOn } from './optOutCorpus';

/** Prints what docs/opt-out-wording.md publishes: `npm run corpus`. */
const rows = readCorpus(CORPUS_FILE);

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);

function printTable(title: string, keyOf: (row: CorpusRow) => string): void {
	const keys = [...new Set(rows.map(keyOf))];
	const lines = [
		...keys.map((key) => [key, rows.filter((row) => keyOf(row) === key)] as const),
		['all', rows] as const,
	].map(([key, some]) => {
		const { optOuts, recognised, asked, lost, ordinary, falseAlarms, doubted, hinted } = measureCorpus(some);
		return `| ${key} | ${recognised} of ${optOuts} | ${percent(recognised, optOuts)} | ${asked} | ${lost} | ${falseAlarms} of ${ordinary} | ${percent(falseAlarms, ordinary)} | ${doubted} | ${hinted} |`;
	});
	console.log(
		[
			`| ${title} | opt-outs recognised | recall | asked | may register | false alarms | rate | ordinary, asked | ordinary, registers nobody |`,
			'|---|---|---|---|---|---|---|---|---|',
			...lines,
			'',
		].join('\n'),
	);
}

printTable('language', ({ language }) => language);
printTable('part', ({ part }) => part);
for (const { language, verdict, text } of rows) {
	const read = verdictOn(text);
	if (verdict === 'optOut' && read !== 'optOut') console.log(`missed (${read}): ${language}: ${text}`);
	if (verdict === 'ordinary' && read !== 'no')
		console.log(`${read === 'optOut' ? 'false alarm' : read}: ${language}: ${text}`);
}

const ROUNDS = 20;
const startedAt = process.hrtime.bigint();
for (let round = 0; round < ROUNDS; round++) for (const { text } of rows) parseText(text, 'text');
const elapsedMs = Number(process.hrtime.bigint() - startedAt) / 1e6;
const parsed = ROUNDS * rows.length;
console.log(
	`\n${parsed} texts read in ${elapsedMs.toFixed(0)} ms: ${((1_000 * elapsedMs) / parsed).toFixed(1)} µs each, ${Math.round((1_000 * parsed) / elapsedMs)} a second.`,
);
