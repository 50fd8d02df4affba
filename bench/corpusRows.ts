import { readFileSync } from 'node:fs';

export interface CorpusRow {
	language: string;
	/** What a careful person would say of it. `doubtful`: letting go is right, and so is only not registering anybody. */
	verdict: 'optOut' | 'ordinary' | 'doubtful';
	/** `development`, or the held-out set it was first measured in. */
	part: string;
	text: string;
}

export const CORPUS_FILE = 'test/corpus/optOutWording.tsv';

/** @param file tab-separated: language, verdict, part, text; one line of headings. */
export function readCorpus(file: string): CorpusRow[] {
	const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
	return lines.map((line) => {
		const [language = '', verdict = '', part = '', text = ''] = line.split('\t');
		if (verdict !== 'optOut' && verdict !== 'ordinary' && verdict !== 'doubtful')
			throw new Error(`"${line}" has no verdict.`);
		return { language, verdict, part, text };
	});
}
