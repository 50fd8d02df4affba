import type { ColumnRole } from './columnNames';

/** What programs leave where nothing is, in their spelling: `Null`, `None` and `Nan` can be somebody's name, or an answer. */
const OF_PROGRAMS = `null NULL (null) (NULL) <null> <NULL> [null] [NULL] \\N undefined NaN Loading... Loading…`;

/**
 * The error values of Excel, LibreOffice and Google Sheets, as each language writes them
 * (support.microsoft.com/office/error-type-function-10958677-7c8d-44f7-ae77-b9a9ee6eefaa, support.google.com/docs/answer/7284773).
 */
const OF_SPREADSHEETS = [
	`#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A N/A #GETTING_DATA #SPILL! #CONNECT! #BLOCKED! #UNKNOWN! #FIELD! #CALC! #BUSY!
	#PYTHON! #EXTERNAL! #TIMEOUT! #ERROR!`,
	// Italian
	'#NULLO! #VALORE! #RIF! #NOME? #N/D #ESPANSIONE! #PROPAGAZIONE! #CAMPO! #CALC! #BLOCCATO! #SCONOSCIUTO! #CONNESSIONE! #ERRORE!',
	// German
	`#BEZUG! #WERT! #ZAHL! #NV #ÜBERLAUF! #FELD! #KALK! #BLOCKIERT! #UNBEKANNT! #VERBINDEN! #VERBINDUNG! #FEHLER! #DATEN_ABRUFEN
	#DATEN_WERDEN_ABGERUFEN`,
	// French
	`#NUL! #REF #VALEUR! #NOM? #NOMBRE! #PROPAGATION! #EPARS! #ÉPARS! #CHAMP! #CALCUL! #BLOQUE! #BLOQUÉ! #INCONNU! #CONNEXION! #ERREUR!
	#OBTENTION_DONNEES #CHARGEMENT_DONNEES`,
	// Spanish
	`#¡NULO! #¡DIV/0! #¡VALOR! #¡REF! #¿NOMBRE? #¡NUM! #¡DESBORDAMIENTO! #¡CAMPO! #¡CALC! #¡BLOQUEADO! #¡DESCONOCIDO! #¡CONECTAR!
	#¡ERROR! #OBTENIENDO_DATOS`,
	// Portuguese
	'#NULO! #VALOR! #NÚM! #N/DISP #DESPEJAR! #EXCEDIDO! #EXCEDENTE! #BLOQUEADO! #DESCONHECIDO! #CONECTAR! #LIGAR! #ERRO! #OBTENDO_DADOS',
	// Dutch
	`#LEEG! #DEEL/0! #WAARDE! #VERW! #NAAM? #GETAL! #N/B #OVERLOOP! #VELD! #BEREKENEN! #GEBLOKKEERD! #ONBEKEND! #VERBINDEN! #FOUT!
	#GEGEVENS_OPHALEN`,
];

const ANYWHERE = new Set([OF_PROGRAMS, ...OF_SPREADSHEETS].flatMap((list) => list.split(/\s+/)));
/** LibreOffice: `Err:502`, in the language of its surface (help.libreoffice.org, Error Codes in LibreOffice Calc). */
const NUMBERED_ERROR = /^(?:err|error|errore|fehler|erreur|erro|fout)[ \u00A0\u202F]?:[ \u00A0\u202F]?5\d\d$/i;

/** In a number, a date or a language they are no answer, however written; nor is the error value of a language that no list knows. */
const WHERE_NO_WORD_IS_MEANT = /^(?:null|undefined|nan|none|nil|n\/a|n\.a\.|#[¡¿]?\p{L}[\p{L}\d_/]+[!?]?)$/iu;
const WORDS_ARE_MEANT = new Set<ColumnRole>(['name', 'firstName', 'lastName', 'smsConsentSource', 'groups']);

/** Whether a whole cell says that nothing is there. @param role undefined for a field of the contact's own. */
export function isEmptyWord(text: string, role: ColumnRole | undefined): boolean {
	if (text.length > LONGEST) return false;
	if (ANYWHERE.has(text) || NUMBERED_ERROR.test(text)) return true;
	return role !== undefined && !WORDS_ARE_MEANT.has(role) && WHERE_NO_WORD_IS_MEANT.test(text);
}

const LONGEST = Math.max(...[...ANYWHERE].map((word) => word.length));
