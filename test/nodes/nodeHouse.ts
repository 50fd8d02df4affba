import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { testStore } from '../../nodes/shared/credentialTests';
import { storeSettings } from '../../nodes/shared/store';
import { createOrUpdateSender } from '../../services/senders/senders';
import { closeStores } from '../../store/pool';
import { openStore, type Store } from '../../store/store';
import type { Credentials } from './runWorkflow';

/** What one request to the fake gateway was. */
export interface GatewayRequest {
	path: string;
	body: Record<string, unknown>;
}

/** The company's numbers: WhatsApp by Meta, SMS by websms. */
export const whatsAppSender = '+390212345678';
export const smsSender = '+393200000001';

export interface NodeHouse {
	store: Store;
	storeCredential: ICredentialDataDecryptedObject;
	/** Store and both providers. */
	credentials: Credentials;
	/** What arrived at the gateway. */
	requests: GatewayRequest[];
	leave(): Promise<void>;
}

/** A real store in a folder of its own, made by the credential's test, two senders, and a gateway that accepts everything. */
export async function enterHouse(): Promise<NodeHouse> {
	const folder = mkdtempSync(join(tmpdir(), 'optin-nodes-'));
	process.env.N8N_USER_FOLDER = folder;
	const storeCredential = {
		storage: 'sqlite',
		sqliteFile: 'optin.sqlite',
		sharedDisk: false,
		ledgerKey: 'a key for tests',
	};
	await testStore({ id: '1', name: 'Store', type: 'optInStoreApi', data: storeCredential });
	const store = await openStore(storeSettings(storeCredential), { create: false });
	await createOrUpdateSender(store, {
		phone: whatsAppSender,
		provider: 'meta',
		providerSenderId: '1065',
		sendsWhatsApp: true,
		sendsSms: false,
	});
	await createOrUpdateSender(store, { phone: smsSender, provider: 'websms', sendsWhatsApp: false, sendsSms: true });

	const requests: GatewayRequest[] = [];
	const gateway = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			requests.push({
				path: request.url ?? '',
				body: JSON.parse(Buffer.concat(chunks).toString() || '{}') as GatewayRequest['body'],
			});
			response.setHeader('Content-Type', 'application/json');
			response.end(
				JSON.stringify(
					request.url?.startsWith('/meta')
						? { messaging_product: 'whatsapp', contacts: [], messages: [{ id: `wamid.${requests.length}` }] }
						: { statusCode: 2000, statusMessage: 'OK', transferId: `transfer${requests.length}` },
				),
			);
		});
	});
	await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;

	return {
		store,
		storeCredential,
		credentials: {
			optInStoreApi: storeCredential,
			metaWhatsAppApi: {
				accessToken: 'token',
				appSecret: 'secret',
				verifyToken: 'word',
				baseUrl: `${url}/meta`,
				apiVersion: 'v25.0',
			},
			websmsApi: { accessToken: 'token', webhookSecret: 'secret', baseUrl: `${url}/websms`, country: 'IT' },
		},
		requests,
		async leave() {
			gateway.closeAllConnections();
			gateway.close();
			await store.close();
			await closeStores();
			delete process.env.N8N_USER_FOLDER;
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
