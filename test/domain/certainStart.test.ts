import fc from 'fast-check';

import { parseMessage, parseText, saidWithoutGroup } from '../../domain/keyword';
import { startWords } from '../../domain/keywordLists';

/** Where there is no group at all. */
const read = (text: string) => saidWithoutGroup(parseText(text, 'text'));

const refusing = ['🚫', '❌', '⛔', '🛑', '👎', '👎🏽', '✋', '🙅', '🙅‍♀️', '🤬', '✖', '✖️', '🖕', '❎', '📵', '🔕'];

describe('START lifts a STOP, so only an unmistakable text is one', () => {
	it.each([
		...[
			'START',
			'Start',
			'start.',
			'START!',
			'START!!!',
			'START 👍',
			'👋 START',
			'START 🍕',
			'START ✅',
			'"START"',
			'«Start»',
		],
		...['(START)', 'starttt', 'START NEWS', 'Start News', 'START NEWS 4k7q2mx', 'START 4k7q2mx', 'Iscrizione 4k7q2mx'],
		...[
			'START please',
			'Hi, START please',
			'START\nAnna Berger',
			'START - Joe',
			'Anmelden bitte',
			'Buongiorno, vorrei START grazie',
		],
		...['Inscription', 'alta', 'UNSTOP', 'Subscribe', 'Join', 'START ok'],
	])('%j is one', (text) => {
		expect(read(text)).toMatchObject({ kind: 'start', looksLikeOptOut: false });
	});

	it('no sign of refusal beside it is one, which has people asked', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...startWords),
				fc.constantFrom(...refusing),
				fc.constantFrom('', ' ', '\n', '! '),
				fc.constantFrom('', ' NEWS', ' please'),
				fc.boolean(),
				(word, sign, gap, behind, isBefore) => {
					const text = isBefore ? `${sign}${gap}${word}${behind}` : `${word}${behind}${gap}${sign}`;
					expect([text, parseText(text, 'text')]).toMatchObject([text, { kind: 'message', isDoubtful: true }]);
				},
			),
		);
	});

	it.each(['START 🤔', 'START 😭', 'START 🤷', 'START 🙄', 'START ❓', 'START ↩️', '↪ START', 'START 💩', 'START 💔'])(
		'%j, with an emoji that does not agree, is none',
		(text) => {
			expect(read(text).kind).toBe('message');
		},
	);

	it.each([
		...[
			'Loved “START”',
			'Liked “START”',
			'Disliked “START”',
			'Questioned “START”',
			'Emphasized “START”',
			'Laughed at “START”',
		],
		...[
			'Liked "START NEWS 4k7q2mx"',
			'Reacted 👍 to “START”',
			'👍 to “START”',
			'❤️ to “START”',
			'Removed a like from “START”',
		],
		...[
			'Piace “START”',
			'Non piace “START”',
			'Ha messo “Mi piace” a “START”',
			'👍 a “START”',
			'Gefällt „START“',
			'Gefällt nicht „START“',
		],
		...[
			'A aimé «START»',
			'A aimé « START »',
			"N'a pas aimé « START »",
			'Le gustó “START”',
			'Gostou de “START”',
			'Vond “START” leuk',
		],
		...['Loved “Sale! Reply STOP to opt out”', 'Disliked “Rispondi STOP per non ricevere più messaggi”'],
	])('%j, which is a reaction, is neither START nor STOP and registers nobody', (text) => {
		expect(parseText(text, 'text')).toMatchObject({ kind: 'message', looksLikeOptOut: true });
	});

	it.each([
		...[
			'> START',
			'>START',
			'| START',
			'hello\n> START',
			'Fwd: START',
			'FW: START',
			'WG: START',
			'[Weitergeleitet] START',
			'Re: START',
		],
		...[
			'[Forwarded] START',
			'[Inoltrato] START',
			'On Monday Anna wrote: START',
			'~START~',
			'Anna: START',
			'Anna. START',
		],
	])('%j, which quotes or strikes it, is none', (text) => {
		expect(read(text).kind).toBe('message');
	});

	it.each([
		...[
			'Spam. START',
			'Never! START',
			'Scam: START',
			'Fake “START”',
			'Hate “START”',
			'Oops, START',
			'Undo. START',
			'Ignora “START”',
		],
		...[
			'Falso. START',
			'Error: START',
			'Mistake START',
			'Ungültig: START',
			'START! Nie',
			'START\nNein',
			'START\nNo',
			'START\nNever',
		],
		...[
			'START\nSpam',
			'START. Spam',
			'START. Fake',
			'START (nicht)',
			'START - nein',
			'START...NOT',
			'START. Off',
			'START, off',
			'START\nAus',
		],
		...[
			'Kein START',
			'Ohne START',
			'Pas START',
			'Sans START',
			'START thanks for nothing',
			'Sorry, START',
			'inscription fermée',
		],
		...['iscrizione scaduta', 'Anmeldung ungültig', 'signup failed', 'START error', 'start refused'],
	])('%j, which speaks against it, registers nobody', (text) => {
		expect(read(text)).toMatchObject({ kind: 'message', looksLikeOptOut: true });
	});

	it.each([
		...[
			'iniciar sesión',
			'Join Zoom',
			'alta médica',
			'start-up',
			'Start-Up',
			'Start Monday',
			'Start domani',
			'start up',
			'attiva carta',
		],
		...[
			'START?',
			'Start tomorrow?',
			'START NEWS?',
			'Alta?',
			'¿Alta?',
			'START؟',
			'Inscription ?',
			'Subscribe newsletter',
			'beginnen morgen',
		],
		...['aderir plano', 'assinar contrato', 'commencer travail', 'anmelden Schule', 'Oops. START NEWS'],
	])('%j is none where no group is called so', (text) => {
		expect(read(text).kind).toBe('message');
	});

	it.each([
		['Join Zoom', 'zoom'],
		['Anmelden Yoga', 'yoga'],
		['start monday', 'monday'],
		['START\nSpam', 'spam'],
		['START off', 'off'],
	])('%j is one where a group is called "%s"', (text, shortcode) => {
		expect(parseText(text, 'text')).toMatchObject({ kind: 'start', shortcode });
	});

	it('is none by a word of opting in and one that no group has, in any language; START itself is', () => {
		const unknown = fc.stringMatching(/^q[bcdfgz]{2,8}$/);
		fc.assert(
			fc.property(fc.constantFrom(...startWords), unknown, (word, second) => {
				const kind = word === 'start' ? 'start' : 'message';
				expect([word, parseText(`${word} ${second}`, 'text').kind]).toEqual([word, 'start']);
				expect([word, read(`${word} ${second}`).kind]).toEqual([word, kind]);
			}),
		);
	});

	it('is none by a name before it, quoted or not', () => {
		const name = fc.stringMatching(/^Q[bcdfgz]{2,8}$/);
		const between = fc.constantFrom(' “START”', '. START', ', START', ': START', '\nSTART', ' - START', '! «START»');
		fc.assert(
			fc.property(fc.array(name, { minLength: 1, maxLength: 2 }), between, (names, start) => {
				const text = `${names.join(' ')}${start}`;
				expect([text, read(text).kind]).toEqual([text, 'message']);
			}),
		);
	});

	it('is none by what a button carries unseen, unless that is one', () => {
		expect(saidWithoutGroup(parseMessage('Yes', 'join_trial', 'button')).kind).toBe('message');
		expect(saidWithoutGroup(parseMessage('🚫 Start', 'x', 'button')).kind).toBe('message');
		expect(parseMessage('Yes', 'START', 'button').kind).toBe('start');
	});
});
