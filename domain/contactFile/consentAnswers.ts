import type { ConsentColumn } from './consentColumns';

/** What a cell says of its person's consent; null: nothing. */
export type ConsentAnswer = 'yes' | 'no' | 'notUnderstood' | null;

/** All folded: lower case, without accents, signs as single spaces. */
const YES = setOf(
	`yes y ja j si s oui o sim true wahr vrai vero verdadero verdadeiro waar 1 on x ok okay checked accepted given
	granted agreed allowed enabled accettato dato akzeptiert erteilt erlaubt accepte donne aceptado dado aceito
	akkoord gegeven`,
	'yes please, ja bitte, ja gerne, si grazie, oui merci',
);
const NO = setOf(
	`no n nein non nee nao false falsch faux falso onwaar 0 off none never nie niemals mai jamais nunca nooit
	nessuno nessuna nessun keine keiner kein keines nicht aucun aucune ninguno ninguna nenhum nenhuma geen null
	nil undefined nan a na unchecked disabled unknown unbekannt sconosciuto inconnu desconocido
	desconhecido onbekend`,
	`n a, not given, not granted, non dato, nicht erteilt, non donne, no dado, nao dado, niet gegeven`,
);
const IN = setOf(
	`subscribed active confirmed verified enabled valid optin doi start unstop iscritto iscritta attivo attiva
	confermato confermata abonniert angemeldet eingetragen aktiv bestatigt abonne abonnee inscrit inscrite actif
	confirme suscrito suscrita inscrito inscrita activo confirmado ativo confirmada ingeschreven aangemeld actief
	bevestigd`,
	`not blocked, opt in, opted in, double opt in, single opt in, marketing contact, not suppressed, not unsubscribed,
	never unsubscribed, not opted out, not bounced`,
);
const OUT = setOf(
	`unsubscribed unsubscribe unsub cleaned bounced bounce suppressed inactive deactivated complained complaint
	complainer abuse spam blocked blacklisted blocklisted optout stop stopped withdrawn revoked removed deleted
	redacted unconfirmed pending undelivered undeliverable declined denied rejected refused expired lapsed
	nonsubscribed invalid transactional dnc disiscritto disiscritta
	cancellato cancellata disattivato inattivo inattiva revocato revocata bloccato sospeso rimosso
	abgemeldet ausgetragen abbestellt deaktiviert inaktiv gesperrt blockiert widerrufen widersprochen geloscht
	unbestatigt ausstehend desabonne desabonnee desinscrit desinscrite inactif bloque bloquee
	revoque supprime baja bajas cancelado cancelada inactivo inactiva bloqueado bloqueada
	revocado pendiente eliminado descadastrado descadastrada inativo inativa revogado pendente
	removido uitgeschreven afgemeld inactief geblokkeerd ingetrokken onbevestigd verwijderd`,
	`not subscribed, non marketing contact, in attesa, nicht angemeldet, pas de consentement, sin consentimiento, opt out, opted out, hard bounced, hard bounce, soft bounced, soft bounce, spam complaint, non subscribed,
	never subscribed, not confirmed, not active, not opted in, no consent, no opt in, do not contact, do not call,
	do not text, marked as spam, reported spam, awaiting confirmation, waiting for confirmation, non iscritto,
	non confermato, nessun consenso, non attivo, nicht abonniert, nicht bestatigt, nicht aktiv, keine einwilligung,
	keine zustimmung, keine werbung, non inscrit, non abonne, non confirme, en attente, sans consentement,
	dado de baja, dada de baja, no suscrito, no confirmado, nao inscrito, nao confirmado, sem consentimento,
	niet ingeschreven, niet bevestigd, geen toestemming`,
);
/** Words that, at the beginning of a longer text, say enough: `unsubscribed on 2 May`, `widerrufen am…`. */
const BEGINS_WITH_NO =
	/^(?:unsub|opted? out|withdrawn|revoked|no consent|no opt in|not (?:given|subscribed|consented|agreed|opted|allowed)|without consent|never (?:subscribed|consented|agreed)|bounced|suppressed|blacklisted|blocklisted|complain|disiscritt|revocat|nessun consenso|senza consenso|abgemeldet|ausgetragen|widerruf|widersp|keine? (?:einwilligung|zustimmung|werbung|newsletter|sms)|ohne (?:einwilligung|zustimmung)|desabonn|desinscri|retire|sans consentement|aucun consentement|dad[oa] de baja|revocad|sin consentimiento|descadastr|revogad|sem consentimento|uitgeschreven|afgemeld|ingetrokken|geen toestemming)/;
const DATE = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})(?:$|[ T,])/;
const EPOCH = /^1\d{9}(?:\d{3})?$/;
const TICK = /^[✓✔☑✅]\uFE0F?$/u;

/** The days that databases have for none: `0000-00-00 00:00:00`. */
export function isNoDay(text: string): boolean {
	return /^(?:0000[-/.]00[-/.]00|00[./-]00[./-]0000)(?:$|[ T].*)/.test(text);
}

/** Whether a text that is to say how somebody agreed says that they did not. */
export function saysNo(text: string): boolean {
	const folded = foldedAnswer(text);
	return NO.has(folded) || OUT.has(folded) || BEGINS_WITH_NO.test(folded) || folded === '';
}

/** @param text trimmed; '' for an empty cell. */
export function answerOf({ asks, isSure }: ConsentColumn, text: string): ConsentAnswer {
	const folded = foldedAnswer(text);
	const isTick = TICK.test(text);
	const isNothing = !isTick && (folded === '' || isNoDay(text));
	if (asks === 'refusal') return isNothing || NO.has(folded) || IN.has(folded) ? null : 'no';
	if (asks === 'state') return text.split(/[,;|]|:::/).some(isOut) ? 'no' : null;
	if (isNothing) return isSure || text !== '' ? 'no' : null;
	if (NO.has(folded) || isOut(text)) return 'no';
	if (isTick || YES.has(folded) || IN.has(folded) || DATE.test(text) || EPOCH.test(text)) return 'yes';
	return isSure ? 'notUnderstood' : null;
}

function isOut(text: string): boolean {
	const folded = foldedAnswer(text);
	return OUT.has(folded) || BEGINS_WITH_NO.test(folded);
}

function foldedAnswer(text: string): string {
	return text
		.slice(0, 200)
		.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
		.normalize('NFKD')
		.toLowerCase()
		.replace(/\p{M}/gu, '')
		.replace(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();
}

function setOf(words: string, phrases: string): Set<string> {
	return new Set([...words.trim().split(/\s+/), ...phrases.split(',').map((phrase) => phrase.trim())]);
}
