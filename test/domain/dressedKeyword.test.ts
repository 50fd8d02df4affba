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
		'baja. Que tengan buen día',
		'baja NEWS si son tan amables',
		'parar muito obrigada',
		'Olá, parar NEWS. Um bom dia',
	])('%j registers nobody, though its courtesy is in no list', (text) => {
		const { kind, looksLikeOptOut } = saidWithoutGroup(parseText(text, 'text'));
		expect(kind === 'stop' || looksLikeOptOut).toBe(true);
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
