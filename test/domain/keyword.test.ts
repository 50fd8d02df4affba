import fc from 'fast-check';

import { newInvitationCode, readInvitationCode } from '../../domain/invitationCode';
import { parseMessage, parseText, saidWithoutGroup } from '../../domain/keyword';
import { helpWords, startWords, stopWords } from '../../domain/keywordLists';
import { normaliseShortcode } from '../../domain/shortcode';
import { InvalidInputError } from '../../domain/errors';

const kindOf = (text: string): string => saidWithoutGroup(parseText(text, 'text')).kind;

/** What people put around a keyword: space, punctuation, emoji, invisible characters. */
const decoration = fc
	.array(fc.constantFrom(' ', '!', '.', '…', '🙂', '🛑', '\n', '\u200b', '\u200f', '*', '"', '❤️'), { maxLength: 6 })
	.map((parts) => parts.join(''));
const scramble = (word: string) =>
	fc
		.array(fc.boolean(), { minLength: word.length, maxLength: word.length })
		.map((upper) => [...word].map((letter, index) => (upper[index] ? letter.toUpperCase() : letter)).join(''));

describe('Reading a text', () => {
	it.each([
		['start', startWords],
		['stop', stopWords],
		['help', helpWords],
	] as const)('knows every word for %s in any case, with anything around it', (kind, words) => {
		const decorated = fc.constantFrom(...words).chain((word) => fc.tuple(decoration, scramble(word), decoration));
		fc.assert(
			fc.property(decorated, ([before, word, after]) => {
				// START beside a sign of refusal is none (certainStart.test.ts).
				fc.pre(kind !== 'start' || !(before + after).includes('🛑'));
				expect(kindOf(`${before}${word}${after}`)).toBe(kind);
			}),
		);
	});

	it('has no word that means two things', () => {
		expect([...startWords].filter((word) => stopWords.has(word) || helpWords.has(word))).toEqual([]);
		expect([...stopWords].filter((word) => helpWords.has(word))).toEqual([]);
	});

	it.each([
		['STOP', null],
		['ＳＴＯＰ', null],
		['stop!!!', null],
		['S.T.O.P.', null],
		['Arrêt', null],
		['DÉSABONNER', null],
		['opt-out', null],
		['STOP STOP', null],
		['STOP ALL', null],
		['stop writing to me now', null],
		['STOP NEWS', 'news'],
		['stop: Café.', 'cafe'],
		['STOP please', null],
		['stop bitte', null],
		['stop marketing', 'marketing'],
	])('takes "%s" as an opt-out', (text, shortcode) => {
		expect(parseText(text, 'text')).toEqual({ kind: 'stop', shortcode, invitationCode: null, looksLikeOptOut: true });
	});

	it.each([
		['START', null, null],
		['Start News', 'news', null],
		['start NEWS 4k7q2mx', 'news', '4k7q2mx'],
		['START 4K7Q2MX', null, '4k7q2mx'],
		['START news 4ko7ilx', 'news', '4k0711x'],
		['INIZIA!', null, null],
		['start <b>', 'b', null],
		['START Ñandú', 'nandu', null],
	])('takes "%s" as an opt-in', (text, shortcode, invitationCode) => {
		expect(parseText(text, 'text')).toEqual({ kind: 'start', shortcode, invitationCode, looksLikeOptOut: false });
	});

	it.each([
		'please start sending',
		"don't stop",
		'START NEWS SPORT',
		'START STOP',
		'I want to start',
		'👍🎉',
		'',
		'!!!',
		'stopover',
		'help me with my order',
	])('takes "%s" as an ordinary message', (text) => {
		expect(kindOf(text)).toBe('message');
	});

	it('lets nothing that begins with STOP register anybody, however long it is', () => {
		const long = `stop ${'and then some more words '.repeat(20_000)}`;
		expect(parseText(long, 'text')).toMatchObject({ kind: 'message', looksLikeOptOut: true });
		expect(parseText('START STOP', 'text').looksLikeOptOut).toBe(true);
	});

	it.each(['reaction', 'sticker', 'system', 'unsupported'])('ignores a %s whatever it says', (type) => {
		expect(parseText('START', type)).toMatchObject({ kind: 'ignored' });
		expect(parseMessage('x', 'START', type)).toMatchObject({ kind: 'ignored' });
	});

	it('hears what a button carries unseen, and an opt-out in label or payload', () => {
		expect(parseMessage('Nein danke', 'STOP', 'button').kind).toBe('stop');
		expect(parseMessage('Stop', 'START', 'button').kind).toBe('stop');
		expect(parseMessage('Ja gern', 'START NEWS', 'button')).toMatchObject({ kind: 'start', shortcode: 'news' });
		expect(parseMessage('Ja gern', 'offer-17', 'button').kind).toBe('message');
	});

	it('reads any text without failing, and gives back only what can be looked up', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'binary', maxLength: 300 }),
				fc.constantFrom('', 'STOP ', 'start '),
				(text, prefix) => {
					const { kind, shortcode, invitationCode, looksLikeOptOut } = parseText(prefix + text, 'text');
					expect(['start', 'stop', 'help', 'message']).toContain(kind);
					expect((shortcode ?? '').length).toBeLessThanOrEqual(40);
					if (invitationCode !== null) expect(readInvitationCode(invitationCode)).toBe(invitationCode);
					if (kind === 'stop') expect(looksLikeOptOut).toBe(true);
					if (kind === 'start') expect(looksLikeOptOut).toBe(false);
				},
			),
		);
	});

	it.each([' ', 'a', '🙂', '\u0301', 'stop ', 'ﷺ'])(
		'reads 100,000 characters of "%s" no further than their beginning',
		(piece) => {
			const text = piece.repeat(100_000 / piece.length);
			const cut = jest.spyOn(String.prototype, 'normalize');
			parseText(text, 'text');
			const longest = Math.max(0, ...cut.mock.contexts.map((context) => String(context).length));
			cut.mockRestore();
			expect(longest).toBeLessThan(40_000);
		},
	);
});

