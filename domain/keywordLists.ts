/**
 * The words that opt in, opt out and ask for help, folded as by domain/foldText.ts: no accents, lower case.
 * A word stands here only where, alone in a message, it can hardly mean anything else.
 */
const start = {
	en: ['start', 'subscribe', 'unstop', 'join', 'optin'],
	it: ['inizia', 'iscrivimi', 'iscrizione', 'attiva'],
	de: ['anmelden', 'starten', 'beginnen'],
	fr: ['commencer', 'demarrer', 'inscription'],
	es: ['empezar', 'comenzar', 'alta', 'suscribir', 'suscribirme'],
	pt: ['iniciar', 'comecar', 'inscrever', 'assinar'],
	nl: ['aanmelden', 'inschrijven', 'beginnen'],
};

const stop = {
	en: ['stop', 'stopall', 'unsubscribe', 'optout', 'cancel', 'end', 'quit', 'revoke', 'remove'],
	it: ['basta', 'cancellami', 'cancellazione', 'disiscrivi', 'disiscrivimi', 'disattiva', 'annulla', 'rimuovimi', 'ferma'],
	de: ['stopp', 'stoppen', 'abmelden', 'abbestellen', 'austragen', 'kundigen', 'ende', 'aufhoren'],
	fr: ['arret', 'arreter', 'arretez', 'desabonner', 'desabonnement', 'desinscrire', 'desinscription', 'fin'],
	es: ['alto', 'baja', 'parar', 'detener', 'cancelar', 'desuscribir', 'desuscribirme'],
	pt: ['pare', 'parar', 'sair', 'cancelar', 'remover', 'descadastrar'],
	nl: ['stoppen', 'afmelden', 'uitschrijven', 'opzeggen', 'einde'],
};

const help = {
	en: ['help', 'info'],
	it: ['aiuto'],
	de: ['hilfe'],
	fr: ['aide'],
	es: ['ayuda'],
	pt: ['ajuda'],
	nl: ['hulp'],
};

export const startWords: ReadonlySet<string> = new Set(Object.values(start).flat());
export const stopWords: ReadonlySet<string> = new Set(Object.values(stop).flat());
export const helpWords: ReadonlySet<string> = new Set(Object.values(help).flat());

/** Stop words that begin no ordinary sentence: a text that begins with one is about leaving. */
export const plainStopWords: ReadonlySet<string> = new Set([
	...['stop', 'stopall', 'stopp', 'unsubscribe', 'optout', 'disiscrivimi', 'cancellami', 'abmelden', 'abbestellen'],
	...['arret', 'desabonner', 'desinscrire', 'desuscribir', 'desuscribirme', 'descadastrar', 'afmelden', 'uitschrijven'],
]);
