import { readFileSync, writeFileSync } from 'node:fs';

import { BUCKETS, featuresOf } from '../domain/doubtFeatures';
import { CORPUS_FILE, readCorpus } from './corpusRows';

/**
 * Makes `domain/doubtWeights.ts` from the corpus and from set C: `npm run corpus:train`. A logistic regression over the pieces of words
 * that domain/doubtFeatures.ts names; the same texts give the same bytes.
 */
export const WEIGHTS_FILE = 'domain/doubtWeights.ts';
const ROUNDS = 30;
const FIRST_STEP = 1;
/** Keeps the weights of rare pieces small. */
const DECAY = 5e-4;
const LARGEST_WEIGHT = 127;

interface Example {
	text: string;
	isOptOut: boolean;
}

export function readExamples(): Example[] {
	const corpus = readCorpus(CORPUS_FILE).map(({ verdict, text }) => ({ text, isOptOut: verdict !== 'ordinary' }));
	const fresh = readFileSync('test/corpus/freshEyes/c.tsv', 'utf8')
		.trimEnd()
		.split('\n')
		.map((line) => line.split('\t'))
		.filter(([label]) => label === 'optout' || label === 'ordinary')
		.map(([label, , text = '']) => ({ text: text.replaceAll('⏎', '\n'), isOptOut: label === 'optout' }));
	return [...corpus, ...fresh];
}

/** @returns one weight a bucket, and the one that every text has. */
export function train(examples: readonly Example[]): { weights: Float64Array; bias: number } {
	const weights = new Float64Array(BUCKETS);
	let bias = 0;
	const read = examples.map(({ text, isOptOut }) => ({ buckets: featuresOf(text), wanted: isOptOut ? 1 : 0 }));
	for (let round = 0; round < ROUNDS; round++) {
		const step = FIRST_STEP / (1 + round / 3);
		for (const index of orderOf(read.length, round)) {
			const { buckets = [], wanted = 0 } = read[index] ?? {};
			const scale = 1 / Math.sqrt(buckets.length + 1);
			const score = buckets.reduce((sum, bucket) => sum + (weights[bucket] ?? 0) * scale, bias);
			const slope = step * (wanted - 1 / (1 + Math.exp(-score)));
			bias += 0.1 * slope;
			for (const bucket of buckets) weights[bucket] = (weights[bucket] ?? 0) * (1 - step * DECAY) + slope * scale;
		}
	}
	return { weights, bias };
}

/** Another order each round, the same on every machine. */
function orderOf(count: number, round: number): number[] {
	const order = Array.from({ length: count }, (_, index) => index);
	let seed = (round + 1) * 2_654_435_761;
	for (let index = count - 1; index > 0; index--) {
		seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
		const other = seed % (index + 1);
		[order[index], order[other]] = [order[other] ?? 0, order[index] ?? 0];
	}
	return order;
}

/** The module that holds the weights, each in one byte. */
export function moduleOf({ weights, bias }: { weights: Float64Array; bias: number }): string {
	const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
	const unit = Number((largest / LARGEST_WEIGHT).toPrecision(6));
	const bytes = Buffer.from(Int8Array.from(weights, (weight) => Math.round(weight / unit)).buffer);
	return [
		'// Made by `npm run corpus:train`.',
		`export const UNIT = ${unit};`,
		`export const BIAS = ${Number(bias.toPrecision(6))};`,
		`export const WEIGHTS =\n\t'${bytes.toString('base64')}';`,
		'',
	].join('\n');
}

if (require.main === module) writeFileSync(WEIGHTS_FILE, moduleOf(train(readExamples())));
