import { isCourtesyWord } from './courtesy';
import { wordsJudged } from './doubtFeatures';
import { soundsLikeOptOut } from './doubtModel';
import { foldedWords } from './foldText';
import { plainStopWords } from './keywordLists';
import { dutch } from './optOutWords/dutch';
import { english } from './optOutWords/english';
import { french } from './optOutWords/french';
import { german } from './optOutWords/german';
import { italian } from './optOutWords/italian';
import { portuguese } from './optOutWords/portuguese';
import { spanish } from './optOutWords/spanish';
import type { OptOutTable } from './optOutWords/table';
import { speller } from './spelling';
import {
	compilePattern,
	firstWords,
	matchAt,
	type ReadWord,
	SET_ASIDE,
	typedForms,
	type WordPattern,
} from './wordPattern';

/**
 * What a text is, from the surest to the least. `optOut` lets the person go; `doubtful` may be an opt-out, so that the person is asked;
 * `hinted` has something of one, so that it registers nobody.
 */
const VERDICTS = ['optOut', 'doubtful', 'hinted', 'no'] as const;
export type OptOutVerdict = (typeof VERDICTS)[number];

/** The one that does more for whoever wants to leave. */
export const surestOf = (verdicts: readonly OptOutVerdict[]): OptOutVerdict =>
	VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'no';

/** More words than this after a stop word are a sentence about something else. */
const SHORT_WORDS = 6;
/** The model is not asked about shorter texts. */
const FEWEST_WORDS_JUDGED = 4;
/** More is not read, so that reading takes bounded time: a word is looked at with at most some dozen patterns, each of bounded reach. */
export const WORDS_READ = 150;

export const optOutTables: Readonly<Record<string, OptOutTable>> = {
	en: english,
	it: italian,
	de: german,
	fr: french,
	es: spanish,
	pt: portuguese,
	nl: dutch,
};

/** Every pattern under each word it can begin with. */
type Index = ReadonlyMap<string, readonly WordPattern[]>;

type PatternList = 'ordinary' | 'doubtful' | 'optOut' | 'hints' | 'inJest' | 'takenBack' | 'otherNumber';
const PATTERN_LISTS: readonly PatternList[] = [
	'ordinary',
	'doubtful',
	'optOut',
	'hints',
	'inJest',
	'takenBack',
	'otherNumber',
];

const languages = Object.values(optOutTables).map((table) => {
	const classes = new Map(Object.entries(table.words).map(([name, words]) => [name, words.split(' ')]));
	const compiled = (list: PatternList): WordPattern[] => table[list].map((text) => compilePattern(text, classes));
	const wordsOf = (text: string): ReadonlySet<string> =>
		new Set(compilePattern(text.trim().replaceAll(' ', '/'), classes).items.flatMap(({ words }) => [...words]));
	const patterns = {
		ordinary: compiled('ordinary'),
		doubtful: compiled('doubtful'),
		optOut: compiled('optOut'),
		hints: compiled('hints'),
		inJest: compiled('inJest'),
		takenBack: compiled('takenBack'),
		otherNumber: compiled('otherNumber'),
	};
	const ours = wordsOf(table.ours);
	const verbs = wordsOf('<write>');
	const messages = wordsOf('<message>');
	return {
		patterns,
		ours,
		aboutUs: new Set([...ours].filter((word) => !verbs.has(word) || messages.has(word))),
		elsewhere: wordsOf(table.elsewhere),
		connectives: wordsOf(table.connectives),
	};
});
type Language = Record<PatternList, Index> & {
	ours: ReadonlySet<string>;
	/** `ours` without the verbs of writing: people write on cakes, too. */
	aboutUs: ReadonlySet<string>;
	elsewhere: ReadonlySet<string>;
	connectives: ReadonlySet<string>;
};
/** Shorter words of one language are other words in another: "les" is a lesson in Dutch. */
const SHORTEST_FOREIGN = 5;
/** A text is read in every language, and some share their verbs ("remove me"): so the things of all count. */
const elsewhereAnywhere = [
	...languages.flatMap(({ elsewhere }) => [...elsewhere]).filter((word) => word.length >= SHORTEST_FOREIGN),
	'bus',
	'tram',
];
const readers = languages.map(({ patterns, ours, aboutUs, elsewhere, connectives }): Language => {
	const { ordinary, doubtful, optOut, hints, inJest, takenBack, otherNumber } = patterns;
	return {
		...{
			ours,
			aboutUs,
			connectives,
			elsewhere: new Set([...elsewhere, ...elsewhereAnywhere].filter((word) => !ours.has(word))),
		},
		...{
			ordinary: indexOf(ordinary),
			doubtful: indexOf(doubtful),
			optOut: indexOf(optOut),
			hints: indexOf(hints),
			inJest: indexOf(inJest),
			takenBack: indexOf(takenBack),
			otherNumber: indexOf(otherNumber),
		},
	};
});
const anyElsewhere: ReadonlySet<string> = new Set(elsewhereAnywhere);
const meant = new Set(
	languages.flatMap(({ patterns, ours, connectives }) => [
		...PATTERN_LISTS.flatMap((list) => patterns[list].flatMap(({ items }) => items.flatMap(({ words }) => [...words]))),
		...[ours, connectives].flatMap((words) => [...words]),
	]),
);
/** Nothing is taken for a misspelled thing, and no thing for a misspelled word of ours. */
const things = languages.flatMap(({ elsewhere }) => [...elsewhere]);
const vocabulary = new Set([...meant, ...things]);
const isStem = (word: string): boolean => word.endsWith('*');
const stems = new Set([...vocabulary].filter(isStem));
const correct = Object.values(optOutTables).flatMap((table) => (table.correct ?? '').split(' ').flatMap(typedForms));
const respell = speller(
	[...meant].filter((word) => !isStem(word)),
	[...correct, ...things.filter((word) => !isStem(word))],
);

