import { holdsRefusingEmoji, isNoShortcode, isStartRefused, isStartUncertain } from './certainStart';
import {
	changesMeaning,
	fromShortcodeOn,
	isCourtesy,
	isDress,
	isSignature,
	withoutGreeting,
	withoutRequest,
} from './courtesy';
import { undisguised } from './disguise';
import { foldedWords, foldLetters } from './foldText';
import { readInvitationCode } from './invitationCode';
import { hearingOf } from './messageTypes';
import { helpPhrases, helpWords, plainStopWords, refusals, startWords, stopWords } from './keywordLists';
import {
	beginsOrdinaryPhrase,
	namesOtherThings,
	type OptOutVerdict,
	readOptOutWording,
	surestOf,
} from './optOutWording';
import { speller } from './spelling';
import { isTapback } from './tapback';

export type SpokenKind = 'start' | 'stop' | 'help' | 'message' | 'ignored';

/** What a person said, before it is known who said it to whom. */
export interface SpokenWords {
	kind: SpokenKind;
	/** The word after START or STOP, folded; whether a group has it is not known here. */
	shortcode: string | null;
	invitationCode: string | null;
	/** Such a text never registers anybody. True for every stop. */
	looksLikeOptOut: boolean;
	/** It may be an opt-out and is not surely one: the person is to be asked. */
	isDoubtful?: boolean;
	/** What is said instead where no group has that shortcode; absent: the keyword holds all the same. */
	withoutGroup?: SpokenWords;
}

/** Enough for every text that can be a keyword; a longer one is read no further, so that reading takes the same time however long it is. */
const READ_CHARACTERS = 1_000;
/** A longer word can be no shortcode; cut, so that the event stays small. */
const SHORTCODE_KEPT = 40;
/** Of a long text the last words are read for an opt-out, too: complaints end with what they want. */
const READ_AT_END_CHARACTERS = 300;

const nothingSaid: SpokenWords = { kind: 'message', shortcode: null, invitationCode: null, looksLikeOptOut: false };

/**
 * Reads a message by rule 1 of consent. START and STOP, or their equivalents in seven languages, stand alone or before a shortcode;
 * START may carry the code of an invitation. Takes the same time for any length of text.
 * @param messageType as the provider names it.
 */
export function parseText(text: string | null, messageType: string): SpokenWords {
	const { speaks, optsOutOnly, isForm } = hearingOf(messageType);
	if (isForm) return parseForm((text ?? '').split('\n', MOST_ANSWERS));
	if (optsOutOnly) {
		const edited = parseText(text, 'text');
		return edited.kind === 'stop' ? edited : { ...nothingSaid, kind: 'ignored' };
	}
	if (!speaks) return { ...nothingSaid, kind: 'ignored' };
	if (text === null) return nothingSaid;
	if (isTapback(text)) return { ...nothingSaid, looksLikeOptOut: true };
	const trimmed = text.slice(0, 10 * READ_CHARACTERS).trimStart();
	if (trimmed.length > READ_CHARACTERS)
		return parseLongText(trimmed.slice(0, READ_CHARACTERS), text.slice(-READ_AT_END_CHARACTERS));
	const hidden = hiddenOptOut(trimmed);
	const words = parseShortText(trimmed);
	if (words.kind === 'stop') return words;
	if (hidden?.kind === 'stop' && words.kind !== 'start') return hidden;
	if (words.isDoubtful) return words;
	if (hidden !== null) return words.kind === 'start' ? inOwnWords('doubtful', null) : hidden;
	if (words.kind === 'start') return onlyIfCertain(trimmed, words);
	if (words.kind !== 'message') return words;
	if (isRefusingEmojiAlone(trimmed)) return inOwnWords('doubtful', null);
	// A button that says no answers what the company asked.
	if (isRefusal(trimmed)) return inOwnWords(messageType === 'text' ? 'doubtful' : 'hinted', null);
	return foldedWords(trimmed).some(isStartWord) && isStartRefused(trimmed)
		? { ...words, looksLikeOptOut: true }
		: words;
}

/** The opt-out in a text that writes it with other letters; START is never read so. */
function hiddenOptOut(text: string): SpokenWords | null {
	const plain = undisguised(text, isPlainStopWord);
	if (foldedWords(plain).join(' ') === foldedWords(text).join(' ')) return null;
	const read = parseShortText(plain);
	if (read.looksLikeOptOut) return read;
	return holdsStop(plain) ? inOwnWords('doubtful', null) : null;
}

