import fc from 'fast-check';

import { parseText, saidWithoutGroup } from '../../domain/keyword';

/** Where no group is called like a courtesy. @param isNamed whether the text names a group that there is. */
const read = (text: string, isNamed: boolean) => {
	const words = parseText(text, 'text');
	const { kind, shortcode, invitationCode } = isNamed ? words : saidWithoutGroup(words);
	return { kind, shortcode, invitationCode };
};

/** Greeting, keywords, courtesy and leave-taking of one language. */
const languages = {
	en: {
		greetings: ['Hi', 'Good morning', 'Dear team'],
		start: 'start',
		stop: 'stop',
		help: 'help',
		courtesies: ['please', 'pls', 'thanks a lot', 'thank you so much'],
		closings: ['Regards', 'Best wishes', 'Cheers'],
	},
	it: {
		greetings: ['Ciao', 'Buongiorno'],
		start: 'iscrivimi',
		stop: 'cancellami',
		help: 'aiuto',
		courtesies: ['per favore', 'per cortesia', 'grazie mille'],
		closings: ['Cordiali saluti', 'Grazie'],
	},
	de: {
		greetings: ['Hallo', 'Guten Tag', 'Moin'],
		start: 'anmelden',
		stop: 'abmelden',
		help: 'Hilfe',
		courtesies: ['bitte', 'vielen Dank', 'besten Dank im Voraus'],
		closings: ['MfG', 'Liebe Grüße'],
	},
	fr: {
		greetings: ['Bonjour', 'Salut'],
		start: 'inscription',
		stop: 'désabonner',
		help: 'aide',
		courtesies: ['svp', "s'il vous plaît", 'merci beaucoup'],
		closings: ['Cordialement', 'Merci'],
	},
	es: {
		greetings: ['Hola', 'Buenos días'],
		start: 'alta',
		stop: 'baja',
		help: 'ayuda',
		courtesies: ['por favor', 'porfa'],
		closings: ['Saludos', 'Gracias'],
	},
	pt: {
		greetings: ['Olá', 'Bom dia'],
		start: 'inscrever',
		stop: 'sair',
		help: 'ajuda',
		courtesies: ['por favor', 'pfv'],
		closings: ['Cumprimentos', 'Obrigada'],
	},
	nl: {
		greetings: ['Hoi', 'Goedemiddag'],
		start: 'aanmelden',
		stop: 'afmelden',
		help: 'hulp',
		courtesies: ['graag', 'alstublieft', 'alvast bedankt'],
		closings: ['Groet', 'Met vriendelijke groet'],
	},
} as const;

const quotes = [
	['', ''],
	['"', '"'],
	['«', '»'],
	['„', '“'],
	['“', '”'],
	["'", "'"],
	['*', '*'],
	['‹', '›'],
	['(', ')'],
] as const;
const cases = [(text: string) => text, (text: string) => text.toUpperCase(), (text: string) => text.toLowerCase()];

