import { foldLetters } from './foldText';

/**
 * A phrase with places to fill, written as it is spoken: `stop .. <send>`.
 *
 * | item | stands for |
 * |---|---|
 * | `word` | this word, accents and capitals apart; ü may be typed u or ue |
 * | `stem*` | every word that begins so |
 * | `one/other` | any of these |
 * | `<class>` | any word of this class of the language; also within alternatives |
 * | `item?` | this or nothing |
 * | `..` | up to three words, whichever |
 * | `...` | up to six words |
 * | `*` at the end | the rest of the clause |
 * | `^` at the beginning, `$` at the end | the clause begins, or ends, here |
 */
export type PatternText = string;

interface Item {
	words: ReadonlySet<string>;
	isOptional: boolean;
	/** Up to so many words, whichever; 0: one of `words`. */
	gap: number;
}

export interface WordPattern {
	text: PatternText;
	startsClause: boolean;
	endsClause: boolean;
	takesRest: boolean;
	items: readonly Item[];
}

/** A word of a text, as the patterns that it fits name it: itself, and each `stem*` it begins with. Without any, it was set aside: nothing matches it. */
export type ReadWord = readonly string[];

export const SET_ASIDE: ReadWord = [];

const GAPS: Record<string, number> = { '..': 3, '...': 6 };
const REST = '*';
const NO_WORDS: ReadonlySet<string> = new Set();

/** The ways in which people type a word: `löschen` is `loschen` and `loeschen`. */
export function typedForms(word: string): string[] {
	const lower = word.toLowerCase();
	const spelled = lower.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue').replaceAll('ß', 'ss');
	return [...new Set([lower, lower.replaceAll('ß', 'ss'), spelled].map(foldLetters))];
}

/** @throws {Error} on a class the language does not have, and on a pattern that begins or ends with what may be anything. */
export function compilePattern(text: PatternText, classes: ReadonlyMap<string, readonly string[]>): WordPattern {
	const parts = text.trim().split(/\s+/);
	const startsClause = parts[0] === '^';
	const endsClause = parts.at(-1) === '$';
	const takesRest = parts.at(-1) === REST;
	const items = parts.slice(startsClause ? 1 : 0, endsClause || takesRest ? -1 : undefined).map((part): Item => {
		const gap = GAPS[part];
		if (gap !== undefined) return { words: NO_WORDS, isOptional: true, gap };
		const isOptional = part.endsWith('?');
		const words = (isOptional ? part.slice(0, -1) : part).split('/').flatMap((word) => wordsOf(word, classes, text));
		return { words: new Set(words.flatMap(typedForms)), isOptional, gap: 0 };
	});
	const [first] = items;
	if (!first || first.gap > 0 || items.at(-1)?.gap !== 0) throw new Error(`"${text}" must begin and end with words.`);
	if (items.every(({ isOptional }) => isOptional)) throw new Error(`"${text}" matches nothing at all.`);
	return { text, startsClause, endsClause, takesRest, items };
}

function wordsOf(word: string, classes: ReadonlyMap<string, readonly string[]>, text: string): readonly string[] {
	if (!word.startsWith('<')) return [word];
	const members = classes.get(word.slice(1, -1));
	if (!members) throw new Error(`"${text}" names the class ${word}, which this language does not have.`);
	return members;
}

/** The words of which one begins every match, for an index. */
export function firstWords({ text, items }: WordPattern): string[] {
	const found: string[] = [];
	for (const { words, isOptional, gap } of items) {
		if (gap > 0) throw new Error(`"${text}" may begin with a gap.`);
		found.push(...words);
		if (!isOptional) break;
	}
	return [...new Set(found)];
}

/**
 * Where a match that begins at `start` ends (exclusive, the longest), or -1. Walks the items once with the set of places reached:
 * at most (items × places in reach) steps, whatever the text.
 */
export function matchAt(
	{ startsClause, endsClause, takesRest, items }: WordPattern,
	words: readonly ReadWord[],
	start: number,
): number {
	if (startsClause && start > 0) return -1;
	let reached = new Set([start]);
	for (const { words: wanted, isOptional, gap } of items) {
		const next = new Set<number>(isOptional ? reached : []);
		for (const place of reached) {
			if (gap === 0) {
				const word = words[place];
				if (word?.some((name) => wanted.has(name))) next.add(place + 1);
				continue;
			}
			for (let step = 1; step <= gap; step++) {
				const word = words[place + step - 1];
				if (word === undefined || word.length === 0) break;
				next.add(place + step);
			}
		}
		if (next.size === 0) return -1;
		reached = next;
	}
	if (endsClause) return reached.has(words.length) ? words.length : -1;
	if (takesRest) return words.length;
	const end = Math.max(...reached);
	return end > start ? end : -1;
}
