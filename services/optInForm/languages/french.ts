import type { FormTexts } from '../texts';

export const french: FormTexts = {
	title: 'Nos nouvelles sur WhatsApp',
	introduction: 'Indiquez votre numéro de mobile. Vous confirmez ensuite par un seul message WhatsApp.',
	phone: 'Numéro de mobile',
	example: (number) => `Par exemple ${number}. Depuis un autre pays : commencez par + et l’indicatif.`,
	anyCountry: 'Commencez par + et l’indicatif du pays.',
	consent:
		'Je souhaite recevoir des nouvelles et des offres par WhatsApp. Je peux y mettre fin à tout moment en écrivant STOP.',
	consentWithSms:
		'Je souhaite recevoir des nouvelles et des offres par WhatsApp et SMS. Je peux y mettre fin à tout moment en écrivant STOP.',
	privacy: 'Politique de confidentialité',
	button: 'Continuer',
	trap: 'Laissez ce champ vide',
	problem: 'Veuillez vérifier',
	optional: '(facultatif)',
	name: 'Nom',
	email: 'E-mail',
	language: 'Langue',
	groups: 'Que souhaitez-vous recevoir ?',
	choose: 'Choisissez',
	phoneMissing: 'Indiquez votre numéro de mobile.',
	phoneWrong:
		'Nous ne pouvons pas utiliser ce numéro. Vérifiez les chiffres et, depuis un autre pays, commencez par + et l’indicatif.',
	phoneNotMobile: 'Cela ne semble pas être un numéro de mobile. Indiquez le numéro de votre téléphone mobile.',
	countryNotAllowed:
		'Nous n’envoyons pas à des numéros de ce pays. Indiquez un numéro d’un autre pays, si vous en avez un.',
	fieldMissing: 'Remplissez ce champ.',
	emailWrong: 'Ce n’est pas une adresse e-mail. Écrivez-la ainsi : anna@example.com.',
	dateWrong: 'Ce n’est pas une date. Écrivez-la ainsi : 2026-05-31.',
	choiceWrong: 'Choisissez un élément de la liste.',
	consentMissing: 'Cochez la case si vous êtes d’accord. Sans votre accord, nous ne vous écrivons pas.',
	lastStep: 'Plus qu’une étape',
	lastStepText: 'Envoyez-nous le message déjà écrit. C’est seulement alors que nous pouvons vous écrire.',
	openWhatsApp: 'Ouvrir WhatsApp',
	orWrite: (text) => `Ou écrivez ${text} au`,
	scan: 'Vous êtes à l’ordinateur ? Scannez le code avec votre téléphone.',
	qrCode: 'Code QR qui ouvre WhatsApp avec le message déjà écrit',
	whatNext: 'Et ensuite',
	next: [
		'Vous recevez dans un instant un SMS avec notre numéro et le même lien, sauf si vous êtes déjà inscrit.',
		'Enregistrez notre numéro dans vos contacts pour nous reconnaître.',
		'Dès que votre message arrive, vous êtes inscrit. Écrivez STOP à tout moment pour y mettre fin.',
	],
	tryAgain: 'Veuillez réessayer dans un instant',
	unavailable:
		'Votre numéro n’a pas pu être enregistré. Rien n’a été envoyé. Revenez en arrière et réessayez dans une minute.',
	back: 'Retour au formulaire',
	tooMany: 'Veuillez réessayer plus tard',
	tooManyText:
		'Ce formulaire a été envoyé trop souvent en peu de temps. Rien n’a été envoyé cette fois. Revenez plus tard.',
	wrongFormat: 'Ce formulaire prend les champs comme un formulaire web les envoie (application/x-www-form-urlencoded).',
	notReady: 'Ce formulaire n’est pas encore prêt',
	notReadyText: 'Ses réglages ne sont pas complets. Revenez plus tard ou prévenez l’entreprise.',
};
