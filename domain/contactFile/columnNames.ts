/** What a column of a file of contacts can mean to us; everything else is a field of the contact's own. */
export type ColumnRole =
	| 'smsNumber'
	| 'whatsAppNumber'
	| 'whatsAppUserId'
	| 'name'
	| 'firstName'
	| 'lastName'
	| 'language'
	| 'smsConsentSource'
	| 'smsConsentDate'
	| 'groups';

/**
 * How files name their columns in English, Italian, German, French, Spanish, Portuguese and Dutch, folded (`foldedName`).
 * The first list of a role wins over its second: a file with a mobile and a landline number means the mobile.
 */
const NAMES: Record<ColumnRole, readonly [string, string?]> = {
	smsNumber: [
		`smsnumber sms smsphone smsnummer numerosms numerosms smsnumero numsms
		mobile mobilephone mobilenumber mobileno cell cellphone cellnumber cellular
		cellulare numerocellulare numerodicellulare numcellulare cell telefoninonumero telefonocellulare telefonomobile
		handy handynummer handynr mobil mobilnummer mobilnr mobiltelefon mobiltelefonnummer mobilfunk mobilfunknummer natel
		portable telephoneportable numeroportable numerodeportable telportable telephonemobile numeromobile numerodemobile gsm
		telmobile mobieletelefoon mobieltelefoonnummer
		movil telefonomovil numeromovil numerodemovil celular telefonocelular numerocelular numerodecelular
		telemovel telefonecelular numerodetelemovel numerotelemovel telefonemovel
		mobielnummer mobiel mobieltelefoon mobielenummer gsmnummer 06nummer`,
		`phone phone1value phonenumber phoneno tel telno telephone telephonenumber number msisdn
		telefono numerotelefono numeroditelefono numtelefono recapitotelefonico recapito numero
		telefon telefonnummer telefonnr telnr rufnummer nummer
		numerotelephone numerodetelephone numtelephone numtel
		numerodetelefono teleffono fono
		telefone numerodetelefone numerotelefone fone
		telefoon telefoonnummer telefoonnr`,
	],
	whatsAppNumber: [
		`whatsapp whatsappnumber whatsappphone whatsappmobile whatsappno wa wanumber wanummer numerowhatsapp numerodiwhatsapp
		numerodewhatsapp whatsappnummer whatsappnr whatsapphandy whatsappnumero telefonowhatsapp cellularewhatsapp numwhatsapp wapp
		whatsapptelefon telephonewhatsapp telefonewhatsapp whatsapptelefoon`,
	],
	whatsAppUserId: [
		`whatsappuserid whatsappid wauserid waid bsuid idwhatsapp idutentewhatsapp whatsappbenutzerid whatsappnutzerid idutilisateurwhatsapp
		idusuariowhatsapp idutilizadorwhatsapp idusuariodowhatsapp whatsappgebruikersid`,
	],
	name: [
		`fullname completename displayname contactname customername nominativo nomecompleto nomeecognome nomecognome cognomenome cognomeenome
		vollername vollstandigername vorundnachname vornamenachname namevorname vornameundnachname nomcomplet nometprenom prenometnom nomprenom
		prenomnom nombrecompleto nombreyapellido nombreyapellidos nomeesobrenome volledigenaam`,
		'name contact customer client cliente kunde kontakt ansprechpartner contatto contacto contato contactpersoon naam nome nom nombre',
	],
	firstName: [
		'firstname givenname forename vorname rufname prenom voornaam nomedibattesimo primeironome primernombre nomeproprio nombredepila',
	],
	lastName: [
		'lastname surname familyname secondname cognome nachname familienname zuname nomdefamille apellido apellidos sobrenome apelido achternaam familienaam',
	],
	language: [
		`language lang locale languagecode preferredlanguage lingua linguapreferita sprache spracheiso sprachcode korrespondenzsprache langue
		languepreferee idioma idiomapreferido lingua taal voorkeurstaal`,
	],
	smsConsentSource: [
		`smsconsentsource consentsource smsconsentorigin optinsource smsoptinsource fonteconsenso fonteconsensosms fontedelconsenso origineconsenso
		originedelconsenso einwilligungsquelle quelledereinwilligung smseinwilligungsquelle quelleeinwilligung sourceconsentement sourceduconsentement originedeconsentement
		origineduconsentement fuenteconsentimiento fuentedelconsentimiento origenconsentimiento origendelconsentimiento fontedoconsentimento
		origemconsentimento origemdoconsentimento toestemmingsbron brontoestemming bronvantoestemming`,
	],
	smsConsentDate: [
		`smsconsentdate smsconsentat consentdate consentat consenttime smsconsenttime optindate smsoptindate dataconsenso dataconsensosms datadelconsenso
		einwilligungsdatum einwilligungam datumdereinwilligung smseinwilligungsdatum datumeinwilligung dateconsentement dateduconsentement fechaconsentimiento
		fechadelconsentimiento fechadeconsentimiento datadoconsentimento dataconsentimento datadeconsentimento toestemmingsdatum datumtoestemming
		datumvantoestemming`,
	],
	groups: [
		`group groups groupname groupnames contactgroup contactgroups groupmembership gruppo gruppi nomegruppo gruppe gruppen gruppenname
		kontaktgruppe kontaktgruppen groupe groupes nomdugroupe grupo grupos nombredelgrupo nomedogrupo groep groepen groepsnaam`,
		`tag tags label labels list lists mailinglist mailinglists category categories segment segments etichetta etichette lista liste listen elenco elenchi
		categoria categorie segmento segmenti etikett etiketten schlagwort schlagworte schlagworter verteiler kategorie kategorien etiquette etiquettes
		categories listes etiqueta etiquetas listas categorias segmentos etiket labelnaam lijst lijsten categorieen`,
	],
};

export interface KnownName {
	role: ColumnRole;
	/** 1 is surer than 2. */
	rank: number;
}

const known = new Map<string, KnownName>();
for (const [role, lists] of Object.entries(NAMES) as Array<[ColumnRole, readonly [string, string?]]>) {
	lists.forEach((list, index) => {
		for (const name of (list ?? '').split(/\s+/)) if (!known.has(name)) known.set(name, { role, rank: index + 1 });
	});
}

/** Letters and digits only, lower case, without accents: `E-Mail` and `e mail`, `Téléphone` and `telephone` are the same. */
export function foldedName(name: string): string {
	return name
		.normalize('NFKD')
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '');
}

export function knownName(name: string): KnownName | undefined {
	return known.get(foldedName(name));
}
