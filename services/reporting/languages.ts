export type ReportLanguage = 'en' | 'de' | 'it';

/** The states a report shows, in their order; those marked `rare` only when something is in them. */
export const REPORT_ROWS = [
	{ state: 'accepted', rare: false },
	{ state: 'sent', rare: false },
	{ state: 'delivered', rare: false },
	{ state: 'read', rare: false },
	{ state: 'failed', rare: false },
	{ state: 'skipped', rare: false },
	{ state: 'unknown', rare: true },
	{ state: 'expired', rare: true },
	{ state: 'cancelled', rare: true },
] as const;

export type ReportRowState = (typeof REPORT_ROWS)[number]['state'];

export interface ReportTexts {
	/** For Intl: how numbers and days are written. */
	locale: string;
	title: string;
	messages: string;
	delivered: string;
	registrations: string;
	optOuts: string;
	/** Heads of narrow columns. */
	registered: string;
	left: string;
	invitations: string;
	byChannel: string;
	channels: Record<'sms' | 'whatsapp' | 'push', string>;
	total: string;
	states: Record<ReportRowState, string>;
	byDay: string;
	day: string;
	nothing: string;
	explanation: string;
	timeZone: (zone: string) => string;
}

export const REPORT_TEXTS: Record<ReportLanguage, ReportTexts> = {
	en: {
		locale: 'en-GB',
		title: 'Messages',
		messages: 'Messages',
		delivered: 'Delivered',
		registrations: 'Registrations',
		optOuts: 'Opt-outs',
		registered: 'Registered',
		left: 'Opt-outs',
		invitations: 'Invitations',
		byChannel: 'By channel',
		channels: { sms: 'SMS', whatsapp: 'WhatsApp', push: 'Push' },
		total: 'Total',
		states: {
			accepted: 'Accepted by the provider',
			sent: 'Sent',
			delivered: 'Delivered',
			read: 'Read',
			failed: 'Failed',
			skipped: 'Left out, with a reason',
			unknown: 'Unknown, not sent again',
			expired: 'Expired',
			cancelled: 'Cancelled',
		},
		byDay: 'By day',
		day: 'Day',
		nothing: 'Nothing was sent in these days.',
		explanation:
			'Each message is counted in every state it reached, on the day it reached it: a message delivered on Monday may have been sent on Sunday.',
		timeZone: (zone) => `Days in the time zone ${zone}.`,
	},
	de: {
		locale: 'de-AT',
		title: 'Nachrichten',
		messages: 'Nachrichten',
		delivered: 'Zugestellt',
		registrations: 'Registrierungen',
		optOuts: 'Abmeldungen',
		registered: 'Registriert',
		left: 'Abgemeldet',
		invitations: 'Einladungen',
		byChannel: 'Nach Kanal',
		channels: { sms: 'SMS', whatsapp: 'WhatsApp', push: 'Push' },
		total: 'Gesamt',
		states: {
			accepted: 'Vom Anbieter angenommen',
			sent: 'Gesendet',
			delivered: 'Zugestellt',
			read: 'Gelesen',
			failed: 'Fehlgeschlagen',
			skipped: 'Ausgelassen, mit Grund',
			unknown: 'Unbekannt, nicht erneut gesendet',
			expired: 'Abgelaufen',
			cancelled: 'Abgebrochen',
		},
		byDay: 'Nach Tag',
		day: 'Tag',
		nothing: 'In diesen Tagen wurde nichts gesendet.',
		explanation:
			'Jede Nachricht zählt in jedem Zustand, den sie erreicht hat, und zwar an dem Tag, an dem sie ihn erreicht hat: Was am Montag zugestellt wurde, kann am Sonntag gesendet worden sein.',
		timeZone: (zone) => `Tage in der Zeitzone ${zone}.`,
	},
	it: {
		locale: 'it-IT',
		title: 'Messaggi',
		messages: 'Messaggi',
		delivered: 'Consegnati',
		registrations: 'Registrazioni',
		optOuts: 'Disiscrizioni',
		registered: 'Registrati',
		left: 'Disiscritti',
		invitations: 'Inviti',
		byChannel: 'Per canale',
		channels: { sms: 'SMS', whatsapp: 'WhatsApp', push: 'Push' },
		total: 'Totale',
		states: {
			accepted: 'Accettati dal gestore',
			sent: 'Inviati',
			delivered: 'Consegnati',
			read: 'Letti',
			failed: 'Non riusciti',
			skipped: 'Esclusi, con un motivo',
			unknown: 'Incerti, non rinviati',
			expired: 'Scaduti',
			cancelled: 'Annullati',
		},
		byDay: 'Per giorno',
		day: 'Giorno',
		nothing: 'In questi giorni non è stato inviato nulla.',
		explanation:
			'Ogni messaggio conta in ogni stato che ha raggiunto, nel giorno in cui l’ha raggiunto: un messaggio consegnato lunedì può essere stato inviato domenica.',
		timeZone: (zone) => `Giorni nel fuso orario ${zone}.`,
	},
};
