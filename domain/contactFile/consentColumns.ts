import { knownName } from './columnNames';

/**
 * A column that says whether somebody agreed: `consent` asks for it (a yes says they did), `refusal` asks for the contrary (a yes, or a
 * date, says they left), `state` holds what became of them.
 */
export interface ConsentColumn {
	asks: 'consent' | 'refusal' | 'state';
	/** A word of e-mail or WhatsApp alone yields to a clear yes to SMS in the same row. */
	about: 'sms' | 'otherChannel' | 'everything';
	/** The name can mean nothing else: an answer that is not understood, or none, is no consent. */
	isSure: boolean;
}

/**
 * Parts of names, letters and digits only, in English, Italian, German, French, Spanish, Portuguese and Dutch, and as exports have them:
 * Mailchimp (Status, UNSUB_TIME, CLEAN_TIME, OPTIN_TIME), Klaviyo (SMS Marketing Consent, Email Suppressions), Brevo (SMS_BLACKLISTED,
 * DOUBLE_OPT-IN), HubSpot (Unsubscribed from all email, Opted out of email: …, Marketing contact status), ActiveCampaign (Status, Unsubscribe
 * Reason), Twilio (OptOutType), Shopify (Accepts SMS Marketing, SMS Marketing: Status), WooCommerce (mailchimp_woocommerce_is_subscribed),
 * Salesforce (HasOptedOutOfEmail, DoNotCall), CleverReach (deactivated, bounced), rapidmail (status), MailPoet (Global status).
 */
const REFUSALS = wordsOf(`
	optout optsout optedout optingout unsub blacklist blocklist denylist suppress bounce complain spamreport donotcontact donotcall donotsms donotemail
	donotmail donottext donotsend donotmessage donotmarket donotdisturb dontcontact dontcall nocontact nosms nomarketing withdraw revoke revoca
	consentremoved declined denied excludedfrom deactivat inactiv deletedat isdeleted
	disiscri disabbona disattivat opposizione oppostoal rifiutat inattiv bloccato
	abmeld abgemeldet abbestell austrag ausgetragen widerruf widersp werbesperre werbeverbot werbestop kontaktsperre kontaktverbot sperrliste
	gesperrt sperrvermerk robinson deaktivi inaktiv abgelehnt verweigert
	desabonn desinscri desactiv oppositi refus bloque retraitduconsentement
	desuscri desubscri dadodebaja fechadebaja fechabaja bajasms bajaemail bajanewsletter revocad rechaz
	descadastr revogad recusad desativad bloquead
	uitgeschreven uitschrij afgemeld afmeld ingetrokken geblokkeerd`);
const REFUSALS_ALONE = wordsOf(
	'dnc dnd spam baja bajas stop blocked excluded gesperrt cleaned cleantime cleandate deleted',
);

const CONSENTS = wordsOf(`
	consent optin optsin optedin subscri newsletter permission gdpr dsgvo rgpd lgpd tcpa privacyaccept acceptsmarketing acceptmarketing
	acceptedmarketing acceptssms acceptsms acceptsemail allowsms allowmarketing smsallowed smsok smsenabled smsagree marketingcontact marketingallowed
	emailmarketing smsmarketing agreed agreement
	consenso consensi iscritt iscrizion autorizza accettamarketing accettasms
	einwillig zustimm einverstand erlaubnis werbeerlaubt smserlaubt werbungerlaubt werbungerwunscht abonnier angemeldet anmeldedatum
	abonne inscrit inscription autoris accordsms accordmarketing infolettre
	suscri autoriza aceptasms aceptamarketing aceptapublicidad
	inscric inscrit aceitasms aceitamarketing
	toestemming ingeschreven inschrijving aangemeld akkoord nieuwsbrief`);
