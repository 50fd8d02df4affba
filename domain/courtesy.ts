import { foldedWords, foldLetters } from './foldText';
import { compilePattern, firstWords, matchAt, type WordPattern } from './wordPattern';

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
	please pls plz plse pleas thx thnx tnx ty tks tysm thanks thank thankyou you many very so much kindly now immediately asap ok okay x xx xxx xo xoxo goodbye bye
	per favore perfavore cortesia piacere prego grazie grz mille tante molte infinite cortesemente gentilmente subito adesso arrivederci arrivederla
	bitte bidde danke dankeschön dankeschon vielen besten herzlichen dank tausend im voraus schön schon sehr schonen tag jetzt sofort tschüss tschuess tschau
	svp stp merci mercii beaucoup bcp s il vous vous te plait plaît d avance bonne journee soiree maintenant svppp
	por favor porfa porfas porfavor porfis pf pfv pls gracias grax muchas muchisimas mil ya ahora adios chau chao
	obrigado obrigada obrigadinha obrigadinho obg obgd brigado brigada vlw valeu pff agora ja faz se tchau gentileza
	alvast graag alstublieft alsjeblieft alsjeblief asjeblieft astublieft aub ajb bedankt bedankjes dank dankje dankjewel dankuwel je jullie u wel hartelijk nu doei doeg
