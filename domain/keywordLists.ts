import { typedForms } from './wordPattern';

/**
 * The words that opt in, opt out and ask for help, as they are spelled; compared without accents and capitals, ü also written ue.
 * A word stands here only where, alone in a message, it can hardly mean anything else. Where it might ("end", "alto"), whoever is let go in doubt
 * is told so and can come back by START; "fine" is missing, because in English it is "OK".
 */
const start = {
	en: 'start startt strat satrt statr subscribe unstop join optin signup',
	it: 'inizia iniziare iscrivimi iscrivetemi iscrizione attiva attivami',
	de: 'anmelden anmeldung starten beginnen',
	fr: 'commencer démarrer inscription inscrire abonner',
	es: 'empezar comenzar alta suscribir suscribirme suscríbeme inscribirme apúntame',
	pt: 'iniciar começar inscrever assinar aderir',
	nl: 'aanmelden inschrijven beginnen',
};

const stop = {
	en: 'stop stopit stopall stops stopped stopping stpo sotp tsop stopp st0p sotop stoo stopo stob stio unsubscribe unsub unsuscribe unsubscribed optout cancel end quit revoke remove removeme',
	it: 'basta cancellami cancellatemi cancellarmi cancellare cancellazione disiscrivi disiscrivimi disiscrivetemi disiscrivermi disiscrizione disinscrivimi disinscrivermi disattiva disattivare annulla annullare rimuovimi rimuovetemi rimuovi toglimi toglietemi eliminami eliminatemi ferma fermate fermatevi smettila smettetela smettete disdetta disdire disdico recesso',
	de: 'stoppt stoppe stoppen abmelden abmeldung abbestellen abbestellung austragen kündigen kündigung kündige ende beenden aufhören schluss löschen widerruf widerrufen widerspruch abbrechen abstellen',
	fr: 'arrêt arrêter arrêtez arrête désabonner désabonnez désabonnement désinscrire désinscription désinscrivez résilier résiliation supprimer supprimez annuler cessez',
	es: 'alto baja parar paren detener cancelar cancela desuscribir desuscribirme desuscríbeme desuscripción desubscribir bórrame bórrenme borrarme elimíname elimínenme eliminarme quítame quítenme sácame sáquenme salir',
	pt: 'pare parem parar sair cancelar remover remova descadastrar descadastre descadastro desinscrever desinscrição chega encerrar',
	nl: 'stoppen stopt afmelden afmelding uitschrijven uitschrijving opzeggen opzegging einde beëindigen ophouden stopzetten',
	// Of other alphabets, so that nobody who writes in one is overheard.
	other:
		'стоп отписаться отпишите отписка відписатися отпиши στοπ διαγραφή توقف قف إيقاف ايقاف הסר הסירו עצור 停止 停 退订 退訂 取消订阅 配信停止 ストップ 수신거부 중지 스톱 หยุด रोकें स्टॉप',
};

const help = {
	en: 'help info information hlep helpme hepl halp infos',
	it: 'aiuto aiutami aiutatemi informazioni assistenza',
	de: 'hilfe hilf hilfeee informationen',
	fr: 'aide aidez aider informations assistance',
	es: 'ayuda ayúdame ayúdenme ayudar información',
	pt: 'ajuda ajude ajudar informação informações',
	nl: 'hulp informatie',
};

/** Whole messages that ask for help. */
const helpTexts = [
	...[
		'help me',
		'help please',
		'please help',
		'please help me',
		'help me please',
		'i need help',
		'need help',
		'can you help me',
		'more info',
		'info please',
	],
	...[
		'mi serve aiuto',
		'ho bisogno di aiuto',
		'aiuto per favore',
		'aiutami per favore',
		'potete aiutarmi',
		'mi aiutate',
	],
	...[
		'bitte hilfe',
		'hilfe bitte',
		'hilf mir',
		'helft mir',
		'helfen sie mir',
		'ich brauche hilfe',
		'können sie mir helfen',
		'bitte helfen sie mir',
	],
	...['aidez moi', 'aide moi', 'aide svp', 'à l aide', 'j ai besoin d aide', 'besoin d aide', 'pouvez vous m aider'],
	...['ayuda por favor', 'necesito ayuda', 'me pueden ayudar', 'pueden ayudarme', 'me ayuda', 'me ayudas'],
	...['preciso de ajuda', 'me ajuda', 'me ajude', 'me ajudem', 'ajuda por favor', 'ajudem me', 'pode me ajudar'],
	...[
		'help mij',
		'help me aub',
		'hulp nodig',
		'ik heb hulp nodig',
		'hulp aub',
		'kunt u mij helpen',
		'help me alsjeblieft',
	],
];

const allOf = (lists: Record<string, string>): ReadonlySet<string> =>
	new Set(Object.values(lists).flatMap((words) => words.split(' ').flatMap(typedForms)));

export const startWords: ReadonlySet<string> = allOf(start);
export const stopWords: ReadonlySet<string> = allOf(stop);
export const helpWords: ReadonlySet<string> = allOf(help);
export const helpPhrases: ReadonlySet<string> = new Set(helpTexts.flatMap(typedForms));

/**
 * Stop words that begin no ordinary sentence: a text that begins with one is about leaving. They are understood with a slip of the finger, too.
 */
export const plainStopWords: ReadonlySet<string> = allOf({
	en: 'stop stopall stopp stpo sotp st0p unsubscribe unsub unsuscribe optout',
	it: 'disiscrivimi disiscrivetemi disiscrivermi disiscrizione cancellami cancellatemi',
	de: 'abmelden abmeldung abbestellen abbestellung austragen',
	fr: 'désabonner désabonnement désinscrire désinscription',
	es: 'desuscribir desuscribirme desubscribir',
	pt: 'descadastrar descadastre',
	nl: 'afmelden uitschrijven uitschrijving',
	other: stop.other,
});

/** Alone they refuse something: perhaps what the company asks, perhaps its messages. */
export const refusals: ReadonlySet<string> = allOf({
	en: 'no nope nah noo never',
	it: 'no',
	de: 'nein nö nee niemals',
	fr: 'non jamais fin',
	es: 'no nunca',
	pt: 'não nunca jamais',
	nl: 'nee neen nooit',
	other: 'нет ні όχι لا לא 不 不要 いいえ 아니요',
});