/** START lifts a STOP: whatever makes it uncertain makes it an ordinary message, and what speaks against it one that registers nobody. */
function onlyIfCertain(text: string, words: SpokenWords): SpokenWords {
	// Who says both is registered by neither.
	if (holdsStop(text)) return inOwnWords(surestOf(['doubtful', readOptOutWording(text)]), null);
	const inOwn = (): SpokenWords =>
		inOwnWords(
			surestOf([
				holdsRefusingEmoji(text) ? 'doubtful' : isStartRefused(text) ? 'hinted' : 'no',
				readOptOutWording(text),
			]),
			null,
		);
	const { shortcode, invitationCode, withoutGroup } = words;
	if (isStartUncertain(text, shortcode) || isQuestion(text)) return inOwn();
	if (shortcode === null || invitationCode !== null) return words;
	const isStartAnyway =
		(withoutGroup?.kind === 'start' || (withoutGroup === undefined && isPlainStart(text))) && !isNoShortcode(shortcode);
	return isStartAnyway ? words : { ...words, withoutGroup: inOwn() };
}

/** START itself before a word is told by nobody but who means it; the other words begin sentences ("alta médica", "start-up"). */
const isPlainStart = (text: string): boolean =>
	!/\p{L}-\p{L}/u.test(text) && foldedWords(text).some((word) => isOneOf(PLAIN_START, word));
const PLAIN_START: ReadonlySet<string> = new Set(['start']);

/** "No", "Nein danke": it may answer a question of the company, or refuse its messages. */
function isRefusal(text: string): boolean {
	const [first = '', ...behind] = withoutGreeting(foldedWords(text));
	return refusals.has(first) && isCourtesy(behind.filter((word) => !refusals.has(word)));
}

const isRefusingEmojiAlone = (text: string): boolean => foldedWords(text).length === 0 && holdsRefusingEmoji(text);

/** More answers are not read. */
const MOST_ANSWERS = 50;

/**
 * A form is answered, which is no wish to be registered; one that says STOP is a wish to leave. "Ende" and "Alto" are names, too: beside other
 * answers whoever gave them is asked.
 */
function parseForm(answers: readonly string[]): SpokenWords {
	const read = answers.map((answer) => ({ answer, words: parseText(answer, 'button') }));
	if (read.length === 1 && read[0]?.words.kind === 'start') return read[0].words;
	const stops = read.filter(({ words }) => words.kind === 'stop');
	const sure = stops.filter(
		({ answer }) =>
			read.length === 1 || foldedWords(answer).length > 1 || holdsStop(undisguised(answer, isPlainStopWord)),
	);
	const [stop = null] = [...sure.filter(({ words }) => words.shortcode === null), ...sure];
	if (stop !== null) return stop.words;
	const isDoubtful = stops.length > 0 || read.some(({ words }) => words.isDoubtful);
	return { ...nothingSaid, looksLikeOptOut: true, ...(isDoubtful && { isDoubtful: true }) };
}

/** What a text says where no group has the shortcode in it. */
export function saidWithoutGroup({ withoutGroup, ...words }: SpokenWords): SpokenWords {
	return withoutGroup ?? words;
}

/** Of a button, what it carries unseen counts as well as its label; an opt-out in either is one. */
export function parseMessage(text: string | null, buttonPayload: string | null, messageType: string): SpokenWords {
	const words = parseText(text, messageType);
	if (buttonPayload === null || words.kind === 'stop' || words.kind === 'ignored') return words;
	const unseen = parseText(buttonPayload, messageType);
	if (unseen.kind === 'stop' || (unseen.kind === 'start' && !words.looksLikeOptOut)) return unseen;
	return {
		...words,
		looksLikeOptOut: words.looksLikeOptOut || unseen.looksLikeOptOut,
		...((words.isDoubtful || unseen.isDoubtful) && { isDoubtful: true }),
	};
}

