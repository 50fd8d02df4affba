import { join } from 'node:path';
import fc from 'fast-check';

import { CORPUS_FILE, readCorpus } from '../../bench/corpusRows';
import { measureCorpus, verdictOn } from '../../bench/optOutCorpus';
import { foldLetters } from '../../domain/foldText';
import { parseMessage, parseText, saidWithoutGroup } from '../../domain/keyword';
import { helpPhrases, helpWords, startWords } from '../../domain/keywordLists';
import { optOutTables, readOptOutWording, WORDS_READ } from '../../domain/optOutWording';
import { compilePattern, matchAt } from '../../domain/wordPattern';

const rows = readCorpus(join(__dirname, '../..', CORPUS_FILE));
const languages = [...new Set(rows.map(({ language }) => language))];
const textsOf = (verdict: string): string[] => rows.filter((row) => row.verdict === verdict).map(({ text }) => text);

describe('The corpus', () => {
	it('holds at least 500 phrases in seven languages, half of them ordinary, none twice', () => {
		expect(languages.sort()).toEqual(['de', 'en', 'es', 'fr', 'it', 'nl', 'pt']);
		expect(rows.length).toBeGreaterThanOrEqual(500);
		expect(2 * textsOf('ordinary').length).toBeGreaterThanOrEqual(
			textsOf('optOut').length + textsOf('ordinary').length,
		);
		expect(new Set(rows.map(({ language, text }) => `${language} ${text}`)).size).toBe(rows.length);
		for (const language of languages)
			expect(rows.filter((row) => row.language === language).length).toBeGreaterThan(150);
	});

	it('is recognised to at least 98 %, with at most 0.5 % false alarms', () => {
		const { optOuts, recognised, ordinary, falseAlarms } = measureCorpus(rows);
		expect(recognised / optOuts).toBeGreaterThanOrEqual(0.98);
		expect(falseAlarms / ordinary).toBeLessThanOrEqual(0.005);
	});

	it.each(languages)('is recognised to at least 98 %% in %s, with at most one false alarm', (language) => {
		const { optOuts, recognised, falseAlarms } = measureCorpus(rows.filter((row) => row.language === language));
		expect(recognised / optOuts).toBeGreaterThanOrEqual(0.98);
		expect(falseAlarms).toBeLessThanOrEqual(1);
	});

	it('has no opt-out by which somebody would be registered in its doubtful part', () => {
		expect(textsOf('doubtful').filter((text) => verdictOn(text) === 'no')).toEqual([]);
	});

	it('has no phrase that opts in or asks for help by free wording', () => {
		expect(
			rows
				.map(({ text }) => text)
				.filter((text) => ['start', 'help'].includes(saidWithoutGroup(parseText(text, 'text')).kind)),
		).toEqual([]);
	});
});