/**
 * Whether a text is an opt-out in somebody's own words, in any of the seven languages. In each of them, what only resembles one is taken out
 * first ("bus stop"), then talk about opting out ("what happens if I unsubscribe"), then the rest is searched for an opt-out. What was found counts
 * only if it is about us: "remove me" beside "booking" is about the booking. The phrases of languages do not mix: one that is harmless in one hides no
 * opt-out in another.
 * @param text as written; its first 150 words count.
 */
export function readOptOutWording(text: string): OptOutVerdict {
	let sound: boolean | undefined;
	const sounds = (): boolean => (sound ??= !isEnoughToJudge(text, 'no') || soundsLikeOptOut(text));
	const { verdict, isKnown } = readByTables(text, sounds);
	if (isKnown || verdict === 'doubtful' || !isEnoughToJudge(text, verdict)) return verdict;
	return soundsLikeOptOut(text) ? 'doubtful' : verdict;
}

/** Of a few words the pieces say little, unless a table sees a hint in them. */
const isEnoughToJudge = (text: string, verdict: OptOutVerdict): boolean =>
	verdict === 'hinted' || wordsJudged(text).length >= FEWEST_WORDS_JUDGED;

/** @returns also whether a table has found an opt-out, or what takes one back: then the model is not asked. */
function readByTables(text: string, sounds: () => boolean): { verdict: OptOutVerdict; isKnown: boolean } {
	const clauses = clausesOf(text);
	const verdicts: OptOutVerdict[] = ['no'];
	// What no language has set aside.
	const plain = clauses.map((words) => [...words]);
	// "Stop, small correction: …" is one phrase, whatever mark stands after its first word.
	const withPairs = [
		...clauses,
		...clauses
			.slice(1)
			.map((words, index) => [...(clauses[index] ?? []).slice(0, SHORT_WORDS), ...words.slice(0, SHORT_WORDS)]),
	];
	const isInJest = readers.some(({ inJest }) => isFound(withPairs, inJest));
	const isTakenBack = readers.some(({ takenBack }) => isFound(clauses, takenBack));
	let isKnown = isTakenBack || isInJest;
	for (const language of readers) {
		const left = clauses.map((words) => [...words]);
		if (setAside(left, language.ordinary)) isKnown = true;
		if (setAside(left, language.doubtful)) verdicts.push('doubtful');
		const found = findOptOut(left, clauses, language, isInJest, sounds);
		if (found === 'optOut' && !isTakenBack) return { verdict: 'optOut', isKnown: true };
		isKnown ||= found !== 'no';
		verdicts.push(found === 'optOut' ? 'hinted' : found, isHinted(left, clauses, language) ? 'hinted' : 'no');
		for (const [clause, words] of left.entries())
			for (const [at, word] of words.entries()) if (word === SET_ASIDE) plain[clause]?.fill(SET_ASIDE, at, at + 1);
	}
	const stopping = plain.filter((words) => isPlainStop(words[0]));
	if (
		!isInJest &&
		!isTakenBack &&
		stopping.some(
			(words) => words.length <= SHORT_WORDS && !isAnyOf(words, anyElsewhere) && !words.slice(1).some(isUnknown),
		)
	)
		return { verdict: 'optOut', isKnown: true };
	for (const words of plain)
		if (words.some(isPlainStop))
			verdicts.push(isInJest || isTakenBack || isAnyOf(words, anyElsewhere) ? 'hinted' : 'doubtful');
	return { verdict: surestOf(verdicts), isKnown };
}