function parseShortText(text: string): SpokenWords {
	const words = joinedKeyword(foldedWords(text));
	const [first, second, third] = words;
	if (first === undefined) return isQuestionMark(text) ? { ...nothingSaid, kind: 'help' } : nothingSaid;
	// What stands alone behind a mark may be a signature.
	const isSigned = words.length === 2 && readInvitationCode(second ?? '') === null && piecesOf(text).length > 1;
	if (words.length <= 2 && !isSigned && isStopWord(first)) {
		const said = stopping(second ?? null);
		if (said.shortcode === null) return said;
		const isOrdinary = beginsOrdinaryPhrase(text);
		if (isPlainStopWord(first) && !isOrdinary) return said;
		// "Alto Adige", "quit smoking", "stop by": what no group is called by is read as a sentence.
		if (!isOrdinary || isPlainStopWord(first))
			return { ...said, withoutGroup: inOwnWords(surestOf([readOptOutWording(text), askedForStop(text)]), null) };
	}
	if (isStartWord(first) && words.length > 1 && isCourtesy(words.slice(1)) && !isQuestion(text)) {
		const alone: SpokenWords = { ...nothingSaid, kind: 'start' };
		// A group may be called like a courtesy ("ok"): then it is meant.
		return words.length === 2 ? { ...alone, shortcode: second ?? null, withoutGroup: alone } : alone;
	}
	if (isStartWord(first) && words.length <= 3 && !isSigned) {
		const starting = parseStart(second, third);
		// "START later" is one only where a group is called so.
		const isPutOff = changesMeaning(words.slice(1));
		if (starting && isPutOff && starting.shortcode !== null) return { ...starting, withoutGroup: nothingSaid };
		if (starting && !isPutOff) return starting;
	}
	if (words.length === 1 ? isHelpWord(first) : helpPhrases.has(words.join(' ')))
		return { ...nothingSaid, kind: 'help' };
	const inOwn = inOwnWords(
		surestOf([readOptOutWording(text), askedForStop(text)]),
		words.length === 1 ? readInvitationCode(first) : null,
	);
	return parseDressed(text, inOwn) ?? inOwn;
}

const holdsStop = (text: string): boolean => foldedWords(text).some((word) => plainStopWords.has(word));

/** A sentence or line that begins with a stop word, or asks for one, may mean it, whatever courtesy follows that no list knows. */
function askedForStop(text: string): OptOutVerdict {
	return surestOf(
		piecesOf(text).map(({ raw, words }) => {
			const { keyword = '', isRequested } = keywordOf(words) ?? {};
			if (!isStopWord(keyword)) return 'no';
			const isOrdinary = beginsOrdinaryPhrase(raw);
			if (isOrdinary && isRequested) return 'no';
			return isOrdinary || namesOtherThings(raw) ? 'hinted' : 'doubtful';
		}),
	);
}

