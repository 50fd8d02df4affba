import { foldedWords } from './foldText';
import { readInvitationCode } from './invitationCode';
import { helpWords, plainStopWords, startWords, stopWords } from './keywordLists';

export type SpokenKind = 'start' | 'stop' | 'help' | 'message' | 'ignored';

/** What a person said, before it is known who said it to whom. */
export interface SpokenWords {
	kind: SpokenKind;
	/** The word after START or STOP, folded; whether a group has it is not known here. */
	shortcode: string | null;
	invitationCode: string | null;
	/** Such a text never registers anybody. True for every stop. */
	looksLikeOptOut: boolean;
}

/** Enough for every text that can be a keyword; a longer one is read no further, so that reading takes the same time however long it is. */
const READ_CHARACTERS = 1_000;
/** A longer word can be no shortcode; cut, so that the event stays small. */
const SHORTCODE_KEPT = 40;
/** More words than this after a stop word are a sentence about something else. */
const SHORT_WORDS = 6;

/** Types that say nothing about consent, whatever they hold (rule 2). */
const IGNORED_TYPES = new Set(['reaction', 'sticker', 'system', 'unsupported', 'unknown', 'request_welcome']);

const nothingSaid: SpokenWords = { kind: 'message', shortcode: null, invitationCode: null, looksLikeOptOut: false };

/**
 * Reads a message by rule 1 of consent. START and STOP, or their equivalents in seven languages, stand alone or before a shortcode;
 * START may carry the code of an invitation. Takes the same time for any length of text.
 * @param messageType as the provider names it.
 */
export function parseText(text: string | null, messageType: string): SpokenWords {
	if (IGNORED_TYPES.has(messageType)) return { ...nothingSaid, kind: 'ignored' };
	if (text === null) return nothingSaid;
	const trimmed = text.slice(0, 10 * READ_CHARACTERS).trimStart();
	return parseWords(joinedKeyword(foldedWords(trimmed.slice(0, READ_CHARACTERS))), trimmed.length > READ_CHARACTERS);
}

/** Of a button, what it carries unseen counts as well as its label; an opt-out in either is one. */
export function parseMessage(text: string | null, buttonPayload: string | null, messageType: string): SpokenWords {
	const words = parseText(text, messageType);
	if (buttonPayload === null || words.kind === 'stop' || words.kind === 'ignored') return words;
	const unseen = parseText(buttonPayload, messageType);
	return unseen.kind === 'stop' || unseen.kind === 'start' ? unseen : words;
}

function parseWords(words: string[], isLong: boolean): SpokenWords {
	const [first, second, third] = words;
	if (first === undefined) return nothingSaid;
	if (!isLong && stopWords.has(first) && words.length <= 2) return stopping(second ?? null);
	if (!isLong && startWords.has(first) && words.length <= 3) {
		const starting = parseStart(second, third);
		if (starting) return starting;
	}
	if (!isLong && helpWords.has(first) && words.length === 1) return { ...nothingSaid, kind: 'help' };
	const freely = optOutInFreeWording(words, isLong);
	if (freely === 'optOut') return stopping(null);
	return {
		...nothingSaid,
		invitationCode: words.length === 1 ? readInvitationCode(first) : null,
		looksLikeOptOut: freely === 'looksLikeOne',
	};
}

function parseStart(second: string | undefined, third: string | undefined): SpokenWords | null {
	if (second === undefined) return { ...nothingSaid, kind: 'start' };
	const code = readInvitationCode(third ?? second);
	if (third !== undefined && code === null) return null;
	const shortcode = third !== undefined || code === null ? second.slice(0, SHORTCODE_KEPT) : null;
	// "START STOP" says two things: nobody is registered by it.
	if (shortcode !== null && stopWords.has(shortcode)) return { ...nothingSaid, looksLikeOptOut: true };
	return { ...nothingSaid, kind: 'start', shortcode, invitationCode: code };
}

function stopping(shortcode: string | null): SpokenWords {
	const isRepeated = shortcode !== null && (stopWords.has(shortcode) || shortcode === 'all');
	return { kind: 'stop', shortcode: isRepeated ? null : (shortcode?.slice(0, SHORTCODE_KEPT) ?? null), invitationCode: null, looksLikeOptOut: true };
}

/**
 * Opting out in more words than a keyword. So far: a text that begins with a plain stop word is an opt-out where it is short
 * ("stop writing to me") and only looks like one where it is long. Wording without such a word is a later piece of work; its place is here.
 */
function optOutInFreeWording(words: string[], isLong: boolean): 'optOut' | 'looksLikeOne' | 'no' {
	if (!plainStopWords.has(words[0] ?? '')) return 'no';
	return !isLong && words.length <= SHORT_WORDS ? 'optOut' : 'looksLikeOne';
}

/** "S.T.O.P." and "OPT-OUT" are one word that was taken apart. */
function joinedKeyword(words: string[]): string[] {
	if (words.length >= 4 && words.length <= 12 && words.every((word) => word.length === 1)) return [words.join('')];
	const [first, second, ...rest] = words;
	if (first === 'opt' && (second === 'out' || second === 'in')) return [`opt${second}`, ...rest];
	return words;
}