const CONSENTS_ALONE = wordsOf(
	'doi marketing werbung advertising pubblicita publicite publicidad publicidade reclame promotions privacy',
);
/** `active`, `confirmed`: of a customer, of an account, or of a consent. */
const MAYBE_CONSENTS_ALONE = wordsOf(
	'active isactive enabled activated confirmed attivo confermato aktiv aktiviert bestatigt actif confirme activo confirmado ativo actief bevestigd',
);
const NEGATIONS = new Set(
	wordsOf('no not non never nicht kein keine keinen ohne senza pas sans sin nao sem geen niet zonder'),
);
const STATES = new Set(wordsOf('status state stato statut etat estado estatus zustand'));
/** Whose state it is: only then does it speak of people. */
const STATES_OF_PEOPLE = new Set(
	wordsOf(
		'contact kontakt contatto contacto contato customer kunde kunden kundenstatus cliente client user member mitglied person people',
	),
);
const STATES_OF_LISTS = new Set(
	wordsOf(
		'sms email mail e whatsapp text messaging marketing newsletter list global subscriber recipient empfanger phone mobile number',
	),
);
/** What else is kept of a consent, and says neither yes nor no. */
const BESIDE_THE_POINT = new Set(
	wordsOf(
		'url link href token key hash id uuid ip source quelle fonte fuente origin origine origem bron method methode text wording version form page level language plan product produkt price country region',
	),
);
const NO_ANSWER_TO_A_REFUSAL = new Set(wordsOf('url link href token key hash'));
const SMS_WORDS = new Set(wordsOf('sms text texts mobile mobil handy cellulare phone telefon telefono telephone'));
const OTHER_CHANNELS = new Set(wordsOf('email mail emails whatsapp newsletter nieuwsbrief infolettre'));

export function consentColumn(name: string): ConsentColumn | undefined {
	const parts = partsOf(name);
	const asked = askedBy(parts, parts.join(''));
	if (!asked) return isTagColumn(name) ? { asks: 'state', about: 'everything', isSure: false } : undefined;
	const isAbout = (words: ReadonlySet<string>): boolean => parts.some((part) => words.has(part));
	return { ...asked, about: isAbout(SMS_WORDS) ? 'sms' : isAbout(OTHER_CHANNELS) ? 'otherChannel' : 'everything' };
}

function askedBy(parts: readonly string[], joined: string): Pick<ConsentColumn, 'asks' | 'isSure'> | undefined {
	const has = (words: ReadonlySet<string>): boolean => parts.some((part) => words.has(part));
	const holds = (words: readonly string[]): boolean => words.some((word) => joined.includes(word));
	const isAlone = (words: readonly string[]): boolean => words.includes(joined);
	const isConsent = holds(CONSENTS) || isAlone(CONSENTS_ALONE);
	const isRefusal =
		holds(REFUSALS) ||
		isAlone(REFUSALS_ALONE) ||
		parts.some((part) => part === 'stop' && has(SMS_WORDS)) ||
		(isConsent && has(NEGATIONS));
	if (isRefusal) return has(NO_ANSWER_TO_A_REFUSAL) ? undefined : { asks: 'refusal', isSure: true };
	if (isConsent) return has(BESIDE_THE_POINT) ? undefined : { asks: 'consent', isSure: true };
	if (isAlone(MAYBE_CONSENTS_ALONE)) return { asks: 'consent', isSure: false };
	if (!has(STATES)) return undefined;
	const others = parts.filter((part) => !STATES.has(part));
	if (others.some((part) => STATES_OF_LISTS.has(part))) return { asks: 'consent', isSure: true };
	return others.every((part) => STATES_OF_PEOPLE.has(part)) ? { asks: 'state', isSure: false } : undefined;
}

/** Tags, labels and lists, where they are no groups: `Unsubscribed` is a tag in many programs. */
function isTagColumn(name: string): boolean {
	const known = knownName(name);
	return known?.role === 'groups' && known.rank > 1;
}

/** `smsOptOut`, `SMS_OPT_OUT` and `Sms opt-out` have the same. */
function partsOf(name: string): string[] {
	return name
		.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
		.normalize('NFKD')
		.toLowerCase()
		.replace(/\p{M}/gu, '')
		.split(/[^\p{L}\p{N}]+/u)
		.filter((part) => part !== '');
}

function wordsOf(text: string): string[] {
	return text.trim().split(/\s+/);
}
