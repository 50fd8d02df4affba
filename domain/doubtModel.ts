import { featuresOf } from './doubtFeatures';
import { BIAS, UNIT, WEIGHTS } from './doubtWeights';

/** From this score on a text that no table knows is asked about; chosen on set C with weights learnt without it. */
const ASKED_FROM = -0.6;

const bytes = Buffer.from(WEIGHTS, 'base64');
const weights = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/**
 * What `bench/trainDoubtModel.ts` has learnt from the corpus: whether a text, by its words and the pieces of its words, sounds like an
 * opt-out. It only makes more texts ones to be asked about; it lets nobody go and registers nobody.
 */
export function soundsLikeOptOut(text: string): boolean {
	const buckets = featuresOf(text);
	const sum = buckets.reduce((total, bucket) => total + (weights[bucket] ?? 0), 0);
	return BIAS + (UNIT * sum) / Math.sqrt(buckets.length + 1) >= ASKED_FROM;
}
