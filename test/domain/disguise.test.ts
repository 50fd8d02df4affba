import fc from 'fast-check';

import { parseMessage, parseText, saidWithoutGroup } from '../../domain/keyword';
import { startWords } from '../../domain/keywordLists';
import { normaliseShortcode } from '../../domain/shortcode';

const read = (text: string) => saidWithoutGroup(parseText(text, 'text'));

describe('STOP in other letters', () => {
	it.each([
		...[
			'СТОП',
			'стоп!',
			'STОP',
			'SТОР',
			'ЅТОР',
			'ꜱᴛᴏᴘ',
			'🆂🆃🅾🅿',
			'🅢🅣🅞🅟',
			'🇸🇹🇴🇵',
			'🇸 🇹 🇴 🇵',
			'𝗦𝗧𝗢𝗣',
			'ⓢⓣⓞⓟ',
			'🅂🅃🄾🄿',
			'ＳＴＯＰ',
		],
		...[
			'STØP',
			'stöp',
			'$top',
			'$TOP!',
			'5top',
			'5t0p',
			's7op',
			'STOPSTOP',
			'stopstopstop',
			'STOP2END',
			'stop2quit',
			'stop1',
			'ΣΤΟΠ',
			'στοπ',
		],
		...[
			'S T O P',
			'S.T.O.P.',
			'S-T-O-P',
			'S_T_O_P',
			'S*T*O*P',
			'S-T-O-P please',
			'С Т О П',
			'S  T  O  P',
			'Stop!!!',
			's\nt\no\np',
		],
		...[
			'unѕubscribe',
			'un5ubscribe',
			'please stоp sending mе messages',
			'停止',
			'退订',
			'توقف',
			'הסר',
			'ストップ',
			'STOP\u3164',
			'ST\u00adOP',
		],
	])('%j lets go', (text) => {
		expect(read(text)).toMatchObject({ kind: 'stop', shortcode: null });
	});

	it('leaves the group it names', () => {
		expect(parseText('STОP NEWS', 'text')).toMatchObject({ kind: 'stop', shortcode: 'news' });
	});

	it('lets go whichever of its letters are others', () => {
		const letters = [
			['s', 'ѕ', 'ꜱ', '5', '$', 'с', 'ｓ', '🅂', '🆂'],
			['t', 'т', 'ᴛ', '7', 'τ', 'ｔ', '🅃', '🆃'],
			['o', 'о', 'ο', 'ø', 'ᴏ', '0', 'ö', '🄾', '🅾'],
			['p', 'р', 'ρ', 'ᴘ', 'ｐ', '🄿', '🅿'],
		].map((forms) => fc.constantFrom(...forms));
		const separator = fc.constantFrom('', '', '.', ' ', '\u200b');
		fc.assert(
			fc.property(fc.tuple(...letters), separator, ([...forms], between) => {
				const text = forms.join(between);
				// A digit or $ is a letter only within a word.
				fc.pre(
					between.trim() === between && between !== '.' ? true : forms.every((form) => /\p{L}|\p{So}/u.test(form)),
				);
				expect([text, read(text).looksLikeOptOut]).toEqual([text, true]);
			}),
		);
	});

	it.each(['🛑', '🚫', '⛔', '❌', '👎', '✋', '🛑🛑🛑', '🛑 ✋'])('%j alone is asked about', (text) => {
		expect(parseText(text, 'text')).toMatchObject({ kind: 'message', isDoubtful: true });
	});

	it.each([
		...[
			'No',
			'NO!',
			'Nein',
			'nee',
			'Non',
			'Não',
			'nope',
			'нет',
			'No thanks',
			'Nein danke',
			'no grazie',
			'Non merci',
			'não obrigado',
		],
		...['nee bedankt', 'No no no', 'Hi, no thanks'],
	])('%j, which refuses something, is asked about; as the label of a button it registers nobody', (text) => {
		expect(parseText(text, 'text')).toMatchObject({ kind: 'message', isDoubtful: true });
		const { kind, looksLikeOptOut, isDoubtful } = parseMessage(text, 'offer-17', 'button');
		expect([kind, looksLikeOptOut, isDoubtful]).toEqual(['message', true, undefined]);
	});

	it.each([
		...[
			'🙂',
			'👍',
			'room 5 top floor',
			'A B C D',
			'Привет, как дела?',
			'какой автобус до остановки',
			'Γεια σας',
			'see you @top',
			'top',
			'Tøp',
		],
		...[
			'No, send me the offers',
			'no problem',
			'stopover',
			'Estopa',
			'5 tops',
			'Привет',
			'København',
			'1st of May',
			'日本',
		],
	])('is not seen in %j', (text) => {
		expect(read(text)).toMatchObject({ kind: 'message', looksLikeOptOut: false });
	});

	it('has nobody opted in by other letters', () => {
		for (const text of ['SТART', '🆂🆃🅰🆁🆃', 'STАRT NEWS', '$tart', '5tart', 'S T A R T S'])
			expect([text, read(text).kind]).toEqual([text, 'message']);
	});

	it('beside START registers nobody', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...startWords),
				fc.constantFrom('СТОП', 'STОP', '🆂🆃🅾🅿', '$top', 'STOPSTOP'),
				(start, stop) => {
					expect([start, stop, read(`${start} ${stop}`).looksLikeOptOut]).toEqual([start, stop, true]);
					expect([start, stop, read(`${stop} ${start}`).looksLikeOptOut]).toEqual([start, stop, true]);
				},
			),
		);
	});

	it.each(['стоп', 'stop1', 'STOPSTOP', 'stop2end', 'stоp'])('"%s" cannot be a shortcode', (text) => {
		expect(() => normaliseShortcode(text)).toThrow('cannot be a shortcode');
	});

	it.each(['s ', 'sт', 'stop', '$', '🆂', 's.t.', 'а'])(
		'is looked for in 100,000 characters of %j in bounded steps',
		(piece) => {
			const lookUps = jest.spyOn(Map.prototype, 'get');
			parseText(piece.repeat(100_000 / piece.length), 'text');
			const steps = lookUps.mock.calls.length;
			lookUps.mockRestore();
			expect(steps).toBeLessThan(20_000);
		},
	);
});
