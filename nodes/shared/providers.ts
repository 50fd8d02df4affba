import type { CountryCode } from 'libphonenumber-js';
import type { IDataObject, INode } from 'n8n-workflow';

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
import { nodeHttpClient } from './http';
import { splitList } from './parameters';
import type { CredentialReader } from './store';

/** The providers whose credential names this package knows, and what is made of a credential's fields. */
export const providerCredentials = {
	meta: 'metaWhatsAppApi',
	websms: 'websmsApi',
} as const;

export type ProviderWithCredential = keyof typeof providerCredentials;

export function createProvider(
	name: ProviderWithCredential,
	fields: IDataObject,
	http: HttpClient = nodeHttpClient,
): Provider {
	const provider =
		name === 'meta'
			? createMetaProvider(metaAccount(fields), http)
			: withStatusCallback(createWebsmsProvider(websmsAccount(fields), http), statusCallbackUrl(fields));
	return isTrial(fields.trialMode) ? withTrialMode(provider, splitList(fields.trialNumbers)) : provider;
}

/** Anything but "no" is trial mode: a setting that was written by other means than the form must not send to everybody. */
function isTrial(setting: unknown): boolean {
	return setting !== undefined && setting !== null && setting !== false && setting !== 'false' && setting !== '';
}

export function createWebhookReader(name: ProviderWithCredential, fields: IDataObject): WebhookReader {
	return name === 'meta'
		? createMetaWebhookReader(metaAccount(fields))
		: createWebsmsWebhookReader(websmsAccount(fields));
}

/** A provider for each provider credential attached to the node. */
export async function attachedProviders(node: CredentialReader & { getNode(): INode }): Promise<Providers> {
	const attached = node.getNode().credentials ?? {};
	const providers: Providers = {};
	for (const name of ['meta', 'websms'] as const) {
		const credential = providerCredentials[name];
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