describe('A keyword in what people put around it', () => {
	it.each([
		['start please', 'start', null],
		['help pls', 'help', null],
		['Good morning, STOP NEWS please. Regards\nAnna Berger', 'stop', 'news'],
		['START «VIP» thanks a lot', 'start', 'vip'],
		['unsubscribe yoga thx', 'stop', 'yoga'],
		['Hola, alta NEWS', 'start', 'news'],
		['Exmos. Senhores,\nSTOP MENU\nAtenciosamente,\nM. Figueiredo', 'stop', 'menu'],
		['stop  yoga ✋ ciao, Ale', 'stop', 'yoga'],
		['Hello\nStart Yoga\nPriya x', 'start', 'yoga'],
		['bonjour aide svp ?', 'help', null],
	])('%j is %s %s', (text, kind, shortcode) => {
		expect(read(text, shortcode !== null)).toMatchObject({ kind, shortcode });
	});

	it.each([
		'Hi, start NEWS? no thanks',
		'START NEWS, non grazie',
		'please start sending the parcel',
		'Hello, when does it start please?',
		'Hi, shall I start please?',
		'not start please',
		'Hi Anna, I will start tomorrow. Thanks',
		'start, maybe later',
	])('%j opts nobody in', (text) => {
		expect(saidWithoutGroup(parseText(text, 'text')).kind).not.toBe('start');
	});

	it.each([
		'Hello, cancel my appointment please',
		'Hi, end of month please. Thanks',
		'Guten Tag, Ende Mai bitte. MfG Petra',
	])('%j lets nobody go where no group has that name', (text) => {
		expect(saidWithoutGroup(parseText(text, 'text')).kind).toBe('message');
	});

	it.each([
		'ciao, vorrei stop NEWS',
		'Hi, I would like to stop NEWS please',
		'can you stop NEWS?',
		'Hallo, ich möchte bitte stop NEWS',
		'bonjour, je voudrais stop NEWS svp',
		'buenas, quiero baja NEWS',
		'olá, queria parar NEWS obrigada',
		'hoi, ik wil graag stop NEWS',
		'NEWS stop please',
		'STOP the NEWS',
		'stop bitte NEWS',
		'unsubscribe from NEWS, thanks in advance',
		'STOP gruppo NEWS a presto',
		'STOP NEWS. Non mi servono più',
		'baja NEWS si son tan amables',
		'Olá, parar NEWS. Um bom dia',
		'STOP NEWS - Joe',
		'stop NEWS\nJan de Vries',
	])('%j leaves the group it names, and registers nobody where there is none', (text) => {
		expect(read(text, true)).toMatchObject({ kind: 'stop', shortcode: 'news' });
		const { kind, looksLikeOptOut } = saidWithoutGroup(parseText(text, 'text'));
		expect(kind === 'stop' || looksLikeOptOut).toBe(true);
	});

	it('registers nobody by a text that holds a stop word, whatever stands around it', () => {
		const someWord = fc.oneof(
			fc.stringMatching(/^q[bcdfgz]{3,8}$/),
			fc.constantFrom(
				'hello',
				'vorrei',
				'bitte',
				'START',
				'NEWS',
				'merci',
				'por',
				'favor',
				'-',
				'.',
				',',
				'"',
				'👋',
				'\n',
			),
		);
		const around = fc.array(someWord, { maxLength: 8 });
		fc.assert(
			fc.property(around, fc.constantFrom('stop', 'STOP', 'unsubscribe', 'optout'), around, (before, stop, after) => {
				const text = [...before, stop, ...after].join(' ');
				const { kind, looksLikeOptOut } = saidWithoutGroup(parseText(text, 'text'));
				expect([text, kind === 'stop' || looksLikeOptOut]).toEqual([text, true]);
			}),
			{ numRuns: 3_000 },
		);
	});

	it.each([
		'STOP. Have a great day',
		'Stop, see you soon - Joe',
		'basta. A presto',
		'STOP e buona giornata',
		'stop, schönen Tag noch',
		'Abmelden. Auf Wiedersehen',
		'STOP, bonne soirée. À bientôt',
		'désabonner, si possible',
		'baja. Que tengan buen día',
		'stop. Que le vaya bien, hasta luego',
		'parar muito obrigada',
		'sair, tenham um bom dia',
		'afmelden, fijne dag nog',
		'stop. Tot ziens',
		'STOP\n-- \nDr. Hans von der Heide',
		'stop - Joe',
		'STOP\nJan de Vries',
	])('%j ends everything, whatever courtesy and whoever signs', (text) => {
		expect(read(text, false)).toMatchObject({ kind: 'stop', shortcode: null });
	});

	it.each([
		'START. Have a great day',
		'START - Joe',
		'START\nJan de Vries',
		'iscrivimi, a presto',
		'anmelden. Schönen Abend noch',
		'inscription, bonne journée',
		'alta. Que tengan buen día',
		'inscrever, tenham um bom dia',
		'aanmelden, fijne avond',
		'Buongiorno, vorrei START grazie',
		'Hi, how are you? START please',
		'Ciao, come va? iscrivimi',
		'Hallo, wie geht es euch? Anmelden bitte',
		'Bonjour, ça va ? Inscription svp',
		'Hola, ¿qué tal? Alta por favor',
		'Olá, tudo bem? Inscrever, por favor',
		'Hoi, alles goed? Aanmelden graag',
	])('%j opts in, whatever courtesy and whoever signs', (text) => {
		expect(read(text, false)).toMatchObject({ kind: 'start', shortcode: null });
	});

	it.each([
		'help NEWS',
		'AIUTO NEWS grazie',
		'Hilfe NEWS bitte',
		'aide NEWS svp',
		'ayuda NEWS',
		'ajuda NEWS pfv',
		'hulp NEWS',
	])('%j asks for help with a group, where there is such a one', (text) => {
		expect(read(text, true)).toMatchObject({ kind: 'help', shortcode: 'news' });
		expect(saidWithoutGroup(parseText(text, 'text')).kind).toBe('message');
	});

	it.each([
		'start maybe',
		'Start later',
		'START. vielleicht',
		'start, mais tarde',
		'I want to start',
		'START un gimnasio',
		'start met sporten',
		'Start? Thanks',
		'Hi, when? START',
		'I will start NEWS',
	])('%j opts nobody in by a guess', (text) => {
		expect(saidWithoutGroup(parseText(text, 'text')).kind).toBe('message');
	});

	it('is understood in every language and dress, with its shortcode or without', () => {
		const dressed = fc.constantFrom(...Object.values(languages)).chain((language) =>
			fc.record({
				greeting: fc.constantFrom(
					'',
					...language.greetings.map((greeting) => `${greeting}, `),
					...language.greetings.map((greeting) => `${greeting}\n`),
				),
				keyword: fc.constantFrom(
					...(['start', 'stop'] as const).map((kind) => ({ kind, word: language[kind] })),
					{ kind: 'start' as const, word: 'START' },
					{ kind: 'stop' as const, word: 'STOP' },
				),
				shortcode: fc.constantFrom('', 'NEWS', 'VIP', 'Yoga'),
				quote: fc.constantFrom(...quotes),
				inCase: fc.constantFrom(...cases),
				courtesy: fc.constantFrom(
					'',
					...language.courtesies.map((courtesy) => ` ${courtesy}`),
					...language.courtesies.map((courtesy) => `, ${courtesy}`),
				),
				closing: fc.constantFrom(
					'',
					...language.closings.map((closing) => `. ${closing} Anna`),
					...language.closings.map((closing) => `\n${closing}\nAnna Berger`),
				),
			}),
		);
		fc.assert(
			fc.property(dressed, ({ greeting, keyword, shortcode, quote, inCase, courtesy, closing }) => {
				const said = inCase(shortcode === '' ? keyword.word : `${keyword.word} ${shortcode}`);
				const text = `${greeting}${quote[0]}${said}${quote[1]}${courtesy}${closing}`;
				expect([text, read(text, shortcode !== '')]).toEqual([
					text,
					{ kind: keyword.kind, shortcode: shortcode === '' ? null : shortcode.toLowerCase(), invitationCode: null },
				]);
			}),
			{ numRuns: 5_000 },
		);
	});
});