`);

/** Courtesy of several words, of which single ones mean something of their own; as domain/wordPattern.ts explains. */
const COURTESY_PHRASES = `
have a? very? nice/good/great/lovely/wonderful/pleasant/blessed one/day/evening/afternoon/night/morning/week/weekend/time ahead?
all the best
take care
see you/ya soon/later/around?
if possible/poss
if you dont/please/would/could/can mind?
if you do not mind
if it is/its not? too? much? trouble/possible/ok/okay
would be great/nice/appreciated
many/much appreciated/thanks
in advance
i appreciate it
god bless you?
that is/thats all/it
with kind/best/warm regards/wishes
kind/best/warm/kindest/warmest/many/all regards/wishes/thanks
un/una/um/uma gran/grande/fuerte/forte/cordial/cordiale? abrazo/saludo/beso/besito/abraco/beijo/beijinho/bacio/abbraccio/saluto
melhores cumprimentos
buon/buona/bon/bonne giornata/serata/journee/soiree
how are/r you/u/ya/things doing/today/all?
hows/how it/is going
whats up
hope you/u are/re/r? all? well/ok/fine/good
hope this finds you well
nice to meet you
looking forward
come va/state/stai/sta oggi/tutto?
tutto bene/ok
spero stiate/tutto/stia tutti? bene
resto/rimango in attesa
in attesa di risposta/riscontro
cordialita
wie gehts/geht euch/ihnen/dir/es?
wie geht es/s ihnen/euch/dir?
alles gut/klar/ok
ich hoffe es geht ihnen/euch gut
ca/sa va bien?
comment ca/allez va/vous? bien?
tout va bien
j espere que vous allez bien
que tal estan/estais/esta/estas/todo/va?
como esta/estan/estas/estais/va/van todo/todos/ustedes?
todo bien
espero que esten/esteis/este todos? bien
quedo atento/atenta/pendiente
quedo a la espera
tudo bem/bom/certo/joia/ok contigo/convosco/com/por/ai? vocês/ai/voces?
como vai/vao/esta/estao/vamos tudo?
espero que esteja/estejam tudo/todos? bem
fico no/a/na aguardo/aguardar/espera
agradeco desde/antecipadamente/imenso/muito ja?
alles goed/ok hoor/daar?
hoe gaat het/t
ik hoop dat alles goed gaat
a presto/dopo/risentirci/risentirla/rivederci/rivederla
alla prossima
ci sentiamo
buona/buon/buone/felice giornata/serata/domenica/notte/settimana/vacanze/lavoro/pomeriggio/proseguimento/weekend/fine
se possibile/potete/puo/puoi
se e/fosse possibile
se non e/vi un? troppo? disturbo/dispiace
in anticipo
un caro? saluto/abbraccio
vi/la/ti ringrazio anticipatamente/molto/tanto?
gentilmente
cosi/e basta
tanti/cari/molti saluti
einen? schonen/schoenen/guten/angenehmen tag/abend/nachmittag/morgen/sonntag/feierabend/woche noch?
eine? schone/schoene/gute woche/zeit noch?
ein? schones/schoenes wochenende noch?
bis bald/dann/spater/spaeter/demnachst
auf wiedersehen/wiederhoren/wiederhoeren
alles gute/liebe
viele/herzliche/freundliche/liebe/schone/schoene/beste/sonnige grusse/gruesse
mit freundlichen/freundlichem/besten/lieben grussen/gruessen/gruss
wenn/wenns moglich/moeglich/geht
wenn es moglich/moeglich/geht
waere/ware nett/lieb/super/toll
das ware/waere nett/lieb/super/toll/alles
ich danke ihnen/euch/dir
une? tres? bonne/belle/excellente/douce journee/soiree/nuit/semaine/continuation/apres/dimanche/fin
bon week end
bon weekend/dimanche/apres
a bientot/plus/demain
au revoir/plaisir
bien a vous/toi
si possible
si vous voulez/pouvez bien?
si c est possible
ce serait gentil/super/sympa
je vous/te remercie beaucoup/infiniment?
en vous remerciant
par avance
dans l attente
que tenga/tengan/tengas/tengais/tenga/pase/pasen/pases/paseis/les/le/os/te/lo/pasa? tenga/tengan/vaya/pasen/pase? un/una? muy? buen/buena/bien/lindo/linda/bonito/feliz/excelente/bonita dia/tarde/noche/semana/finde/jornada/fin?
un/una? muy? buen/buena/feliz/lindo/linda/excelente/bonito dia/tarde/noche/semana/finde/jornada
hasta luego/pronto/manana/siempre/la
nos vemos pronto/luego?
si es/fuera posible
si es/son/sois tan amable/amables
si no es/les/os mucha? molestia
si puede/pueden/podeis/puedes ser?
de antemano/nada
por anticipado
se/os/le/les lo? agradezco/agradeceria mucho?
un cordial/fuerte/gran saludo/abrazo
muy/mui amable/amables
que dios los/te/le/les bendiga
eso es todo
tenha/tenham/tenhas um/uma? otimo/otima/excelente/bom/boa/lindo/feliz dia/tarde/noite/semana/fim
um/uma? otimo/otima/excelente/bom/boa/lindo/feliz dia/tarde/noite/semana/fim/resto
ate logo/breve/mais/ja/amanha/a
passar/passem/passe bem
tudo de bom
se possivel/puder/puderem
se for possivel
se nao for incomodo/pedir
fico/ficaria grato/grata/agradecido/agradecida
muito/muitissimo obrigado/obrigada/obrigadinho/obrigadinha/grato/grata
desde ja
com os melhores cumprimentos
os? meus/nossos? melhores cumprimentos
um/uma grande/forte abraco/beijinho
fique/fiquem com deus/bem
e so isso
een? fijne/prettige/goede/mooie/leuke/goeie/fijn/prettig/goed dag/avond/middag/week/weekend/zondag/nacht nog/verder/gewenst/toegewenst?
nog een fijne/prettige/goede/mooie/goeie/fijn/prettig dag/avond/middag/week/weekend
tot ziens/gauw/snel/later/horens/dan
alle goeds
het? beste
als het/dat kan/mogelijk/mag
indien/zo mogelijk
als u/je/jullie wil/wilt/willen/wilden/zou?
zou fijn/top/mooi/super/lief zijn
bij voorbaat dank?
met vriendelijke/hartelijke/beste/lieve groet/groeten
vriendelijke/hartelijke/lieve/beste/warme groet/groeten/groetjes
heel/erg/hartstikke/super bedankt
dat was/is het/alles
doe de groeten
`
	.trim()
	.split('\n')
	.map((text) => compilePattern(text, new Map()));
const phrasesByWord = new Map<string, WordPattern[]>();
for (const phrase of COURTESY_PHRASES)
	for (const word of firstWords(phrase)) phrasesByWord.set(word, [...(phrasesByWord.get(word) ?? []), phrase]);

/** From one of these on it is leave-taking, and who signs: at most a few words more. */
const CLOSINGS = words(`
	thanks thank thx regards rgds cheers wishes yours sincerely faithfully bye goodbye love greetings respectfully signed
	grazie saluti saluto cordiali distinti cordialmente ciao baci bacioni fam arrivederci firmato
	gruss grusse gruß grüße lg mfg vg bg hg danke tschuss tschüss fam servus ciao pfiat pfiad hochachtungsvoll
	merci cordialement crdt cdlt salutations bisous bises bisou amicalement respectueusement sincerement
	saludos saludo saluditos atentamente atte gracias besos besitos abrazo abrazos cordialmente
	cumprimentos cumps obrigado obrigada abraco abracos abs atenciosamente beijos beijinhos bjs bjinhos bj valeu cordialmente att grato grata
	groet groeten groetjes gr grt mvg bedankt liefs hoogachtend xx
`);

/** Stand in names, beside first and family name. */
const NAME_PARTICLES = words(`
	mr mrs ms miss dr prof sir lady jr sr of the from and
	sig sigra sigr signor signora signorina dott dottssa dottoressa avv ing geom di del della dello dei de degli da lo
	herr frau hr fr dipl med mag von vom van zu zur der den dem und fam familie
	mme mlle monsieur madame mademoiselle m le la les du des et famille
	sra srta don dona y el los las familia
	dra srª d e do dos das
	mevr mevrouw mw dhr heer ten ter te het en familie
`);

/** Between a keyword and its shortcode. */
const FILLERS = words(`
	the my this to for from of with group groups list code shortcode word keyword
	il lo la i gli le al allo alla ai agli alle per con da dal dallo dalla dai del della di gruppo lista codice parola
	der die das den dem für fuer fur von vom zu zum zur mit aus gruppe liste kennwort stichwort
	le la les l du de des d au aux pour avec groupe liste code mot
	el la los las al del de a para con por grupo lista codigo palabra
	o a os as ao aos da do das dos de para com por pra pro grupo lista codigo palavra
	de het een van voor met bij uit groep lijst code woord
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

