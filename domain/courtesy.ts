import { foldLetters } from './foldText';

/**
 * How people dress a keyword: a greeting before it, courtesy behind it, a signature. None of it changes what is said. Seven languages;
 * words that mean something of their own in any of them (a name, a day, "no", "not") are no courtesy.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/).map(foldLetters));

/** Before a keyword. */
const GREETINGS = words(`
	hi hello hey hiya dear or team all there everyone folks good morning afternoon evening day sir madam sirs please
	ciao salve buongiorno buonasera buondi buon giorno buona sera gentile gentili spett spettabile ditta egregi egregio signori signora signore tutti prego
	hallo hi moin servus gruss guten gute tag morgen abend zusammen liebe lieber liebes sehr geehrte geehrter damen und herren bitte grüezi griaß gott mahlzeit
	bonjour bonsoir salut coucou madame monsieur mesdames messieurs cher chere chers svp bonne journee
	hola buenas buenos dias tardes noches buen estimado estimada estimados estimadas senor senora senores amigos guapos equipo
	ola oi oie oiee bom boa dia tarde noite caro cara caros prezado prezada prezados exmo exma exmos exmas senhor senhora senhores gente pessoal
	hoi dag goedemorgen goedemiddag goedenavond goeie goede goeden dag geachte beste heer mevrouw allemaal
`);

/** Behind a keyword: courtesy that may stand anywhere there. */
const COURTESIES = words(`
	please pls plz thx ty thanks thank you many very so much kindly now immediately asap ok okay x xx xxx
	per favore cortesia prego grazie mille tante cortesemente subito adesso
	bitte danke vielen besten dank im voraus schön schon sehr schonen tag jetzt sofort
	svp stp merci beaucoup s il vous vous te plait d avance bonne journee soiree maintenant
	por favor porfa porfavor pf pfv gracias muchas mil ya ahora
	obrigado obrigada obrigadinha valeu agora ja faz se
	alvast graag alstublieft alsjeblieft aub bedankt dank je u wel hartelijk nu
`);

/** From one of these on it is leave-taking, and who signs: at most a few words more. */
const CLOSINGS = words(`
	thanks thank thx regards cheers best kind yours sincerely bye love greetings
	grazie saluti saluto cordiali distinti cordialmente ciao baci buona buon fam
	gruss grusse gruß grüße lg mfg vg danke vielen dank beste besten liebe freundliche freundlichen tschuss fam servus ciao
	merci cordialement salutations bisous bises bonne bien amicalement
	saludos saludo un atentamente gracias besos abrazo feliz
	cumprimentos melhores obrigado obrigada abraco abracos atenciosamente beijos bjs valeu cordialmente att
	groet groeten groetjes mvg bedankt dank liefs vriendelijke hoogachtend hartelijk met
`);

/** Turn what is said into its opposite, or into a question. */
const CHANGES_MEANING = words(`
	no not non nicht kein keine nein pas ne nao não niet geen nee never mai nie jamais nunca nooit don dont maybe forse vielleicht later dopo spater only nur solo seulement
	why when how what who perche quando come wann wie was warum pourquoi quand comment por que cuando como porque waarom wanneer hoe wat if se wenn si als or oder ou
	stop start help
`);

/** Who signs has a first name, a family name, and little more. */
const MOST_SIGNATURE_WORDS = 6;
const MOST_NAME_WORDS = 2;

/** The words of a keyword without the greeting in front. */
export function withoutGreeting(folded: readonly string[]): string[] {
	const start = folded.findIndex((word) => !GREETINGS.has(word));
	return start < 0 ? [] : folded.slice(start);
}

/** Whether what stands behind a keyword is courtesy, leave-taking with who signs, or nothing. */
export function isCourtesy(behind: readonly string[]): boolean {
	const end = behind.findIndex((word) => !COURTESIES.has(word));
	if (end < 0) return true;
	const rest = behind.slice(end > 0 && CLOSINGS.has(behind[end - 1] ?? '') ? end - 1 : end);
	return CLOSINGS.has(rest[0] ?? '') && rest.length <= 1 + MOST_SIGNATURE_WORDS && !changesMeaning(rest);
}

/** Whether a piece of a text, between two marks or on a line of its own, says nothing: a greeting, courtesy, a name. */
export function isDress(raw: string, folded: readonly string[]): boolean {
	if (folded.length === 0 || isCourtesy(folded)) return true;
	if (changesMeaning(folded)) return false;
	const named = withoutGreeting(folded);
	if (named.length < folded.length) return named.length <= MOST_NAME_WORDS;
	const name = raw
		.trim()
		.split(/\s+/)
		.filter((word) => !COURTESIES.has(foldLetters(word)));
	return name.length <= MOST_NAME_WORDS && name.every((word) => /^\p{Lu}/u.test(word));
}

function changesMeaning(folded: readonly string[]): boolean {
	return folded.some((word) => CHANGES_MEANING.has(word));
}
