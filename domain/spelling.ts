/** Shorter words differ by one letter from too many others. */
const SHORTEST_KNOWN = 7;
const SHORTEST_TYPED = 6;
/** Longer ones are no word of ours with a slip in it. */
const LONGEST_TYPED = 24;

export type Respell = (word: string) => string;

/**
 * Reads words as they were meant: letters held down (`stooop`, `bastaaa`), and in longer words one letter missing, doubled, wrong or swapped
 * (`unsuscribe`). What is known already stays as it is; what resembles nothing, too.
 * Every known word is kept with each letter left out in turn, so that a look-up costs one step for each letter typed.
 * @param known folded words. @param correct words of everyday life that resemble one of them and mean something else.
 */
export function speller(known: Iterable<string>, correct: Iterable<string> = []): Respell {
	const words = new Set(known);
	const right = new Set([...words, ...correct]);
	const shortened = new Map<string, string>();
	for (const word of words) {
		if (word.length < SHORTEST_KNOWN) continue;
		for (const form of withoutOneLetter(word)) if (!shortened.has(form)) shortened.set(form, word);
	}
	return (word) => {
		if (right.has(word) || word.length > 2 * LONGEST_TYPED) return word;
		const held = [word.replace(/(\p{L})\1{2,}/gu, '$1$1'), word.replace(/(\p{L})\1{2,}/gu, '$1')];
		for (const form of held) if (right.has(form)) return form;
		const typed = held[1] ?? word;
		if (typed.length < SHORTEST_TYPED || typed.length > LONGEST_TYPED) return word;
		const direct = shortened.get(typed);
		if (direct !== undefined) return direct;
		for (const form of withoutOneLetter(typed)) {
			if (words.has(form) && form.length >= SHORTEST_TYPED) return form;
			const meant = shortened.get(form);
			if (meant !== undefined) return meant;
		}
		return word;
	};
}

function withoutOneLetter(word: string): string[] {
	return Array.from(word, (_, index) => word.slice(0, index) + word.slice(index + 1));
}
