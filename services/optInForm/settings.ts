import type { InvitationLimits } from '../../domain/invitationLimits';
import type { FormField } from './fields';
import type { FormLanguage } from './texts';

/** What the company has decided about its form. An empty text means: the form's own, in its language. */
export interface FormSettings {
	/** The WhatsApp sender: '' the only one, an id, or a phone number. */
	sender: string;
	/** The group joined: '' none, an id, or a shortcode. */
	group: string;
	/** With a text the group is a box to tick; without, everybody joins it. */
	groupQuestion: string;
	/** Further groups, each a box to tick; with an empty label the group's name stands beside it. */
	groups: readonly { group: string; label: string }[];
	/** What else is asked for, in this order. */
	fields: readonly FormField[];
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
	/** `#rrggbb` behind the form; anything else gives the theme's own. */
	background: string;
	/** Of the form where the company gave no background. */
	theme: 'auto' | 'light' | 'dark';
	/** `plain`: without card and margin, for a frame in another page. */
	layout: 'card' | 'plain';
	/** `data:image/…`; any other address would be a foreign request and is left out. */
	logo: string;
	/** Without their countries, which `countries` says. */
	limits: InvitationLimits;
	/** As typed: of the numbers invited (domain/invitationLimits.ts). */
	countries: string;
}

/** Names of the form's fields: also those of a company's own HTML form that posts here. */
export const FIELD = { phone: 'phone', group: 'group', consent: 'consent', trap: 'website' } as const;
