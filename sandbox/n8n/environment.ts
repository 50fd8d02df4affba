import { n8nOwner } from '../accounts';

/** Settings of another n8n on this machine must not reach the sandbox's. */
const notInherited = /^(N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_|CREDENTIALS_|GENERIC_|NODE_OPTIONS$|NODE_ENV$|JEST_)/;
/** What may well be set from outside. */
const inherited = new Set(['N8N_EXPRESSION_ENGINE', 'N8N_LOG_LEVEL', 'GENERIC_TIMEZONE']);

export interface EnvironmentOptions {
	/** n8n makes `.n8n` in it. */
	userFolder: string;
	port: number;
	brokerPort: number;
	/** Wins over everything else. */
	env?: Record<string, string> | undefined;
}

/** The whole environment of an n8n process of the sandbox: quiet, on loopback, with the sandbox's owner. */
export function n8nEnvironment({ userFolder, port, brokerPort, env = {} }: EnvironmentOptions): Record<string, string> {
	const kept = Object.entries(process.env).filter(
		(entry): entry is [string, string] =>
			entry[1] !== undefined && (inherited.has(entry[0]) || !notInherited.test(entry[0])),
	);
	return {
		GENERIC_TIMEZONE: Intl.DateTimeFormat().resolvedOptions().timeZone,
		...Object.fromEntries(kept),
		NODE_ENV: 'production',
		N8N_USER_FOLDER: userFolder,
		N8N_HOST: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_SECURE_COOKIE: 'false',
		// Installing packages from the editor stays possible, as in an n8n of one's own.
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		// No call to n8n's hosts.
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_DISABLED_MODULES: 'mcp-registry',
		N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
		N8N_INSTANCE_OWNER_EMAIL: n8nOwner.email,
		N8N_INSTANCE_OWNER_FIRST_NAME: n8nOwner.firstName,
		N8N_INSTANCE_OWNER_LAST_NAME: n8nOwner.lastName,
		N8N_INSTANCE_OWNER_PASSWORD_HASH: n8nOwner.passwordHash,
		...env,
	};
}