describe('Opting out in words of one’s own', () => {
	const decoration = fc
		.array(fc.constantFrom(' ', '!', '…', '🙂', '🛑', '\u200b', '*', '"', '❤️', '\n'), { maxLength: 5 })
		.map((parts) => parts.join(''));

	it('is read the same in any case, with emoji, punctuation and space around it', () => {
		fc.assert(
			fc.property(fc.constantFrom(...rows), decoration, decoration, fc.boolean(), ({ text }, before, after, isLoud) => {
				// A sign of refusal beside what would be START where there is such a group says more than the text.
				fc.pre(parseText(text, 'text').kind !== 'start' || !(before + after).includes('🛑'));
				expect(verdictOn(`${before}${isLoud ? text.toUpperCase() : text}${after}`)).toBe(verdictOn(text));
			}),
			{ numRuns: 1_000 },
		);
	});

	it('is read the same without accents', () => {
		const changed = rows.filter(({ text }) => verdictOn(foldLetters(text)) !== verdictOn(text)).map(({ text }) => text);
		expect(changed).toEqual([]);
	});

	it('is not heard in an ordinary message because somebody greets first', () => {
		const greetings = ['Hello!', 'Ciao,', 'Guten Tag.', 'Bonjour,', '¡Hola!', 'Olá,', 'Hoi,', 'Good morning 🙂\n'];
		fc.assert(
			fc.property(
				fc.constantFrom(...textsOf('ordinary').filter((text) => verdictOn(text) !== 'optOut')),
				fc.constantFrom(...greetings),
				(text, greeting) => {
					expect(verdictOn(`${greeting} ${text}`)).not.toBe('optOut');
				},
			),
			{ numRuns: 1_000 },
		);
	});

	it('is heard after a greeting', () => {
		const greetings = ['Hello!', 'Ciao,', 'Guten Tag.', 'Bonjour,', '¡Hola!', 'Olá,', 'Hoi,'];
		// A keyword alone stands alone; what is tested here is wording.
		const wordings = textsOf('optOut').filter((text) => readOptOutWording(text) === 'optOut');
		expect(
			wordings.filter((text) => greetings.some((greeting) => verdictOn(`${greeting} ${text}`) !== 'optOut')),
		).toEqual([]);
	});

	it('is heard at the end of a long complaint, and at its beginning', () => {
		const story = 'I ordered the blue one in May and it took weeks to come. '.repeat(40);
		expect(verdictOn(`${story}Please stop writing to me.`)).toBe('optOut');
		expect(verdictOn(`Please stop writing to me. ${story}`)).toBe('optOut');
		expect(verdictOn(story)).toBe('no');
	});

	it('does not register by a label that says no, whatever a button carries unseen', () => {
		expect(parseMessage('Not interested', 'START', 'button')).toMatchObject({ kind: 'message', looksLikeOptOut: true });
		expect(parseMessage('More', 'not interested', 'button')).toMatchObject({ kind: 'message', looksLikeOptOut: true });
		expect(parseMessage('No more messages please', 'START', 'button').kind).toBe('stop');
	});

	it.each([
		'no ',
		'stop ',
		'non ',
		'ne plus ',
		'dont send ',
		'a',
		'sto ',
		'nicht schreiben mir ',
		'!?',
		'unsubscribee',
		'mn',
	])('reads 100,000 characters of "%s" in bounded steps', (piece) => {
		const text = piece.repeat(100_000 / piece.length);
		const lookUps = jest.spyOn(Set.prototype, 'has');
		parseText(text, 'text');
		readOptOutWording(text);
		const steps = lookUps.mock.calls.length;
		lookUps.mockRestore();
		// Three times 150 words; 2,000 look-ups a word are far more than any pattern begins with and reaches.
		expect(steps).toBeLessThan(3 * WORDS_READ * 2_000);
	});
});

describe('What an opt-out is about', () => {
	it.each([
		['please remove me from the list', 'please remove me from the booking'],
		['wie kann ich mich abmelden', 'ich möchte meinen Sohn vom Schwimmkurs abmelden'],
		['je veux me désinscrire', 'je veux désinscrire ma fille du cours de danse'],
		['quiero darme de baja', 'quiero dar de baja la línea de internet'],
		['hou op', 'hou op, zo mooi'],
		['stop it', "Stop it, that's gorgeous"],
		['Guten Tag. Stopp', 'Guten Tag. Stopp, kleine Korrektur: drei Stück'],
		['Stopp, kleine Korrektur: keine Nachrichten mehr', 'Stopp, kleine Korrektur: keine Zwiebeln mehr'],
		['arrêtez', "arrêtez, c'est trop beau"],
		["please don't message this number", "please don't message my old number"],
		['non scrivetemi più', 'non scrivetemi più sul vecchio numero'],
	])('"%s" lets a person go, "%s" does not', (optOut, other) => {
		expect(readOptOutWording(optOut)).toBe('optOut');
		expect(readOptOutWording(other)).not.toBe('optOut');
	});

	it.each([
		['do not write to me', 'do not write anything on the cake'],
		['stop', 'the stop light is broken'],
		['stop now', 'stop and go on the motorway'],
		['stop sending these recipes', 'never stop sending these recipes'],
		['delete my number', 'I deleted your mail by mistake'],
		['take me off the list', "please don't take me off the list"],
		['toglietemi dalla lista', 'per favore non toglietemi dalla lista'],
		['basta messaggi', 'ho cancellato per sbaglio i vostri messaggi'],
		['nehmt mich aus der Liste', 'nehmt mich bitte nicht aus der Liste'],
		['hört auf, mir zu schreiben', 'hört bloß nie auf, diese Rezepte zu schicken'],
		['retirez-moi de la liste', 'surtout ne me retirez pas de la liste'],
		['désabonnez-moi', "je me suis désabonné par erreur, c'est mon fils"],
		['sáquenme de la lista', 'por favor no me saquéis de la lista'],
		['quiero darme de baja', 'si me doy de baja, ¿puedo volver?'],
		['me tirem da lista', 'por favor não me tirem da lista'],
		['quero sair da lista', 'saí da lista sem querer'],
		['haal me van de lijst', 'haal me alsjeblieft niet van de lijst'],
		['meld me af', 'ik heb me per ongeluk afgemeld'],
		['meld mij a.u.b. af voor al uw berichten', 'stop nooit met die recepten'],
	])('"%s" lets a person go; "%s", which takes it back or speaks of something else, does not', (optOut, other) => {
		expect(verdictOn(optOut)).toBe('optOut');
		expect(verdictOn(other)).not.toBe('optOut');
	});

	it('is about us where a word for messages stands beside the other thing', () => {
		for (const text of [
			'stop the messages about my booking',
			'cancella il mio numero dopo questo ordine',
			'I have my order and want no more messages',
		])
			expect(readOptOutWording(text)).toBe('optOut');
	});

	it('is not changed by what is said of something else after "and" or "but"', () => {
		expect(readOptOutWording('take me off the list but keep the booking')).toBe('optOut');
	});

	it('hears a plus sign as "more"', () => {
		for (const text of ['no + mensajes', 'nn scrivetemi +', 'não quero + mensagens'])
			expect(readOptOutWording(text)).toBe('optOut');
	});
});