/** Before a keyword, too: what asks for it. */
const REQUESTS = words(`
	possible possibile posible possivel mogelijk möglich moeglich serait seria sería saria
	i id d we would like want need to wanna wish can could you u may might im am m asking just ok okay so well pls please me my us
	need needing some any get have any
	ho avrei bisogno serve servirebbe qualche un po vorrei voglio vorremmo volevo desidero chiedo posso potete puoi puo potrei potreste mi ci lo la un una di fare avere chiedere
	brauche bräuchte brauchte benötige benotige etwas ich wir möchte moechte mochte möchten mochten will wollen würde wurde hätte haette gern gerne einfach mal mich uns euch sie ihr können koennen konnen kann
	ai aurais besoin d un une peu je nous j on veux voudrais voudrions voulons aimerais souhaite souhaitons peux pouvez puis vous me de faire demande demander
	necesito necesitamos necesitaria un poco algo quiero queremos quisiera quisieramos querria quería deseo desearia pido puede pueden podeis puedo me solicito hacer dar pedir la una
	preciso precisamos precisava um uma pouco quero queremos queria queríamos gostaria gostava desejo desejaria peço peco pode podem posso podia me eu nos de fazer pedir solicito favor
	heb nodig wat een ik wij we wil willen zou wou graag kunt kan kunnen u je jullie mag mij me ons gewoon even doen
`);

/** The words of a keyword without the greeting in front. */
export function withoutGreeting(folded: readonly string[]): string[] {
	const start = folded.findIndex((word) => !GREETINGS.has(word));
	return start < 0 ? [] : folded.slice(start);
}

/** The words of a keyword without greeting and what asks for it: "I would like to", "vorrei". */
export function withoutRequest(folded: readonly string[]): string[] {
	const start = folded.findIndex((word) => !GREETINGS.has(word) && !REQUESTS.has(word) && !COURTESIES.has(word));
	return start < 0 ? [] : folded.slice(start);
}

/** What stands behind a keyword from its shortcode on: "STOP the group NEWS", "stop bitte NEWS". */
export function fromShortcodeOn(behind: readonly string[]): string[] {
	const start = behind.findIndex((word) => !FILLERS.has(word) && !COURTESIES.has(word));
	return start < 0 ? [] : behind.slice(start);
}

/** Whether a word on its own says nothing: of a greeting, courtesy, leave-taking, or of asking for something. */
export const isCourtesyWord = (word: string): boolean =>
	[GREETINGS, COURTESIES, CLOSINGS, REQUESTS, FILLERS].some((list) => list.has(word));

/** Whether what stands behind a keyword is courtesy, leave-taking with who signs, or nothing. */
export function isCourtesy(behind: readonly string[]): boolean {
	const end = endOfCourtesy(behind);
	if (end === behind.length) return true;
	const rest = behind.slice(end > 0 && CLOSINGS.has(behind[end - 1] ?? '') ? end - 1 : end);
	return CLOSINGS.has(rest[0] ?? '') && rest.length <= 1 + MOST_SIGNATURE_WORDS && !changesMeaning(rest);
}

function endOfCourtesy(words: readonly string[]): number {
	const read = words.map((word) => [word]);
	let end = 0;
	while (end < words.length) {
		const phrases = phrasesByWord.get(words[end] ?? '') ?? [];
		const next = Math.max(end, ...phrases.map((phrase) => matchAt(phrase, read, end)));
		if (next > end) end = next;
		else if (COURTESIES.has(words[end] ?? '')) end++;
		else break;
	}
	return end;
}

/** Whether a piece of a text, between two marks or on a line of its own, says nothing: a greeting, courtesy, a name. */
export function isDress(raw: string, folded: readonly string[]): boolean {
	if (folded.length === 0 || isCourtesy(folded)) return true;
	const named = withoutGreeting(folded);
	if (named.length < folded.length && isCourtesy(named)) return true;
	if (named.length < folded.length && !changesMeaning(folded)) return namesIn(named).length <= MOST_NAME_WORDS;
	return isSignature(raw);
}

/** A name, written as names are: "Anna Berger", "Jan de Vries", "dott. M. Rossi". */
export function isSignature(raw: string): boolean {
	if (changesMeaning(foldedWords(raw))) return false;
	const typed = raw.trim().split(/[\s.]+/);
	const name = namesIn(typed.filter((word) => word !== '' && !COURTESIES.has(foldLetters(word))));
	return (
		typed.length <= MOST_SIGNATURE_WORDS &&
		name.length <= MOST_NAME_WORDS &&
		name.every((word) => /^\p{Lu}/u.test(word))
	);
}

/** What is left of a name without its particles, titles and initials. */
const namesIn = (typed: readonly string[]): string[] =>
	typed.filter((word) => !NAME_PARTICLES.has(foldLetters(word)) && [...word].length > 1);

/** Whether a word turns what is said into its opposite, into a question, or puts it off. */
export function changesMeaning(folded: readonly string[]): boolean {
	return folded.some((word) => CHANGES_MEANING.has(word));
}
