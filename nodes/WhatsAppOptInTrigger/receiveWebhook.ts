import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import type { ProviderName } from '../../domain/provider';
import { ConfigurationError, StoreUnavailableError } from '../../domain/errors';
import type { RawRequest, WebhookAnswer, WebhookReading } from '../../providers/provider';
import { receive } from '../../services/receiving/receive';
import { inboxOf } from '../shared/inbox';
import { keptCredential } from '../shared/keptCredentials';
import { createWebhookReader, credentialOf } from '../shared/providers';
import { withWebhookStore } from '../shared/store';
import { answerWith, rawRequestOf } from '../shared/webhookRequest';

/** By a signature, a key or a verify token. */
const REFUSED = new Set([401, 403]);

const text = (status: number, body: string): WebhookAnswer => ({
	status,
	contentType: 'text/plain; charset=utf-8',
	body,
});

/** Stores, applies and answers; the workflow is started by `trigger()`. */
export async function receiveWebhook(node: IWebhookFunctions): Promise<IWebhookResponseData> {
	const request = rawRequestOf(node);
	const answer = await answerTo(node, request).catch((error: unknown) => refuse(node, error));
	answerWith(node, answer);
	// In a test run n8n starts the execution with what is returned here, and takes its items from `trigger()`.
	const startsTestRun = node.getMode() === 'manual' && request.method === 'POST' && answer.status === 200;
	return { noWebhookResponse: true, ...(startsTestRun ? { workflowData: [[{ json: {} }]] } : {}) };
}

async function answerTo(node: IWebhookFunctions, request: RawRequest): Promise<WebhookAnswer> {
	const provider = node.getNodeParameter('provider') as ProviderName;
	const reading = await believed(node, provider, request);
	// A handshake and what is not believed carry nothing to store: neither opens the store, nor needs it.
	if (reading.events === null) return reading.answer;
	return await withWebhookStore(node, (store) =>
		receive(store, provider, reading, {
			inbox: inboxOf(node),
			storeStatuses: node.getNodeParameter('handOverStatuses', false) === true,
			onUnavailable: (error) => logRefusal(node, error),
		}),
	);
}

/** What is refused by the secrets kept may be right by those saved meanwhile: a secret that was changed works at once. */
async function believed(node: IWebhookFunctions, provider: ProviderName, request: RawRequest): Promise<WebhookReading> {
	const read = async (again: boolean): Promise<WebhookReading> =>
		createWebhookReader(provider, await keptCredential(node, credentialOf(provider), again)).read(request);
	const reading = await read(false);
	return REFUSED.has(reading.answer.status) ? await read(true) : reading;
}

/** Anything but a 200 makes the provider come again, which is what is wanted while something is wrong here. */
function refuse(node: IWebhookFunctions, error: unknown): WebhookAnswer {
	logRefusal(node, error);
	const willBeTriedAgain = error instanceof StoreUnavailableError || error instanceof ConfigurationError;
	return willBeTriedAgain
		? text(503, 'The store is not available. Please try again.')
		: text(500, 'This could not be taken in. Please try again.');
}

function logRefusal(node: IWebhookFunctions, error: unknown): void {
	node.logger.error(
		`A webhook of "${node.getNode().name}" could not be taken in: ${error instanceof Error ? error.message : String(error)}`,
	);
}