describe('The tables', () => {
	it('have no class that no pattern uses, and no pattern twice', () => {
		for (const [
			language,
			{ words, ours, elsewhere, ordinary, doubtful, optOut, hints, inJest, otherNumber },
		] of Object.entries(optOutTables)) {
			const all = [...ordinary, ...doubtful, ...optOut, ...hints, ...inJest, ...otherNumber, ours];
			expect([language, ours.split(' ').filter((word) => elsewhere.split(' ').includes(word))]).toEqual([language, []]);
			expect([
				language,
				Object.keys(words).filter((name) => !all.some((pattern) => pattern.includes(`<${name}>`))),
			]).toEqual([language, []]);
			for (const list of [ordinary, doubtful, optOut, hints, inJest, otherNumber])
				expect([language, list.filter((pattern, index) => list.indexOf(pattern) !== index)]).toEqual([language, []]);
		}
	});

	it.each([
		['stop .. <send>', 'stop all of this sending', 5],
		['stop .. <send>', 'stop a b c d sending', -1],
		['stop me? now', 'stop now', 2],
		['^ stop $', 'stop it', -1],
		['reply stop *', 'reply stop to end this', 5],
		['ende*', 'endet', 1],
	])('read "%s" in "%s"', (pattern, text, end) => {
		const words = text.split(' ').map((word) => [word, `${word.slice(0, 4)}*`]);
		expect(matchAt(compilePattern(pattern, new Map([['send', ['sending']]])), words, 0)).toBe(end);
	});

	it.each(['.. stop', 'stop ..', 'a? b?', '<nothing> x'])('refuse the pattern "%s"', (pattern) => {
		expect(() => compilePattern(pattern, new Map())).toThrow(`"${pattern}"`);
	});
});

describe('Words that stand alone', () => {
	it.each([
		'STPO',
		'SOTP',
		'stoppp',
		'STOOOOP',
		's t o p',
		'sto p',
		'St0p',
		'Kündigen',
		'kuendigen',
		'AUFHOEREN',
		'aufhören!!!',
		'desabonner',
		'unsubscrbe',
		'abmeldn',
		'afmeldn',
		'ab melden',
		'BASTA!!!',
		'bastaaa',
	])('"%s" is an opt-out', (text) => {
		expect(verdictOn(text)).toBe('optOut');
	});

	it.each([
		'fine',
		'Fine!',
		'ok',
		'no',
		'anmelden',
		'anmeldn',
		'subscribed',
		'start the order',
		'starte die Bestellung',
		'cancel order',
		'annulla ordine',
		'basta così',
		'bus stop',
		'non-stop',
	])('"%s" is none', (text) => {
		expect(verdictOn(text)).not.toBe('optOut');
	});

	it('opt in only as they are: a slip of the finger, or free wording, never does', () => {
		for (const word of startWords) {
			if (word.length < 6) continue;
			const slip = `${word.slice(0, 2)}${word.slice(3)}`;
			if (!startWords.has(slip)) expect([slip, parseText(slip, 'text').kind]).not.toEqual([slip, 'start']);
		}
		for (const text of [
			'please subscribe me to everything',
			'I want to start receiving offers',
			'iscrivimi alla lista per favore',
		])
			expect(saidWithoutGroup(parseText(text, 'text')).kind).toBe('message');
	});

	it.each([...helpWords, ...helpPhrases, '?', '???', ' ? ', '¿?'])('"%s" asks for help', (text) => {
		expect(parseText(text, 'text')).toEqual({
			kind: 'help',
			shortcode: null,
			invitationCode: null,
			looksLikeOptOut: false,
		});
	});
});
