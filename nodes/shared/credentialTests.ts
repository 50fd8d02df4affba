import { existsSync } from 'node:fs';
import type { ICredentialDataDecryptedObject, ICredentialsDecrypted, INodeCredentialTestResult } from 'n8n-workflow';

import type { ProviderName } from '../../domain/provider';
import { blockText } from '../../services/shared/sendingBlock';
import { sendingBlock } from '../../store/guard/sendingBlock';
import { openStore } from '../../store/store';
import { sqliteFilePath } from '../../store/database/sqlite/location';
import { forgetCredentials } from './keptCredentials';
import { createProvider } from './providers';
import { storeSettings } from './store';

type Credential = ICredentialsDecrypted<ICredentialDataDecryptedObject>;

/** Opens the store, and makes it where there is none: the one place that may. */
export async function testStore(credential: Credential): Promise<INodeCredentialTestResult> {
	return await resultOf(async () => {
		const settings = storeSettings(credential.data ?? {});
		const isNew = settings.kind === 'sqlite' && settings.ledgerKey !== '' && !existsSync(sqliteFilePath(settings));
		const store = await openStore(settings, { create: true });
		const block = await store.read(sendingBlock);
		await store.close();
		const place = settings.kind === 'sqlite' ? `the file ${settings.file}` : `the database ${settings.database}`;
		if (block) return `The store in ${place} is ready. ${blockText(block)}`;
		return isNew ? `There was no store yet: made a new one in ${place}.` : `The store in ${place} is ready.`;
	});
}

async function testProvider(name: ProviderName, credential: Credential): Promise<INodeCredentialTestResult> {
	return await resultOf(async () => {
		await createProvider(name, credential.data ?? {}).check();
		return 'The provider accepts this credential.';
	});
}

/** For the `methods` of every node: n8n asks any node that knows the credential. */
export const credentialTest = {
	async optInStoreTest(credential: Credential): Promise<INodeCredentialTestResult> {
		return await testStore(credential);
	},
	async metaWhatsAppTest(credential: Credential): Promise<INodeCredentialTestResult> {
		return await testProvider('meta', credential);
	},
	async websmsTest(credential: Credential): Promise<INodeCredentialTestResult> {
		return await testProvider('websms', credential);
	},
};

async function resultOf(test: () => Promise<string>): Promise<INodeCredentialTestResult> {
	forgetCredentials();
	try {
		return { status: 'OK', message: await test() };
	} catch (error) {
		return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
	}
}