/** So near to what was found, a word of another world says what it is about. German and Dutch name the thing before the verb. */
const NEAR_WORDS = 5;

/** @param asWritten the same clauses with nothing set aside. */
function findOptOut(
	clauses: readonly ReadWord[][],
	asWritten: readonly ReadWord[][],
	language: Language,
	isInJest: boolean,
	sounds: () => boolean,
): OptOutVerdict {
	let verdict: OptOutVerdict = 'no';
	let isOtherNumber: boolean | undefined;
	for (const [index, words] of clauses.entries()) {
		for (let start = 0; start < words.length; start++) {
			const end = matchEnd(language.optOut, words, start);
			if (end <= start) continue;
			if (verdict === 'no') verdict = 'hinted';
			isOtherNumber ??= isFound(asWritten, language.otherNumber);
			if (isOtherNumber) continue;
			if (isAnyOf(words.slice(start, end), language.aboutUs)) return 'optOut';
			const near = wordsNear(asWritten[index] ?? [], start, end, language);
			if (isInJest || isAboutElsewhere(near, language)) continue;
			if (isAnyOf(near, language.ours)) return 'optOut';
			// A verb alone is about us only where the whole text sounds so, and nothing beside it may be what it is about.
			if (near.filter(isUnknown).length < UNKNOWN_WORDS && sounds()) return 'optOut';
			verdict = 'doubtful';
		}
	}
	return verdict;
}

function isHinted(clauses: readonly ReadWord[][], asWritten: readonly ReadWord[][], language: Language): boolean {
	return clauses.some((words, index) =>
		words.some((_, start) => {
			const end = matchEnd(language.hints, words, start);
			return end > start && !isAboutElsewhere(wordsNear(asWritten[index] ?? [], start, end, language), language);
		}),
	);
}

/** What stands beside what was found, up to a connective. */
function wordsNear(
	words: readonly ReadWord[],
	start: number,
	end: number,
	{ connectives }: Language,
): readonly ReadWord[] {
	const isConnective = (word: ReadWord): boolean => word.some((name) => connectives.has(name));
	const before = words.slice(Math.max(0, start - NEAR_WORDS), start);
	const after = words.slice(end, end + NEAR_WORDS);
	const cut = after.findIndex(isConnective);
	return [
		...before.slice(before.findLastIndex(isConnective) + 1),
		...words.slice(start, end),
		...(cut < 0 ? after : after.slice(0, cut)),
	];
}

const isAboutElsewhere = (near: readonly ReadWord[], { aboutUs, elsewhere }: Language): boolean =>
	isAnyOf(near, elsewhere) && !isAnyOf(near, aboutUs);

/** Shorter words say little of what something is about. */
const SHORTEST_UNKNOWN = 5;
/** So many words that no table knows beside a verb alone may be what it is about; a single one may be a slip of the finger. */
const UNKNOWN_WORDS = 2;

const isUnknown = ([word = '']: ReadWord): boolean => !isEverydayWord(word);

const isEverydayWord = (word: string): boolean =>
	word.length < SHORTEST_UNKNOWN || word.endsWith('*') || vocabulary.has(word) || isCourtesyWord(word);

const isAnyOf = (words: readonly ReadWord[], wanted: ReadonlySet<string>): boolean =>
	words.some((word) => word.some((name) => wanted.has(name)));

const isPlainStop = (word: ReadWord = SET_ASIDE): boolean => word.some((name) => plainStopWords.has(name));

/** Whether the word a text begins with belongs to a phrase that is no opt-out: "cancel order", "basta così". */
export function beginsOrdinaryPhrase(text: string): boolean {
	const clauses = clausesOf(text);
	return readers.some(({ ordinary }) => matchEnd(ordinary, clauses[0] ?? [], 0) > 0);
}

