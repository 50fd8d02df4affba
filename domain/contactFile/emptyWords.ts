import type { ColumnRole } from './columnNames';

/** What programs and spreadsheets leave where nothing is, in their spelling: `Null`, `None` and `Nan` can be somebody's name, or an answer. */
const ANYWHERE = new Set(
	`null NULL (null) (NULL) <null> <NULL> [null] [NULL] \\N undefined NaN #N/A N/A #NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #CALC! #SPILL! #ERROR!
	#NV #BEZUG! #WERT! #ZAHL! #N/D #RIF! #VALORE! #NOME? #NUM! #NUL! #REF #VALEUR! #NOM? #NOMBRE! #¡NULO! #¡DIV/0! #¡VALOR! #¡REF! #¿NOMBRE? #¡NUM!
	#N/DISP #VALOR! #NULO! #NÚM! #N/B #LEEG! #DEEL/0! #WAARDE! #VERW! #NAAM? #GETAL!`.split(/\s+/),
);
/** In a number, a date or a language they are no answer, however written. */
const WHERE_NO_WORD_IS_MEANT = /^(?:null|undefined|nan|none|nil|n\/a|n\.a\.)$/i;
const WORDS_ARE_MEANT = new Set<ColumnRole>(['name', 'firstName', 'lastName', 'smsConsentSource', 'groups']);

/** Whether a whole cell says that nothing is there. @param role undefined for a field of the contact's own. */
export function isEmptyWord(text: string, role: ColumnRole | undefined): boolean {
	if (text.length > 12) return false;
	return ANYWHERE.has(text) || (role !== undefined && !WORDS_ARE_MEANT.has(role) && WHERE_NO_WORD_IS_MEANT.test(text));
}
