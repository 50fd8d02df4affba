import type { FormTexts } from '../texts';

export const german: FormTexts = {
	title: 'Unsere Neuigkeiten auf WhatsApp',
	introduction: 'Geben Sie Ihre Mobilnummer ein. Danach bestätigen Sie mit einer einzigen WhatsApp-Nachricht.',
	phone: 'Mobilnummer',
	example: (number) => `Zum Beispiel ${number}. Aus einem anderen Land: mit + und der Landesvorwahl beginnen.`,
	anyCountry: 'Mit + und der Landesvorwahl beginnen.',
	consent: 'Ich möchte Neuigkeiten und Angebote per WhatsApp erhalten. Mit STOP kann ich das jederzeit beenden.',
	consentWithSms:
		'Ich möchte Neuigkeiten und Angebote per WhatsApp und SMS erhalten. Mit STOP kann ich das jederzeit beenden.',
	privacy: 'Datenschutzerklärung',
	button: 'Weiter',
	trap: 'Dieses Feld leer lassen',
	problem: 'Bitte prüfen',
	optional: '(freiwillig)',
	name: 'Name',
	email: 'E-Mail',
	language: 'Sprache',
	groups: 'Was möchten Sie erhalten?',
	choose: 'Bitte wählen',
	phoneMissing: 'Geben Sie Ihre Mobilnummer ein.',
	phoneWrong:
		'Diese Nummer können wir nicht verwenden. Prüfen Sie die Ziffern und beginnen Sie aus einem anderen Land mit + und der Landesvorwahl.',
	phoneNotMobile: 'Das scheint keine Mobilnummer zu sein. Geben Sie die Nummer Ihres Mobiltelefons ein.',
	countryNotAllowed:
		'An Nummern aus diesem Land senden wir nicht. Geben Sie eine Nummer aus einem anderen Land ein, wenn Sie eine haben.',
	fieldMissing: 'Füllen Sie dieses Feld aus.',
	emailWrong: 'Das ist keine E-Mail-Adresse. Schreiben Sie sie so: anna@example.com.',
	dateWrong: 'Das ist kein Datum. Schreiben Sie es so: 2026-05-31.',
	choiceWrong: 'Wählen Sie einen Eintrag der Liste.',
	consentMissing:
		'Setzen Sie das Häkchen, wenn Sie einverstanden sind. Ohne Ihre Zustimmung schreiben wir Ihnen nicht.',
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
	unavailable:
		'Ihre Nummer konnte gerade nicht gespeichert werden. Es wurde nichts gesendet. Gehen Sie zurück und versuchen Sie es in einer Minute noch einmal.',
	back: 'Zurück zum Formular',
	tooMany: 'Bitte später noch einmal versuchen',
	tooManyText:
		'Dieses Formular wurde in kurzer Zeit zu oft gesendet. Jetzt wurde nichts gesendet. Bitte kommen Sie später wieder.',
	wrongFormat:
		'Dieses Formular nimmt Felder so an, wie ein Webformular sie sendet (application/x-www-form-urlencoded).',
	notReady: 'Dieses Formular ist noch nicht bereit',
	notReadyText:
		'Die Einstellungen sind nicht vollständig. Bitte kommen Sie später wieder oder sagen Sie dem Unternehmen Bescheid.',
};
