/**
 * How WhatsApp names an account apart from its number (BSUID): a country's two letters, a dot, up to 128 letters and digits; ids of a
 * parent business carry `ENT` between (developers.facebook.com/docs/whatsapp/business-scoped-user-ids).
 */
const WHATSAPP_USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;

export function isWhatsAppUserId(text: string): boolean {
	return WHATSAPP_USER_ID.test(text);
}
