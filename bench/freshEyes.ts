import { readFileSync } from 'node:fs';

import { parseText, saidWithoutGroup } from '../domain/keyword';
import { verdictOn } from './optOutCorpus';

/**
 * Prints how the sets of test/corpus/freshEyes are read, which people wrote who saw no rule: `npm run corpus:fresh`. Whoever changes rules
 * measures on a set before reading it, so lines are shown only of the sets named behind the command.
 */
const SETS = ['c', 'd', 'e'];

interface Line {
	/** `optout`, `ordinary`, or `keyword:` and what it is, with its shortcode. */
	label: string;
	text: string;
}

function readSet(name: string): Line[] {
	return readFileSync(`test/corpus/freshEyes/${name}.tsv`, 'utf8')
		.trimEnd()
		.split('\n')
		.map((line) => {
			const [label = '', , text = ''] = line.split('\t');
			return { label, text: text.replaceAll('⏎', '\n') };
		});
}

const isKeyword = ({ label }: Line): boolean => label.startsWith('keyword:');

/** As where there are the groups that the set names, and no others. */
function isUnderstood({ label, text }: Line, shortcodes: ReadonlySet<string>): boolean {
	const [, kind, shortcode] = label.toLowerCase().split(':');
	const words = parseText(text, 'text');
	const read = shortcodes.has(words.shortcode ?? '') ? words : saidWithoutGroup(words);
	const named = shortcodes.has(read.shortcode ?? '') ? read.shortcode : null;
	return read.kind === kind && named === (shortcode ?? null);
}

const share = (part: number, whole: number): string =>
	whole === 0 ? '–' : `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;

console.log(
	'| set | opt-outs let go | let go or asked | ordinary let go | ordinary asked | ordinary, registers nobody | keywords understood |\n|---|---|---|---|---|---|---|',
);
for (const name of SETS) {
	const lines = readSet(name);
	const shortcodes = new Set(lines.filter(isKeyword).flatMap(({ label }) => label.toLowerCase().split(':')[2] ?? []));
	const read = (label: string, ...verdicts: string[]): Line[] =>
		lines.filter((line) => line.label === label && verdicts.includes(verdictOn(line.text)));
	const count = (label: string): number => lines.filter((line) => line.label === label).length;
	const keywords = lines.filter(isKeyword);
	console.log(
		`| ${[
			name.toUpperCase(),
			share(read('optout', 'optOut').length, count('optout')),
			share(read('optout', 'optOut', 'doubtful').length, count('optout')),
			share(read('ordinary', 'optOut').length, count('ordinary')),
			share(read('ordinary', 'doubtful').length, count('ordinary')),
			share(read('ordinary', 'hinted').length, count('ordinary')),
			share(keywords.filter((line) => isUnderstood(line, shortcodes)).length, keywords.length),
		].join(' | ')} |`,
	);
	if (!process.argv.includes(name)) continue;
	const wrong = [
		...read('optout', 'no', 'hinted', 'doubtful'),
		...read('ordinary', 'optOut', 'doubtful', 'hinted'),
		...keywords.filter((line) => !isUnderstood(line, shortcodes)),
	];
	for (const line of wrong) console.log(`  ${line.label} (${verdictOn(line.text)}): ${JSON.stringify(line.text)}`);
}