describe('An invitation code', () => {
	it('is seven characters that begin with a digit, read back as they are, and are no shortcode', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), (bytes) => {
				const code = newInvitationCode(bytes);
				expect(code).toMatch(/^[0-9][0-9a-hjkmnp-tv-z]{6}$/);
				expect(readInvitationCode(code.toUpperCase())).toBe(code);
				expect(() => normaliseShortcode(code)).toThrow(InvalidInputError);
				expect(parseText(`START NEWS ${code}`, 'text')).toMatchObject({
					kind: 'start',
					shortcode: 'news',
					invitationCode: code,
				});
			}),
		);
	});

	it.each(['news', '4k7q2m', '4k7q2mxx', 'ak7q2mx', '4k7q2mu', '4k7q2m!'])('is not "%s"', (word) => {
		expect(readInvitationCode(word)).toBeNull();
	});
});

describe('A shortcode', () => {
	it.each([
		['NEWS', 'news'],
		[' News ', 'news'],
		['ＮＥＷＳ', 'news'],
		['Café', 'cafe'],
		['a', 'a'],
		['vip2026', 'vip2026'],
	])('"%s" is kept as "%s"', (text, shortcode) => {
		expect(normaliseShortcode(text)).toBe(shortcode);
	});

	it.each([
		'',
		'2026',
		'4news',
		'two words',
		'a-b',
		'🙂',
		'a'.repeat(21),
		'STOP',
		'start',
		'Hilfe',
		'<b>',
		"x'; drop table",
		'x'.repeat(100_000),
	])('cannot be "%.30s"', (text) => {
		expect(() => normaliseShortcode(text)).toThrow(InvalidInputError);
	});

	it.each([
		'STPO',
		'stoppp',
		'unsuscribe',
		'kuendigen',
		'Kündigen',
		'Arrêt',
		'basta',
		'baja',
		'afmeldn',
		'Anmelden',
		'ALTA',
		'starttt',
		'info',
		'Hulp',
		'aiutami',
		'ALL',
	])('cannot be "%s", which is a word like START, STOP or HELP', (text) => {
		expect(() => normaliseShortcode(text)).toThrow(
			'cannot be a shortcode, because it is a word like START, STOP or HELP',
		);
	});

	it('cannot be any keyword of any language', () => {
		for (const word of [...startWords, ...stopWords, ...helpWords])
			expect(() => normaliseShortcode(word)).toThrow(InvalidInputError);
	});

	it('follows every word for START and STOP', () => {
		for (const shortcode of ['news', 'sport', 'promo', 'offerte', 'angebote', 'kurse', 'vip2026']) {
			for (const word of startWords)
				expect(parseText(`${word} ${shortcode}`, 'text')).toMatchObject({ kind: 'start', shortcode });
			for (const word of stopWords)
				expect([word, parseText(`${word} ${shortcode}!`, 'text')]).toMatchObject([word, { kind: 'stop', shortcode }]);
		}
	});

	it('that is allowed can be written after START and STOP', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 24 }), (text) => {
				let shortcode: string;
				try {
					shortcode = normaliseShortcode(text);
				} catch {
					return;
				}
				expect(parseText(`START ${text}`, 'text')).toMatchObject({ kind: 'start', shortcode });
				expect(parseText(`stop ${text}`, 'text')).toMatchObject({
					kind: 'stop',
					shortcode: shortcode === 'all' ? null : shortcode,
				});
				expect(normaliseShortcode(shortcode)).toBe(shortcode);
			}),
			{ numRuns: 300 },
		);
	});
});
