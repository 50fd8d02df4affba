import type { FormLanguage } from './texts';

/** What the company has decided about its form. An empty text means: the form's own, in its language. */
export interface FormSettings {
	/** The WhatsApp sender: '' the only one, an id, or a phone number. */
	sender: string;
	/** The group joined: '' none, an id, or a shortcode. */
	group: string;
	/** With a text the group is a box to tick; without, everybody joins it. */
	groupQuestion: string;
	language: FormLanguage;
	title: string;
	text: string;
	button: string;
	consentText: string;
	/** Kept with each consent, so that it can be shown which text was agreed to. */
	consentVersion: string;
	/** Whether the consent text covers advertising by SMS too: then it is recorded as SMS consent. */
	consentCoversSms: boolean;
	privacyUrl: string;
	/** ISO 3166 alpha-2 of numbers typed without a prefix; '' the sender's. */
	country: string;
	/** `#rrggbb`; anything else gives the form's own. */
	colour: string;
	/** `data:image/…`; any other address would be a foreign request and is left out. */
	logo: string;
}

/** Names of the form's fields: also those of a company's own HTML form that posts here. */
export const FIELD = { phone: 'phone', group: 'group', consent: 'consent', trap: 'website' } as const;
