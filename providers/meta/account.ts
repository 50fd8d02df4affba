/** What Meta's developer pages give for one app and its WhatsApp business account. */
export interface MetaAccount {
	accessToken: string;
	/** Signs webhooks. Empty: no webhook is believed. */
	appSecret: string;
	/** The word typed into Meta's webhook settings. Empty: no handshake succeeds. */
	verifyToken: string;
	/** Default: https://graph.facebook.com */
	baseUrl?: string;
	/** Default: v25.0 */
	apiVersion?: string;
	/** The number that `check()` asks for; without it only the token is checked. */
	phoneNumberId?: string;
}
