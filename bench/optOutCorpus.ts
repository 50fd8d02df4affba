import { parseText, saidWithoutGroup } from '../domain/keyword';
import type { OptOutVerdict } from '../domain/optOutWording';
import type { CorpusRow } from './corpusRows';

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
