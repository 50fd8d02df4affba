import { homedir } from 'node:os';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';

import { acquireStore, type StoreHandle } from '../../store/pool';
import type { Store, StoreSettings } from '../../store/store';
import { keptCredential, type WebhookNode } from './keptCredentials';

/** What any of n8n's contexts can do that has a store credential attached. */
export interface CredentialReader {
	getCredentials(type: string): Promise<object>;
}

/** The credential's fields as the store wants them. */
export function storeSettings(fields: IDataObject): StoreSettings {
	const ledgerKey = textOf(fields.ledgerKey);
	if (fields.storage === 'postgres') {
		return {
			kind: 'postgres',
			host: textOf(fields.host),
			port: Number(fields.port),
			database: textOf(fields.database),
			user: textOf(fields.user),
			password: textOf(fields.password),
			ssl: fields.ssl === true,
			ledgerKey,
			watermarkFolder: join(n8nFolder(), 'optin'),
		};
	}
	return {
		kind: 'sqlite',
		n8nFolder: n8nFolder(),
		file: textOf(fields.sqliteFile) || 'optin.sqlite',
		queueMode: process.env.EXECUTIONS_MODE === 'queue',
		sharedDisk: fields.sharedDisk === true,
		ledgerKey,
	};
}

/** Opens the store of the node's credential, without making one. @throws what acquireStore throws. */
export async function openNodeStore(node: CredentialReader): Promise<StoreHandle> {
	const fields = (await node.getCredentials('optInStoreApi')) as IDataObject;
	return await acquireStore(storeSettings(fields), { create: false });
}

/** Runs `work` on the store of the node's credential. */
export async function withNodeStore<T>(node: CredentialReader, work: (store: Store) => Promise<T>): Promise<T> {
	const handle = await openNodeStore(node);
	try {
		return await work(handle.store);
	} finally {
		handle.release();
	}
}

/** As withNodeStore, for webhooks: the credential is kept, and read again when the store does not open with it. */
export async function withWebhookStore<T>(node: WebhookNode, work: (store: Store) => Promise<T>): Promise<T> {
	const open = async (again: boolean): Promise<StoreHandle> =>
		await acquireStore(storeSettings(await keptCredential(node, 'optInStoreApi', again)), { create: false });
	const handle = await open(false).catch(async () => await open(true));
	try {
		return await work(handle.store);
	} finally {
		handle.release();
	}
}

/**
 * For triggers, which ask for the store again and again: the credential is read until it could be,
 * then only after the store could not be opened with it (it may have been corrected meanwhile).
 */
export function storeSource(node: CredentialReader): () => Promise<StoreHandle> {
	let settings: StoreSettings | undefined;
	return async () => {
		settings ??= storeSettings((await node.getCredentials('optInStoreApi')) as IDataObject);
		const known = settings;
		settings = undefined;
		const handle = await acquireStore(known, { create: false });
		settings = known;
		return handle;
	};
}

/** n8n's own folder: its setting names the folder around `.n8n`. */
function n8nFolder(): string {
	return join(process.env.N8N_USER_FOLDER || homedir(), '.n8n');
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
