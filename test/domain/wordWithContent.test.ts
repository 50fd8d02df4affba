import { parseText, saidWithoutGroup } from '../../domain/keyword';
import { plainStopWords, stopWords } from '../../domain/keywordLists';

const read = (text: string) => saidWithoutGroup(parseText(text, 'text'));

describe('A word of opting out that begins many sentences', () => {
	it.each([
		...[
			'Alto Adige',
			'Quit smoking',
			'baja California',
			'fin',
			'Fin',
			'end of the month',
			'Stop by tomorrow?',
			'stop by',
			'End of May',
		],
		...[
			'Ende Mai',
			'Ende gut',
			'basta pasta',
			'Chega amanhã',
			'baja laboral',
			'Salir tarde',
			'sair cedo',
			'einde dag',
			'cancel meeting',
			'stop smoking',
		],
	])('lets nobody go in %j, where no group is called so', (text) => {
		expect(read(text).kind).toBe('message');
	});

	it('with a word that no group has is asked about, in any language', () => {
		for (const word of [...stopWords].filter((each) => !plainStopWords.has(each))) {
			const words = read(`${word} qbcdfg`);
			expect([word, words.kind === 'stop' || words.isDoubtful === true]).toEqual([word, true]);
		}
	});

	it('with a word that no group has lets go where it stands for nothing else', () => {
		for (const word of plainStopWords) expect([word, read(`${word} qbcdfg`).kind]).toEqual([word, 'stop']);
	});

	it.each([
		['annulla news', 'news'],
		['Alto Adige', 'adige'],
		['quit smoking', 'smoking'],
	])('%j leaves the group that is called so', (text, shortcode) => {
		expect(parseText(text, 'text')).toMatchObject({ kind: 'stop', shortcode });
	});

	it.each([
		...['Não quero receber', 'Non voglio ricevere'],
		...[
			'Blocca promozioni',
			'blocca tutto',
			'Block messages',
			'block offers',
			'Mute messages',
			'bloquear mensajes',
			'bloquer les promos',
			'bloquear promoções',
			'blokkeer reclame',
		],
		...[
			'Angebote stoppen',
			'Werbung aus',
			'aanbiedingen stoppen',
			'messages off',
			'reclame uit',
			'promozioni basta',
			'nessuna pubblicità',
			'sin publicidad',
		],
		...[
			'Leave list',
			'leave group',
			'quit group',
			'exit list',
			'lascia la lista',
			'esci dalla lista',
			'Liste verlassen',
			'Gruppe verlassen',
			'salir lista',
			'sair lista',
			'lijst verlaten',
			'verlaat lijst',
		],
		...[
			'Cancel subscription',
			'end messages',
			'remove number',
			'annulla tutto',
			'basta messaggi',
			'baja definitiva',
			'cancelar suscripción',
			'parar mensagens',
		],
	])('and other short wishes: %j lets go', (text) => {
		expect(read(text).kind).toBe('stop');
	});

	it.each(['Ich will nichts bekommen', 'Ik wil niets ontvangen', "I don't want to receive"])(
		'%j is asked about',
		(text) => {
			expect(read(text)).toMatchObject({ kind: 'message', isDoubtful: true });
		},
	);

	it.each([
		'leave the parcel at the door',
		'Leave it',
		'block of flats',
		'Licht aus',
		'lights off',
		'lascia stare',
		'salir a las 8',
		'sair de casa',
		'huis verlaten',
		'20% off',
	])('%j lets nobody go', (text) => {
		expect(read(text).kind).toBe('message');
	});
});
