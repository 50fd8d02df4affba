import { withoutGreeting } from './courtesy';
import { foldedWords } from './foldText';

/** As many weights as the model has. */
export const BUCKETS = 65_536;
const SHORTEST_PIECE = 3;
const LONGEST_PIECE = 5;
/** More is not read. */
const CHARACTERS_READ = 1_000;
const WORDS_READ = 80;
/** No word of a language is longer. */
const LONGEST_WORD = 24;

/** The words that the model reads of a text: all but the greeting. */
export const wordsJudged = (text: string): string[] => withoutGreeting(foldedWords(text.slice(0, CHARACTERS_READ)));

/** The buckets a text falls into: of its words, of each two that follow each other, and of each three to five letters of a word. */
export function featuresOf(text: string): number[] {
	const words = wordsJudged(text)
		.slice(0, WORDS_READ)
		.map((word) => word.slice(0, LONGEST_WORD));
	const found = new Set<number>();
	for (const [index, word] of words.entries()) {
		found.add(bucketOf(`=${word}`));
		found.add(bucketOf(`${words[index - 1] ?? '^'} ${word}`));
		if (index > 1) found.add(bucketOf(`${words[index - 2]} . ${word}`));
		const framed = `<${word}>`;
		for (let length = SHORTEST_PIECE; length <= LONGEST_PIECE; length++)
			for (let start = 0; start + length <= framed.length; start++)
				found.add(bucketOf(framed.slice(start, start + length)));
	}
	return [...found];
}

/** FNV-1a, folded. */
function bucketOf(piece: string): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < piece.length; index++) hash = Math.imul(hash ^ piece.charCodeAt(index), 0x01000193);
	return (hash ^ (hash >>> 16)) & (BUCKETS - 1);
}
