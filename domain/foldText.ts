/**
 * A text as rules compare it: NFKC, lower case, without accents, format characters, punctuation and emoji.
 * Given to words, so that `Stop!`, `ＳＴＯＰ` and `désabonner` are `stop`, `stop`, `desabonner`.
 */
export function foldedWords(text: string): string[] {
	return foldLetters(text)
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '');
}

/** NFKC, lower case, without accents and invisible characters. */
export function foldLetters(text: string): string {
	return text
		.normalize('NFKC')
		.toLowerCase()
		.normalize('NFD')
		.replace(/[\p{M}\p{Cf}]+/gu, '')
		.normalize('NFC');
}
