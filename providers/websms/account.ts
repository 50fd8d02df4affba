import type { CountryCode } from 'libphonenumber-js';

/** An account at websms / LINK Mobility. */
export interface WebsmsAccount {
	accessToken: string;
	/** Without `/rest`. Default: https://api.linkmobility.eu; accounts of websms.com: https://api.websms.com */
	baseUrl?: string;
	/**
	 * Our secret in the query (`?key=`) of every webhook URL given to websms, which signs nothing.
	 * Empty: no webhook is believed.
	 */
	webhookSecret: string;
	/**
	 * The country of numbers that websms writes in national form, as it does with the company's own number
	 * in received messages. Without it such a number stays unknown.
	 */
	defaultCountry?: CountryCode;
}
