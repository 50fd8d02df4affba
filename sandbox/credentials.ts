import type { StoreSettings } from '../store/store';
import { metaAccount, metaBaseUrl, pageLogin, websmsAccount, websmsBaseUrl } from './accounts';
import type { Credential } from './n8n/workflow';

/** What the credentials point at. */
export interface SandboxAddresses {
	store: StoreCredentialData;
	gatewayUrl: string;
	smtpPort: number;
	/** URL of the trigger for websms, for delivery reports; null: none are asked for. */
	websmsStatusUrl: string | null;
}

/** What the store credential says, but for the ledger key. */
export type StoreCredentialData =
	| { storage: 'sqlite'; sqliteFile: string; sharedDisk: boolean }
	| { storage: 'postgres'; host: string; port: number; database: string; user: string; password: string; ssl: boolean };

export const embeddedStore: StoreCredentialData = { storage: 'sqlite', sqliteFile: 'optin.sqlite', sharedDisk: false };

const ledgerKey = 'sandbox-ledger-key-0123456789abcdef';

/** The store that the credential names, as the store itself wants it. @param n8nFolder `<user folder>/.n8n` */
export function storeSettings(data: StoreCredentialData, n8nFolder: string): StoreSettings {
	if (data.storage === 'sqlite') {
		return {
			kind: 'sqlite',
			n8nFolder,
			file: data.sqliteFile,
			queueMode: false,
			sharedDisk: data.sharedDisk,
			ledgerKey,
		};
	}
	const { host, port, database, user, password, ssl } = data;
	return { kind: 'postgres', host, port, database, user, password, ssl, ledgerKey };
}

/** The credentials that the sandbox puts into n8n. Ids are fixed, so that a second start finds them again. */
export function sandboxCredentials({ store, gatewayUrl, smtpPort, websmsStatusUrl }: SandboxAddresses): Credential[] {
	return [
		{ id: 'optinSandboxStore', name: 'Sandbox Store', type: 'optInStoreApi', data: { ...store, ledgerKey } },
		{
			id: 'optinSandboxMeta',
			name: 'Sandbox Meta',
			type: 'metaWhatsAppApi',
			data: {
				accessToken: metaAccount.accessToken,
				appSecret: metaAccount.appSecret,
				verifyToken: metaAccount.verifyToken,
				phoneNumberId: metaAccount.phoneNumberId,
				baseUrl: metaBaseUrl(gatewayUrl),
				apiVersion: metaAccount.apiVersion,
				trialMode: false,
				trialNumbers: '',
			},
		},
		{
			id: 'optinSandboxWebsms',
			name: 'Sandbox websms',
			type: 'websmsApi',
			data: {
				accessToken: websmsAccount.accessToken,
				webhookSecret: websmsAccount.webhookSecret,
				baseUrl: websmsBaseUrl(gatewayUrl),
				country: 'IT',
				statusCallbackUrl: websmsStatusUrl ?? '',
				trialMode: false,
				trialNumbers: '',
			},
		},
		{
			id: 'optinSandboxSmtp',
			name: 'Sandbox Mailbox',
			type: 'smtp',
			data: { host: '127.0.0.1', port: smtpPort, secure: false, disableStartTls: true, user: '', password: '' },
		},
		{ id: 'optinSandboxPage', name: 'Sandbox Registrations Page', type: 'httpBasicAuth', data: { ...pageLogin } },
	];
}