/** Whether a text speaks of a thing of another world: a booking, goods, a machine. */
export const namesOtherThings = (text: string): boolean =>
	clausesOf(text).some((words) => isAnyOf(words, anyElsewhere));

/** "a.u.b.", "s.v.p." and "my no." are words. */
const withoutDots = (text: string): string =>
	text
		.replace(/(?<!\p{L})(?:\p{L}\.){2,6}(?!\p{L})/gu, (short) => `${short.replaceAll('.', '')} `)
		.replace(/(?<!\p{L})(my|your|this|mein|mio|mon|mijn|mi|meu)\s(?:no|nr|num|n)\.(?=\s)/giu, '$1 nr');

/** A gap in a pattern reaches over no punctuation: "No, send me the messages" is not "no messages". */
function clausesOf(text: string): ReadWord[][] {
	let left = WORDS_READ;
	return withoutDots(text)
		.split(/[.,;:!?…()\n\r]+/)
		.flatMap((clause) => {
			if (left <= 0) return [];
			const words = joinedNegations(foldedWords(clause.replace(/(^|\s)\+(?=\s|\p{L}|$)/gu, ` ${PLUS_SIGN} `)))
				.slice(0, left)
				.map(readWord);
			left -= words.length;
			return words.length > 0 ? [words] : [];
		});
}

const SHORTEST_STEM = 2;
const LONGEST_STEM = 14;

/** People type "+" for "more" where that word is short: "no + mensajes", "nn scrivetemi +". */
const PLUS_SIGN = 'plussign';
const PLUS_SIGN_READ: ReadWord = ['mas', 'piu', 'mais', 'plus'];

/** A word that begins as one of ours is not taken for a slip of the finger. */
function readWord(typed: string): ReadWord {
	if (typed === PLUS_SIGN) return PLUS_SIGN_READ;
	const begun = stemsOf(typed);
	if (begun.length > 0) return vocabulary.has(typed) ? [typed, ...begun] : begun;
	const word = respell(typed);
	return word === typed ? [word] : [word, ...stemsOf(word)];
}

function stemsOf(word: string): string[] {
	const found: string[] = [];
	for (let length = SHORTEST_STEM; length <= Math.min(word.length, LONGEST_STEM); length++) {
		const stem = `${word.slice(0, length)}*`;
		if (stems.has(stem)) found.push(stem);
	}
	return found;
}

const NEGATED = new Set(['don', 'doesn', 'didn', 'can', 'won', 'isn', 'aren', 'haven', 'wouldn', 'couldn', 'shouldn']);

/** "don't" is one word that its apostrophe took apart. */
function joinedNegations(words: string[]): string[] {
	return words.flatMap((word, index) => {
		if (word === 't' && NEGATED.has(words[index - 1] ?? '')) return [];
		return [NEGATED.has(word) && words[index + 1] === 't' ? `${word}t` : word];
	});
}

function isFound(clauses: readonly ReadWord[][], patterns: Index): boolean {
	return clauses.some((words) => words.some((_, start) => matchEnd(patterns, words, start) > start));
}

/** Takes what matches out of the clauses; says whether anything did. */
function setAside(clauses: readonly ReadWord[][], patterns: Index): boolean {
	let hasTaken = false;
	for (const words of clauses) {
		for (let start = 0; start < words.length; start++) {
			const end = matchEnd(patterns, words, start);
			if (end <= start) continue;
			words.fill(SET_ASIDE, start, end);
			hasTaken = true;
		}
	}
	return hasTaken;
}

/** The end of the longest match that begins here; -1: none. */
function matchEnd(patterns: Index, words: readonly ReadWord[], start: number): number {
	let end = -1;
	for (const name of words[start] ?? SET_ASIDE) {
		for (const pattern of patterns.get(name) ?? []) end = Math.max(end, matchAt(pattern, words, start));
	}
	return end;
}

function indexOf(patterns: readonly WordPattern[]): Index {
	const index = new Map<string, WordPattern[]>();
	for (const pattern of patterns) {
		for (const word of firstWords(pattern)) {
			const known = index.get(word);
			if (known) known.push(pattern);
			else index.set(word, [pattern]);
		}
	}
	return index;
}
