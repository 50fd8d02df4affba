import { foldedWords, foldLetters } from './foldText';

/**
 * What makes an opt-in uncertain. START lifts a STOP, so it counts only where nothing in the text speaks against it; whatever is not certain is an
 * ordinary message.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/).map(foldLetters));

/** Beside START they make it a complaint, a report of a fault, a quotation or a joke. */
const SPEAK_AGAINST = words(`
	not no nope nah nein nao nee don dont doesn didn won wouldn cannot cant never nothing none without against off out
	spam spammer spammers scam scammer scammers fake hoax fraud phishing wrong error mistake oops whoops undo ignore ignored hate hated block blocked report reported dislike disliked
	invalid failed failure expired closed forbidden unwanted unknown sorry rubbish junk bogus nonsense joke kidding false refuse refused rejected
	liked loved questioned emphasized emphasised laughed reacted forwarded fwd fw wrote quoted removed
	non niente nulla senza contro spento truffa falso falsa sbagliato sbagliata errore ops ignora ignorare odio blocca bloccato bloccata segnala segnalato
	fallito fallita scaduto scaduta chiuso chiusa vietato vietata rifiuto rifiutato piace piaciuto inoltrato inoltrata scherzo mai invalido
	nicht kein keine keinen nichts ohne gegen aus raus weg betrug falsch fehler fehlgeschlagen hoppla ups ignoriere ignorieren hasse blockieren blockiert blockier melden gemeldet
	ungueltig ungultig ungültig abgelaufen geschlossen verboten unerwuenscht unerwünscht verweigert gefaellt gefällt weitergeleitet wg nie niemals quatsch
	pas rien sans contre hors arnaque faux fausse erreur oups ignorer ignorez ignore deteste bloquer bloque signaler signale
	echoue echouee expire expiree ferme fermee interdit interdite refuse aime transfere tr jamais
	nada sin contra fuera estafa fraude falso falsa equivocado equivocada error ignorar odio bloquear bloqueado denunciar
	fallido fallida vencido vencida caducado caducada cerrado cerrada prohibido prohibida rechazado gusta gustado reenviado rv nunca jamas tampoco
	sem fora golpe errado errada erro ignorar ignore bloqueado bloqueada bloqueia denunciar falhou falhado expirado expirada fechado fechada proibido proibida
	recusado gostou gostei encaminhado encaminhada enc nunca nenhum nenhuma
	niet geen niets zonder tegen uit oplichting nep vals fout foutje oeps negeer haat blokkeer geblokkeerd ongeldig mislukt verlopen gesloten verboden
	geweigerd vond doorgestuurd nooit
`);

/** Behind START they say when, or what is to begin: "Start Monday". Where a group is called so, it is meant. */
const SAY_WHEN_OR_WHAT = words(`
	monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun today tonight tomorrow yesterday soon next week month year day time date
	january february march april may june july august september october november december up over again here there from at in on with it this that work
	lunedi martedi mercoledi giovedi venerdi sabato domenica oggi domani ieri stasera presto prossimo prossima settimana mese anno
	gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
	montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag heute morgen gestern bald naechste nächste woche monat jahr uhr um ab am im
	januar jänner februar märz maerz mai juni juli oktober dezember
	lundi mardi mercredi jeudi vendredi samedi dimanche aujourd demain hier bientot prochain prochaine semaine mois annee
	janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre
	lunes martes miercoles jueves viernes sabado domingo hoy ayer pronto proximo proxima semana mes ano
	enero febrero abril mayo junio julio septiembre octubre noviembre diciembre
	segunda terca quarta quinta sexta sabado hoje amanha ontem breve
	janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro
	maandag dinsdag woensdag donderdag vrijdag zaterdag zondag vandaag morgen gisteren straks volgende jaar maand januari februari maart mei augustus
`);

