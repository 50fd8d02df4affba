export type FormLanguage = 'en' | 'it' | 'de';

/** Every word the visitor reads that the company has not written itself. */
export interface FormTexts {
	title: string;
	introduction: string;
	phone: string;
	example: (number: string) => string;
	anyCountry: string;
	consent: string;
	consentWithSms: string;
	privacy: string;
	button: string;
	trap: string;
	problem: string;
	phoneMissing: string;
	phoneWrong: string;
	phoneNotMobile: string;
	consentMissing: string;
	lastStep: string;
	lastStepText: string;
	openWhatsApp: string;
	orWrite: (text: string) => string;
	scan: string;
	qrCode: string;
	whatNext: string;
	next: readonly string[];
	tryAgain: string;
	unavailable: string;
	back: string;
	wrongFormat: string;
	notReady: string;
	notReadyText: string;
}

export const FORM_TEXTS: Record<FormLanguage, FormTexts> = {
	en: {
		title: 'Our news on WhatsApp',
		introduction: 'Enter your mobile number. You then confirm with one WhatsApp message.',
		phone: 'Mobile number',
		example: (number) => `For example ${number}. From another country: begin with + and the country code.`,
		anyCountry: 'Begin with + and the country code.',
		consent: 'I would like to receive news and offers by WhatsApp. I can end this at any time by writing STOP.',
		consentWithSms: 'I would like to receive news and offers by WhatsApp and SMS. I can end this at any time by writing STOP.',
		privacy: 'Privacy notice',
		button: 'Continue',
		trap: 'Leave this field empty',
		problem: 'Please check',
		phoneMissing: 'Enter your mobile number.',
		phoneWrong: 'This is not a phone number we can use. Check the digits and, from another country, begin with + and the country code.',
		phoneNotMobile: 'This does not look like a mobile number. Enter the number of your mobile phone.',
		consentMissing: 'Tick the box if you agree. Without your consent we do not write to you.',
		lastStep: 'One step left',
		lastStepText: 'Send us the message that is already typed in. Only then may we write to you.',
		openWhatsApp: 'Open WhatsApp',
		orWrite: (text) => `Or write ${text} to`,
		scan: 'At a computer? Scan this with your phone.',
		qrCode: 'QR code that opens WhatsApp with the message typed in',
		whatNext: 'What happens next',
		next: [
			'In a moment you get an SMS with our number and the same link, unless you are registered already.',
			'Save our number in your contacts, so that you recognise us.',
			'As soon as your message arrives, you are registered. Write STOP at any time to end it.',
		],
		tryAgain: 'Please try again in a moment',
		unavailable: 'Your number could not be saved just now. Nothing was sent. Go back and try again in a minute.',
		back: 'Back to the form',
		wrongFormat: 'This form takes fields as a web form sends them (application/x-www-form-urlencoded).',
		notReady: 'This form is not ready yet',
		notReadyText: 'Its settings are not complete. Please come back later, or tell the company.',
	},
	it: {
		title: 'Le nostre novità su WhatsApp',
		introduction: 'Inserisci il tuo numero di cellulare. Poi confermi con un solo messaggio WhatsApp.',
		phone: 'Numero di cellulare',
		example: (number) => `Per esempio ${number}. Da un altro paese: comincia con + e il prefisso.`,
		anyCountry: 'Comincia con + e il prefisso del paese.',
		consent: 'Desidero ricevere novità e offerte via WhatsApp. Posso smettere in qualsiasi momento scrivendo STOP.',
		consentWithSms: 'Desidero ricevere novità e offerte via WhatsApp e SMS. Posso smettere in qualsiasi momento scrivendo STOP.',
		privacy: 'Informativa sulla privacy',
		button: 'Continua',
		trap: 'Lascia vuoto questo campo',
		problem: 'Controlla, per favore',
		phoneMissing: 'Inserisci il tuo numero di cellulare.',
		phoneWrong: 'Non è un numero che possiamo usare. Controlla le cifre e, da un altro paese, comincia con + e il prefisso.',
		phoneNotMobile: 'Non sembra un numero di cellulare. Inserisci il numero del tuo cellulare.',
		consentMissing: 'Spunta la casella se sei d’accordo. Senza il tuo consenso non ti scriviamo.',
		lastStep: 'Manca un solo passo',
		lastStepText: 'Inviaci il messaggio già scritto. Solo allora possiamo scriverti.',
		openWhatsApp: 'Apri WhatsApp',
		orWrite: (text) => `Oppure scrivi ${text} al numero`,
		scan: 'Sei al computer? Inquadra il codice con il telefono.',
		qrCode: 'Codice QR che apre WhatsApp con il messaggio già scritto',
		whatNext: 'Che cosa succede ora',
		next: [
			'Tra poco ricevi un SMS con il nostro numero e lo stesso link, a meno che tu non sia già registrato.',
			'Salva il nostro numero in rubrica, così ci riconosci.',
			'Appena arriva il tuo messaggio, la registrazione è fatta. Scrivi STOP in qualsiasi momento per smettere.',
		],
		tryAgain: 'Riprova tra un momento',
		unavailable: 'Ora non è stato possibile salvare il tuo numero. Non è stato inviato nulla. Torna indietro e riprova tra un minuto.',
		back: 'Torna al modulo',
		wrongFormat: 'Questo modulo accetta i campi come li invia un modulo web (application/x-www-form-urlencoded).',
		notReady: 'Questo modulo non è ancora pronto',
		notReadyText: 'Le impostazioni non sono complete. Torna più tardi o avvisa l’azienda.',
	},
	de: {
		title: 'Unsere Neuigkeiten auf WhatsApp',
		introduction: 'Geben Sie Ihre Mobilnummer ein. Danach bestätigen Sie mit einer einzigen WhatsApp-Nachricht.',
		phone: 'Mobilnummer',
		example: (number) => `Zum Beispiel ${number}. Aus einem anderen Land: mit + und der Landesvorwahl beginnen.`,
		anyCountry: 'Mit + und der Landesvorwahl beginnen.',
		consent: 'Ich möchte Neuigkeiten und Angebote per WhatsApp erhalten. Mit STOP kann ich das jederzeit beenden.',
		consentWithSms: 'Ich möchte Neuigkeiten und Angebote per WhatsApp und SMS erhalten. Mit STOP kann ich das jederzeit beenden.',
		privacy: 'Datenschutzerklärung',
		button: 'Weiter',
		trap: 'Dieses Feld leer lassen',
		problem: 'Bitte prüfen',
		phoneMissing: 'Geben Sie Ihre Mobilnummer ein.',
		phoneWrong: 'Diese Nummer können wir nicht verwenden. Prüfen Sie die Ziffern und beginnen Sie aus einem anderen Land mit + und der Landesvorwahl.',
		phoneNotMobile: 'Das scheint keine Mobilnummer zu sein. Geben Sie die Nummer Ihres Mobiltelefons ein.',
		consentMissing: 'Setzen Sie das Häkchen, wenn Sie einverstanden sind. Ohne Ihre Zustimmung schreiben wir Ihnen nicht.',
		lastStep: 'Nur noch ein Schritt',
		lastStepText: 'Senden Sie uns die fertig eingetippte Nachricht. Erst dann dürfen wir Ihnen schreiben.',
		openWhatsApp: 'WhatsApp öffnen',
		orWrite: (text) => `Oder schreiben Sie ${text} an`,
		scan: 'Sie sitzen am Computer? Scannen Sie den Code mit dem Telefon.',
		qrCode: 'QR-Code, der WhatsApp mit der fertigen Nachricht öffnet',
		whatNext: 'So geht es weiter',
		next: [
			'Gleich erhalten Sie eine SMS mit unserer Nummer und demselben Link, außer Sie sind schon registriert.',
			'Speichern Sie unsere Nummer als Kontakt, damit Sie uns erkennen.',
			'Sobald Ihre Nachricht ankommt, sind Sie registriert. Mit STOP beenden Sie das jederzeit.',
		],
		tryAgain: 'Bitte gleich noch einmal versuchen',
		unavailable: 'Ihre Nummer konnte gerade nicht gespeichert werden. Es wurde nichts gesendet. Gehen Sie zurück und versuchen Sie es in einer Minute noch einmal.',
		back: 'Zurück zum Formular',
		wrongFormat: 'Dieses Formular nimmt Felder so an, wie ein Webformular sie sendet (application/x-www-form-urlencoded).',
		notReady: 'Dieses Formular ist noch nicht bereit',
		notReadyText: 'Die Einstellungen sind nicht vollständig. Bitte kommen Sie später wieder oder sagen Sie dem Unternehmen Bescheid.',
	},
};
