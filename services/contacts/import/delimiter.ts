const CANDIDATES = [',', ';', '\t', '|'] as const;
const LINES_LOOKED_AT = 50;

export type Delimiter = (typeof CANDIDATES)[number];

/** The line with which Excel is told the delimiter. */
const EXCEL_LINE = /^sep=([,;\t|])(?:\r\n|\n|\r)/i;

/** @returns the delimiter that Excel's first line names, and how many characters that line has. */
export function excelDelimiter(sample: string): { delimiter: Delimiter; length: number } | undefined {
	const match = EXCEL_LINE.exec(sample);
	return match ? { delimiter: match[1] as Delimiter, length: match[0].length } : undefined;
}

/** The delimiter that cuts the lines into the same number of cells most often; of equal ones, the one with more cells. */
export function guessDelimiter(sample: string): Delimiter {
	const lines = countsOfLines(sample);
	let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0 };
	for (const [index, delimiter] of CANDIDATES.entries()) {
		const counts = lines.map((line) => line[index] ?? 0);
		const header = counts[0] ?? 0;
		const usual = header > 0 ? header : Math.max(...counts, 0);
		if (usual === 0) continue;
		const share = counts.filter((count) => count === usual).length / counts.length;
		const score = share * share * (1 + Math.log2(usual + 1) / 10) + (header > 0 ? 0.5 : 0);
		if (score > best.score) best = { delimiter, score };
	}
	return best.delimiter;
}

/** How often each candidate stands in each line, outside quotes. The last line may be cut off and is left out where there are others. */
function countsOfLines(sample: string): number[][] {
	const lines: number[][] = [];
	let line = CANDIDATES.map(() => 0);
	let isQuoted = false;
	let isEmpty = true;
	for (const character of sample) {
		if (character === '"') isQuoted = !isQuoted;
		else if (!isQuoted && (character === '\n' || character === '\r')) {
			if (!isEmpty) lines.push(line);
			if (lines.length === LINES_LOOKED_AT) return lines;
			line = CANDIDATES.map(() => 0);
			isEmpty = true;
			continue;
		} else if (!isQuoted) {
			const index = CANDIDATES.indexOf(character as Delimiter);
			if (index >= 0) line[index] = (line[index] ?? 0) + 1;
		}
		isEmpty = false;
	}
	return lines.length > 0 || isEmpty ? lines : [line];
}
