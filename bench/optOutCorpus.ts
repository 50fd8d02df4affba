import { readFileSync } from 'node:fs';

import { parseText, saidWithoutGroup } from '../domain/keyword';
import type { OptOutVerdict } from '../domain/optOutWording';

export interface CorpusRow {
	language: string;
	/** What a careful person would say of it. `doubtful`: letting go is right, and so is only not registering anybody. */
	verdict: 'optOut' | 'ordinary' | 'doubtful';
	/** `development`, or the held-out set it was first measured in. */
	part: string;
	text: string;
}

export interface CorpusFigures {
	optOuts: number;
	recognised: number;
	/** Opt-outs not recognised, whose writers are asked. */
	asked: number;
	/** Opt-outs by which somebody may be registered. */
	lost: number;
	ordinary: number;
	falseAlarms: number;
	/** Ordinary messages whose writers are asked. */
	doubted: number;
	/** Ordinary messages that let nobody go and register nobody either. */
	hinted: number;
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

/** What the rules make of a text, as it decides over registrations. */
export function verdictOn(text: string): OptOutVerdict {
	const { kind, looksLikeOptOut, isDoubtful } = saidWithoutGroup(parseText(text, 'text'));
	if (kind === 'stop') return 'optOut';
	if (isDoubtful) return 'doubtful';
	return looksLikeOptOut ? 'hinted' : 'no';
}

export function measureCorpus(rows: readonly CorpusRow[]): CorpusFigures {
	const count = (verdict: CorpusRow['verdict'], read?: string): number =>
		rows.filter((row) => row.verdict === verdict && (read === undefined || verdictOn(row.text) === read)).length;
	return {
		optOuts: count('optOut'),
		recognised: count('optOut', 'optOut'),
		asked: count('optOut', 'doubtful'),
		lost: count('optOut', 'no'),
		ordinary: count('ordinary'),
		falseAlarms: count('ordinary', 'optOut'),
		doubted: count('ordinary', 'doubtful'),
		hinted: count('ordinary', 'hinted'),
	};
}
