import type { CountryCode } from 'libphonenumber-js';
import type { IDataObject, INode, INodePropertyOptions } from 'n8n-workflow';

import { ConfigurationError } from '../../domain/errors';
import { type ProviderName, providerNames, PROVIDERS } from '../../domain/provider';
import type { HttpClient } from '../../providers/http';
import type { MetaAccount } from '../../providers/meta/account';
import { createMetaProvider } from '../../providers/meta/client';
import { createMetaWebhookReader } from '../../providers/meta/webhook';
import type { Provider, WebhookReader } from '../../providers/provider';
import { withTrialMode } from '../../providers/trialMode';
import type { WebsmsAccount } from '../../providers/websms/account';
import { createWebsmsProvider } from '../../providers/websms/client';
import { createWebsmsWebhookReader } from '../../providers/websms/webhook';
import type { Providers } from '../../services/sending/providerAccounts';
import { nodeHttpClient } from '../../providers/nodeHttpClient';
import { splitList } from './parameters';
import type { CredentialReader } from './store';

/** What is made of a credential's fields. */
interface ProviderEntry {
	/** n8n's name of the credential. */
	credential: string;
	provider(fields: IDataObject, http: HttpClient): Provider;
	webhookReader(fields: IDataObject): WebhookReader;
}

const registry = {
	meta: {
		credential: 'metaWhatsAppApi',
		provider: (fields, http) => createMetaProvider(metaAccount(fields), http),
		webhookReader: (fields) => createMetaWebhookReader(metaAccount(fields)),
	},
	websms: {
		credential: 'websmsApi',
		provider: (fields, http) =>
			withStatusCallback(createWebsmsProvider(websmsAccount(fields), http), statusCallbackUrl(fields)),
		webhookReader: (fields) => createWebsmsWebhookReader(websmsAccount(fields)),
	},
} as const satisfies Record<ProviderName, ProviderEntry>;

/** For a field to choose one from. */
export const providerOptions: INodePropertyOptions[] = providerNames.map((name) => ({
	name: PROVIDERS[name].label,
	value: name,
}));

export const credentialOf = (name: ProviderName): string => registry[name].credential;

export function createProvider(name: ProviderName, fields: IDataObject, http: HttpClient = nodeHttpClient): Provider {
	assertSafe(textOf(fields.baseUrl));
	const provider = registry[name].provider(fields, http);
	return isTrial(fields.trialMode) ? withTrialMode(provider, splitList(fields.trialNumbers)) : provider;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The token and what people are written go there: readable on no way but this machine's own. @throws {ConfigurationError} */
function assertSafe(baseUrl: string): void {
	if (baseUrl === '' || !URL.canParse(baseUrl)) return;
	const { protocol, hostname } = new URL(baseUrl);
	if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))) return;
	throw new ConfigurationError(
		"The credential's base URL does not begin with https://, so that its access token could be read on the way. Only an address of this machine (127.0.0.1) may do without.",
	);
}

/** Anything but "no" is trial mode: a setting that was written by other means than the form must not send to everybody. */
function isTrial(setting: unknown): boolean {
	return setting !== undefined && setting !== null && setting !== false && setting !== 'false' && setting !== '';
}

export function createWebhookReader(name: ProviderName, fields: IDataObject): WebhookReader {
	return registry[name].webhookReader(fields);
}

/** A provider for each provider credential attached to the node. */
export async function attachedProviders(node: CredentialReader & { getNode(): INode }): Promise<Providers> {
	const attached = node.getNode().credentials ?? {};
	const providers: Providers = {};
	for (const name of providerNames) {
		const { credential } = registry[name];
		if (attached[credential] === undefined) continue;
		providers[name] = createProvider(name, (await node.getCredentials(credential)) as IDataObject);
	}
	return providers;
}

function metaAccount(fields: IDataObject): MetaAccount {
	return {
		accessToken: textOf(fields.accessToken),
		appSecret: textOf(fields.appSecret),
		verifyToken: textOf(fields.verifyToken),
		phoneNumberId: textOf(fields.phoneNumberId),
		baseUrl: textOf(fields.baseUrl),
		apiVersion: textOf(fields.apiVersion),
	};
}

function websmsAccount(fields: IDataObject): WebsmsAccount {
	const country = textOf(fields.country).toUpperCase();
	return {
		accessToken: textOf(fields.accessToken),
		webhookSecret: textOf(fields.webhookSecret),
		// The documentation names addresses with and without it.
		baseUrl: textOf(fields.baseUrl).replace(/\/rest\/*$/, ''),
		...(country === '' ? {} : { defaultCountry: country as CountryCode }),
	};
}

/** The trigger's URL with the secret that makes it believe what arrives there; undefined: no reports are asked for. */
function statusCallbackUrl(fields: IDataObject): string | undefined {
	const address = textOf(fields.statusCallbackUrl);
	if (!URL.canParse(address)) return undefined;
	const url = new URL(address);
	if (!url.searchParams.has('key')) url.searchParams.set('key', textOf(fields.webhookSecret));
	return url.href;
}

function withStatusCallback(provider: Provider, url: string | undefined): Provider {
	if (url === undefined) return provider;
	return {
		name: provider.name,
		maxRecipients: (channel) => provider.maxRecipients(channel),
		check: () => provider.check(),
		connect: (requests) => provider.connect(requests),
		send: (request, connection) => provider.send({ statusCallbackUrl: url, ...request }, connection),
	};
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