/** Where a text may be taken apart: sentences, lines, quotes, emoji but those that are letters; a colon stands between a keyword and its shortcode. */
const MARKS =
	/[.!?¡¿;,\n\r"“”„‟«»‹›*_~()[\]{}|•–—…]|\s-+(?=\s|\p{L})|\s['‘’]|['‘’]\s|^['‘’]|['‘’]$|(?![ℹ™Ⓜ㊗㊙\u{1f200}-\u{1f251}])\p{Extended_Pictographic}[\p{M}\u200d\ufe0f\p{Extended_Pictographic}\p{Emoji_Modifier}]*/u;
const MOST_PIECES = 12;

/** A part of a text between two marks. */
interface Piece {
	raw: string;
	/** What stands between it and the piece before. */
	mark: string;
	all: string[];
	/** Without the greeting in front. */
	words: string[];
}

function piecesOf(text: string): Piece[] {
	let end = 0;
	let mark = '';
	return text.split(MARKS).flatMap((raw) => {
		const at = text.indexOf(raw, end);
		mark += text.slice(end, at);
		end = at + raw.length;
		const all = foldedWords(raw);
		if (all.length === 0) return [];
		const piece = { raw, mark, all, words: withoutGreeting(joinedKeyword(all)) };
		mark = '';
		return [piece];
	});
}

/**
 * A keyword in what people put around it: a greeting, courtesy, quotes, a signature. All the rest must be such dress, so that nobody is
 * opted in by a guess; a shortcode in it counts where a group has it, which the table of groups says.
 * @param inOwn what the text says where it is no keyword.
 */
function parseDressed(text: string, inOwn: SpokenWords): SpokenWords | null {
	const pieces = piecesOf(text);
	if (pieces.length === 0 || pieces.length > MOST_PIECES) return null;
	const [piece, ...further] = pieces.filter(({ words }) => keywordOf(words) !== null);
	if (piece === undefined || further.length > 0) return null;
	const rest = pieces.filter((each) => each !== piece && !isDress(each.raw, each.all));
	const next = pieces[pieces.indexOf(piece) + 1];
	const said = parsePiece(piece, inOwn);
	if (said === null) return null;
	// A question about starting is no START.
	if (said.kind === 'start' && isQuestion(text)) return null;
	// START «VIP», and the shortcode on a line of its own.
	const named = next?.all.length === 1 && !isCourtesy(next.all) ? next.all[0]?.slice(0, SHORTCODE_KEPT) : undefined;
	const isBare = said.shortcode === null && said.kind !== 'help' && keywordOf(piece.words)?.behind.length === 0;
	if (isBare && named !== undefined && rest.every((each) => each === next))
		return next && isSignature(next.raw) && (said.kind !== 'start' || isSigning(next, []))
			? { ...said, shortcode: named, withoutGroup: said }
			: withGroupOnly(said, named, inOwn);
	if (said.kind === 'start' && !isDressOfStart(pieces, pieces.indexOf(piece), said.shortcode !== null)) return null;
	if (rest.length === 0) return said;
	// What else they write is a reason, or more than one wish: a group is left where it is named, and all where the rest says so.
	if (said.kind !== 'stop' || said.shortcode === null) return null;
	const isAll = readOptOutWording(rest.map(({ raw }) => raw).join('. ')) === 'optOut';
	return isAll ? stopping(null) : { ...said, withoutGroup: inOwn };
}

/**
 * A name before START is no signature ("Fake “START”"). Behind START alone one stands on a line of its own, behind a dash or after
 * leave-taking; behind a shortcode, which a group must have, anywhere.
 */
function isDressOfStart(pieces: readonly Piece[], at: number, isNamed: boolean): boolean {
	return pieces.every((piece, index) => {
		if (index === at || isCourtesy(piece.all) || withoutGreeting(piece.all).length < piece.all.length) return true;
		return index > at && (isNamed || isSigning(piece, pieces.slice(at + 1, index)));
	});
}

const isSigning = ({ raw, mark }: Piece, before: readonly Piece[]): boolean =>
	isSignature(raw) && (/[\n\r–—-]/.test(mark) || before.some(({ all }) => isCourtesy(all)));

/** The keyword a piece begins with, also behind what asks for it ("I would like to stop"), and what stands behind it. */
function keywordOf(words: readonly string[]): { keyword: string; behind: string[]; isRequested: boolean } | null {
	const [first = '', ...behind] = words;
	if (isStopWord(first) || isStartWord(first) || isHelpWord(first))
		return { keyword: first, behind, isRequested: false };
	const [asked = '', ...after] = withoutRequest(words);
	if (isStopWord(asked) || isStartWord(asked) || isHelpWord(asked))
		return { keyword: asked, behind: after, isRequested: true };
	// The shortcode first: "NEWS stop please".
	if (plainStopWords.has(behind[0] ?? '') && !changesMeaning([first]))
		return { keyword: behind[0] ?? '', behind: [first, ...behind.slice(1)], isRequested: true };
	return null;
}

function parsePiece({ raw, words }: Piece, inOwn: SpokenWords): SpokenWords | null {
	const found = keywordOf(words);
	if (found === null) return null;
	const { keyword, behind, isRequested } = found;
	const isStop = isStopWord(keyword);
	const isPlain = plainStopWords.has(keyword);
	if (isHelpWord(keyword) && !isStop && isCourtesy(behind)) return { ...nothingSaid, kind: 'help' };
	if (isStop && !isPlain && beginsOrdinaryPhrase(raw)) return null;
	if (isCourtesy(behind)) {
		// Who asks for something without saying what it is of has a sentence in mind, unless they write the keyword as it was told them.
		if (isRequested && !isPlain && !(isStartWord(keyword) && isTypedAsTold(raw))) return null;
		return isStop ? stopping(null) : { ...nothingSaid, kind: 'start' };
	}
	const [shortcode = '', third, ...after] = fromShortcodeOn(behind);
	const code = isStop || third === undefined ? null : readInvitationCode(third);
	const courtesy = code === null && third !== undefined ? [third, ...after] : after;
	if (shortcode === '' || !isCourtesy(courtesy) || isStopWord(shortcode) || changesMeaning([shortcode])) return null;
	const kind = isStartWord(keyword) ? ('start' as const) : ('help' as const);
	const named = isStop
		? stopping(shortcode)
		: { ...nothingSaid, kind, shortcode: shortcode.slice(0, SHORTCODE_KEPT), invitationCode: code };
	const isClear = isPlain && !isRequested && shortcode === behind[0];
	return { ...named, withoutGroup: isClear ? stopping(null) : inOwn };
}

/** Whether anything is asked but how one is. */
const isQuestion = (text: string): boolean =>
	text
		.split(/[?？؟]/)
		.slice(0, -1)
		.map((before) => withoutGreeting(foldedWords(before.split(/[.!¿¡,\n]/).at(-1) ?? '')))
		.some((words) => words.length > 0 && !isCourtesy(words));

/** START in capitals within a text in small letters. */
const isTypedAsTold = (raw: string): boolean => /(^|\P{L})START(\P{L}|$)/u.test(raw) && /\p{Ll}{2}/u.test(raw);

/** A word on its own beside the keyword that is written like no name is a shortcode, or something else. */
function withGroupOnly(said: SpokenWords, shortcode: string, inOwn: SpokenWords): SpokenWords {
	return { ...said, shortcode, withoutGroup: said.kind === 'stop' ? said : inOwn };
}

function parseLongText(beginning: string, end: string): SpokenWords {
	const plain = [beginning, end].map((text) => undisguised(text, isPlainStopWord));
	return inOwnWords(surestOf(plain.map(readOptOutWording)), null);
}

function inOwnWords(verdict: OptOutVerdict, invitationCode: string | null): SpokenWords {
	if (verdict === 'optOut') return stopping(null);
	return {
		...nothingSaid,
		invitationCode,
		looksLikeOptOut: verdict !== 'no',
		...(verdict === 'doubtful' && { isDoubtful: true }),
	};
}

const isQuestionMark = (text: string): boolean =>
	/^[\s\p{P}\p{Cf}]*[?？][\s\p{P}\p{Cf}]*$/u.test(text.slice(0, 20)) && text.length <= 20;

const asPlainStop = speller(plainStopWords, [...startWords, ...stopWords, ...helpWords]);
/** Longer ones are no keyword, however long a key was held. */
const KEYWORD_CHARACTERS = 80;
const isOneOf = (words: ReadonlySet<string>, word: string): boolean =>
	words.has(word) || (word.length <= KEYWORD_CHARACTERS && words.has(word.replace(/(\p{L})\1{2,}/gu, '$1')));

/** With a key held down, too ("starttt"); what was mistyped otherwise is no START. */
export const isStartWord = (word: string): boolean => isOneOf(startWords, word);
export const isHelpWord = (word: string): boolean => isOneOf(helpWords, word);
/** The long ones with a slip of the finger, too ("unsuscribe"). */
const isPlainStopWord = (word: string): boolean =>
	isOneOf(plainStopWords, word) || (word.length <= KEYWORD_CHARACTERS && plainStopWords.has(asPlainStop(word)));
export const isStopWord = (word: string): boolean => isOneOf(stopWords, word) || isPlainStopWord(word);
/** Whether a word is a stop word in other letters, too, so that no shortcode may be called so. */
export const isDisguisedStop = (word: string): boolean =>
	foldedWords(undisguised(word, isPlainStopWord)).some(isStopWord);

function parseStart(second: string | undefined, third: string | undefined): SpokenWords | null {
	if (second === undefined) return { ...nothingSaid, kind: 'start' };
	const code = readInvitationCode(third ?? second);
	if (third !== undefined && code === null) return null;
	const shortcode = third !== undefined || code === null ? second.slice(0, SHORTCODE_KEPT) : null;
	// "START STOP" says two things: nobody is registered by it.
	if (shortcode !== null && isStopWord(shortcode)) return inOwnWords('doubtful', null);
	return { ...nothingSaid, kind: 'start', shortcode, invitationCode: code };
}

/** After STOP they name no group. */
const POLITE_WORDS = new Set(
	'all alle alles tutto tout todo todos tudo now jetzt sofort subito adesso maintenant ya ahora já agora nu please pls plz bitte prego favore svp stp favor porfa pf pfv alstublieft alsjeblieft aub thanks thx danke grazie merci gracias obrigado obrigada bedankt'
		.split(' ')
		.map(foldLetters),
);

function stopping(shortcode: string | null): SpokenWords {
	const alone: SpokenWords = { kind: 'stop', shortcode: null, invitationCode: null, looksLikeOptOut: true };
	if (shortcode === null || isStopWord(shortcode) || POLITE_WORDS.has(shortcode)) return alone;
	const named = { ...alone, shortcode: shortcode.slice(0, SHORTCODE_KEPT) };
	// A group may be called like a courtesy ("ok"): then it is meant.
	return isCourtesy([shortcode]) ? { ...named, withoutGroup: alone } : named;
}

/** "S.T.O.P.", "sto p" and "OPT-OUT" are one word that was taken apart. Only opt-outs are put together from pieces that are words themselves. */
function joinedKeyword(words: string[]): string[] {
	if (words.length >= 4 && words.length <= 12 && words.every((word) => word.length === 1)) return [words.join('')];
	if (words.length >= 2 && words.length <= 3 && !isStopWord(words[0] ?? '') && plainStopWords.has(words.join('')))
		return [words.join('')];
	const [first, second, ...rest] = words;
	if (first === 'opt' && (second === 'out' || second === 'in')) return [`opt${second}`, ...rest];
	return words;
}