/** What agrees, is glad, or stands for no opinion at all: hearts, weather, plants, food, feasts, people at something, animals, things, flags. */
const AGREEING_EMOJI =
	/^[©®™☀☁☎☕☘☺♀♂♥♡✅✉✌✍✓✔✨❣❤➡⭐⏩▶\u{1f191}\u{1f197}\u{1f1e6}-\u{1f1ff}\u{1f300}-\u{1f3f0}\u{1f3fb}-\u{1f3ff}\u{1f400}-\u{1f44d}\u{1f44f}-\u{1f478}\u{1f47b}\u{1f47c}\u{1f481}-\u{1f493}\u{1f495}-\u{1f4a1}\u{1f4a5}\u{1f4aa}-\u{1f4c8}\u{1f4ca}-\u{1f4f3}\u{1f4f7}-\u{1f4fa}\u{1f514}\u{1f51b}\u{1f51d}\u{1f525}\u{1f57a}\u{1f5a4}\u{1f600}-\u{1f60f}\u{1f617}-\u{1f61d}\u{1f638}-\u{1f63b}\u{1f63d}\u{1f642}\u{1f643}\u{1f646}\u{1f647}\u{1f64b}\u{1f64c}\u{1f64f}\u{1f680}-\u{1f6a4}\u{1f6b2}\u{1f6b4}\u{1f6b5}\u{1f6cd}\u{1f6d2}\u{1f6f5}\u{1f90d}\u{1f90e}\u{1f917}-\u{1f919}\u{1f91b}-\u{1f91f}\u{1f929}\u{1f932}\u{1f938}-\u{1f945}\u{1f947}-\u{1f96f}\u{1f970}\u{1f973}\u{1f979}\u{1f97e}-\u{1f9ce}\u{1f9d1}-\u{1f9e7}\u{1f9e9}-\u{1f9ff}\u{1faf0}\u{1faf1}\u{1faf2}\u{1faf6}\d#*]$/u;
/** Signs by which people refuse, and what they shout stop with. */
const REFUSING_EMOJI =
	/[❌❎✖✗✘⛔☠\u270b\u{1f590}\u{1f91a}\u{1f645}\u{1f6ab}\u{1f6d1}\u{1f6b3}\u{1f6af}\u{1f44e}\u{1f595}\u{1f4f5}\u{1f507}\u{1f515}\u{1f92c}\u{1f621}\u{1f620}\u{1f624}\u{1f92e}\u{1f922}]/u;

/** Whether a text holds a sign of refusal: 🚫, 👎, 🛑. */
export const holdsRefusingEmoji = (text: string): boolean => REFUSING_EMOJI.test(text);

const holdsOnlyAgreeingEmoji = (text: string): boolean =>
	(text.match(/[\p{Extended_Pictographic}✗✘]/gu) ?? []).every(
		(emoji) => AGREEING_EMOJI.test(emoji) || foldedWords(emoji).length > 0,
	);

/** As mail and messengers mark what somebody else has written, and what is struck through. */
const isQuotedOrStruck = (text: string): boolean => /^[^\S\n]*(?:[>|]|&gt;)|~[^~]*\p{L}[^~]*~/mu.test(text);

const speaksAgainst = (text: string, shortcode: string | null): boolean =>
	isQuotedOrStruck(text) || foldedWords(text).some((word) => word !== shortcode && SPEAK_AGAINST.has(word));

/** More words are a sentence that only mentions starting. */
const FEW_WORDS = 4;

/** Whether a START in a short text is called a mistake, refused, quoted or struck through: that registers nobody, under any policy. */
export const isStartRefused = (text: string): boolean =>
	foldedWords(text).length <= FEW_WORDS && speaksAgainst(text, null);

/**
 * Whether something in a text makes its START uncertain, whatever groups there are.
 * @param shortcode the word taken for one: where a group is called so, it says nothing against START.
 */
export const isStartUncertain = (text: string, shortcode: string | null): boolean =>
	speaksAgainst(text, shortcode) || !holdsOnlyAgreeingEmoji(text);

/** Whether START and this word, which no group is called by, is a sentence about something else. */
export const isNoShortcode = (word: string): boolean => SPEAK_AGAINST.has(word) || SAY_WHEN_OR_WHAT.has(word);
