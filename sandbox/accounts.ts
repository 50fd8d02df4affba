/**
 * The company that the sandbox plays: its numbers, tokens and secrets.
 * They are constants, because they open nothing but a gateway on this machine's loopback address.
 */

export const metaAccount = {
	name: 'Sandbox Trattoria',
	/** E.164; a number that libphonenumber takes for valid. */
	phone: '+390212345678',
	phoneNumberId: '106540352242922',
	businessAccountId: '102290129340398',
	accessToken: 'sandbox-meta-access-token',
	appSecret: 'sandbox-meta-app-secret',
	verifyToken: 'sandbox-meta-verify-token',
	apiVersion: 'v25.0',
} as const;

export const websmsAccount = {
	name: 'Sandbox Trattoria',
	/** The number that SMS come from and go to. */
	smsPhone: '+393200000001',
	/** The number behind the WhatsApp channel. */
	whatsAppPhone: '+390212345679',
	channelUuid: '123e4567-e89b-42d3-a456-426614174000',
	customerChannelUuid: '11111111-2222-4333-8444-555555555555',
	accessToken: 'sandbox-websms-access-token',
	webhookSecret: 'sandbox-websms-webhook-secret',
} as const;

/** Owner of the n8n that `npm start` runs. The hash is bcrypt of the password. */
export const n8nOwner = {
	email: 'owner@sandbox.example',
	firstName: 'Sandbox',
	lastName: 'Owner',
	password: 'Sandbox-2026',
	passwordHash: '$2a$10$iF0i2aTA4CJlbM3/lgSgouyN7cg.Dh0s5FMzSLuipo5NDYS4Ajcv.',
} as const;

/** Login of the registrations page. */
export const pageLogin = { user: 'operator', password: 'Sandbox-2026' } as const;

export const defaultPorts = { n8n: 5678, gateway: 4010, smtp: 4025 } as const;

/** Base URL to put into a metaWhatsAppApi credential. */
export function metaBaseUrl(gatewayUrl: string): string {
	return `${gatewayUrl}/meta`;
}

/** Base URL to put into a websmsApi credential, which adds `/rest` itself. */
export function websmsBaseUrl(gatewayUrl: string): string {
	return `${gatewayUrl}/websms`;
}
