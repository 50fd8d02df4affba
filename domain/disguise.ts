import { foldLetters } from './foldText';

/**
 * A stop word that is written with other letters than its own: `STОP` with a Cyrillic О, `ꜱᴛᴏᴘ`, `🆂🆃🅾🅿`, `STØP`, `$top`, `СТОП`, or taken apart. Only what
 * NFKC leaves is listed, after Unicode's confusables (https://www.unicode.org/Public/security/latest/confusables.txt), for the letters of stop words.
 */
const LOOK_ALIKES: Record<string, string> = {
	a: 'аαᴀɑａ4@ꓮᗩª',
	b: 'вьβʙᏼꓐ8ƀɓ',
	c: 'сϲᴄƈꓚ¢ⅽ',
	d: 'ԁᴅđɗꓓᗪ',
	e: 'еєεᴇɛǝ3€ꓰɇё',
	f: 'ꜰƒꓝ',
	g: 'ɢɡցɠ',
	h: 'һнηʜħ',
	i: 'іιɪıɩɨ1ӏ',
	j: 'јᴊ',
	k: 'кκᴋƙ',
	l: 'ʟłƖⅼꓡ',
	m: 'мᴍɱ',
	n: 'пηɴŋɲ',
	o: 'оοσᴏøɵօ0ꓳӨөѳᴑ๐੦०',
	p: 'рρᴘƥᑭꓑᏢᴩþ',
	q: 'ԛ',
	r: 'гʀɾɍꓣ',
	s: 'ѕꜱʂƨ5$ꓢᏚᔕՏşȿ§',
	t: 'тτᴛŧƭ7ꓔᎢƬ+ț†',
	u: 'υᴜսцʉ',
	v: 'ѵνᴠ',
	w: 'ԝωᴡш',
	x: 'хχ×',
	y: 'уγʏ¥ү',
	z: 'ᴢƶ2',
};
/** The same sound in Cyrillic and Greek: both say СТОП and ΣΤΟΠ. */
const SOUNDS: Record<string, string> = { s: 'сσς', t: 'тτ', o: 'оοω', p: 'пπ' };

const letterMap = (letters: Record<string, string>): ReadonlyMap<string, string> =>
	new Map(
		Object.entries(letters).flatMap(([letter, forms]) =>
			[...forms].map((form) => [foldLetters(form), letter] as const),
		),
	);
const lookAlikes = letterMap(LOOK_ALIKES);
const sounds = letterMap(SOUNDS);

/** White letters on black, in circles or squares, and those of flags: NFKC leaves them. */
const STYLED_ALPHABETS = [0x1f150, 0x1f170, 0x1f1e6];
const LETTER_A = 'a'.codePointAt(0) ?? 0;
const STYLED = /[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}\u{1f1e6}-\u{1f1ff}]/gu;

function asLetter(styled: string): string {
	const code = styled.codePointAt(0) ?? 0;
	const first = STYLED_ALPHABETS.findLast((alphabet) => alphabet <= code) ?? code;
	return String.fromCodePoint(LETTER_A + code - first);
}

/** Also the letters of Hangul that nobody sees. */
const UNSEEN = /(?<=[\p{L}\p{N}$@])[\p{Cf}\u115f\u1160\u3164\uffa0]+/gu;
/** Four letters and more, each on its own. */
const TAKEN_APART = /(?<![\p{L}\p{N}])\p{L}(?:[\s._*·•|/-]{1,3}\p{L}){3,14}(?![\p{L}\p{N}])/gu;
/** A word, with the signs that stand for letters. */
const WORD = /[\p{L}\p{N}\p{M}$€@¢¥§†×+]+/gu;
const LONGEST_WORD = 40;

/**
 * The text with its disguised stop words as they are meant; all else stays as it is.
 * @param isStop whether a folded word is a stop word that begins no ordinary sentence.
 */
export function undisguised(text: string, isStop: (word: string) => boolean): string {
	return text
		.normalize('NFKC')
		.replace(STYLED, asLetter)
		.replace(UNSEEN, '')
		.replace(TAKEN_APART, (letters) => letters.replace(/[^\p{L}\p{N}]+/gu, ''))
		.replace(WORD, (word) => (word.length <= LONGEST_WORD ? stopMeant(word, isStop) : word));
}

function stopMeant(word: string, isStop: (word: string) => boolean): string {
	const folded = foldLetters(word);
	if (/^[a-z]+$/.test(folded)) return isStop(folded) ? word : (withoutTail(folded, isStop) ?? word);
	for (const form of [folded, spelled(folded, lookAlikes), spelled(spelled(folded, sounds), lookAlikes)]) {
		const meant = isStop(form) ? form : withoutTail(form, isStop);
		if (meant !== null && /\p{L}/u.test(folded)) return meant;
	}
	// Who mixes alphabets in one word hides it.
	return isMixed(folded) ? spelled(folded, lookAlikes) : word;
}

const spelled = (word: string, letters: ReadonlyMap<string, string>): string =>
	Array.from(word, (letter) => letters.get(letter) ?? letter).join('');

const isMixed = (word: string): boolean =>
	/\p{Script=Latin}/u.test(word) &&
	/\p{Script=Cyrillic}|\p{Script=Greek}|\p{Script=Cherokee}|\p{Script=Lisu}/u.test(word);

/** STOPSTOP, STOP2END, stop1. */
function withoutTail(word: string, isStop: (word: string) => boolean): string | null {
	const [, once = ''] = /^(\p{L}{4,}?)\1+$/u.exec(word) ?? /^(\p{L}{4,})\p{N}/u.exec(word) ?? [];
	return isStop(once) ? once : null;
}
