import { createHmac } from 'node:crypto';
import type { IDataObject, INodeExecutionData, IRun, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';

import type { Credentials } from './runWorkflow';

interface TriggerSetting {
	mode?: 'trigger' | 'manual';
	credentials: Credentials;
	parameters?: IDataObject;
	/** The ids of credentials saved in n8n; without them nothing of theirs is kept. */
	savedCredentials?: Record<string, { id: string; name: string }>;
	/** Which credentials were read. */
	reads?: string[];
}

function context(
	{ mode = 'trigger', credentials, parameters = {}, savedCredentials, reads = [] }: TriggerSetting,
	logged: string[],
) {
	return {
		getMode: () => mode,
		getNode: () => ({ id: 'trigger', name: 'The trigger', credentials: savedCredentials }),
		getWorkflow: () => ({ id: 'workflow' }),
		getNodeParameter: (name: string, fallback?: unknown) => parameters[name] ?? fallback,
		getCredentials: async (type: string) => {
			reads.push(type);
			return credentials[type];
		},
		logger: { error: (message: string) => logged.push(message) },
	};
}

interface Deferred {
	promise: Promise<unknown>;
	resolve: (value?: unknown) => void;
	reject: (error: unknown) => void;
}

/** What n8n gives to `trigger()`: here every execution ends when the test says so, at once by default. */
export function triggerContext(setting: TriggerSetting) {
	const logged: string[] = [];
	const executions: Array<{
		outputs: INodeExecutionData[][];
		end: (run?: Partial<IRun>) => void;
		fail: (error: unknown) => void;
	}> = [];
	const state = { endAtOnce: true };
	const node = {
		...context(setting, logged),
		helpers: {
			createDeferredPromise: (): Deferred => {
				const deferred = Promise.withResolvers<unknown>();
				return { ...deferred, resolve: deferred.resolve };
			},
		},
		emit: (outputs: INodeExecutionData[][], _response?: undefined, done?: Deferred) => {
			const end = (run?: Partial<IRun>): void => done?.resolve(run);
			executions.push({ outputs, end, fail: (error) => done?.reject(error) });
			if (state.endAtOnce) end({ status: 'success', finished: true });
		},
	};
	return { node: node as unknown as ITriggerFunctions, executions, logged, state };
}

/** What n8n gives to `webhook()`. */
export function webhookContext(
	setting: TriggerSetting & { method?: string; url?: string; body?: string; headers?: Record<string, string> },
) {
	const logged: string[] = [];
	const answer = { status: 0, contentType: '', body: '' };
	const node = {
		...context(setting, logged),
		getRequestObject: () => ({
			method: setting.method ?? 'POST',
			originalUrl: setting.url ?? '/webhook/x/optin',
			headers: setting.headers ?? {},
			rawBody: setting.body === undefined ? undefined : Buffer.from(setting.body),
		}),
		getResponseObject: () => ({
			set statusCode(status: number) {
				answer.status = status;
			},
			setHeader: (_name: string, value: string) => (answer.contentType = value),
			end: (body: string) => (answer.body = body),
		}),
	};
	return { node: node as unknown as IWebhookFunctions, answer, logged };
}

/** A message to the company as Meta brings it, signed with the credential's secret. */
export function metaMessage(text: string, { id = 'wamid.1', from = '393331234567', secret = 'secret' } = {}) {
	const message = { from, id, timestamp: String(Math.floor(Date.now() / 1000)), type: 'text', text: { body: text } };
	const value = {
		messaging_product: 'whatsapp',
		metadata: { display_phone_number: '390212345678', phone_number_id: '1065' },
		contacts: [{ wa_id: from, profile: { name: 'Anna' } }],
		messages: [message],
	};
	const body = JSON.stringify({
		object: 'whatsapp_business_account',
		entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
	});
	return {
		body,
		headers: { 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` },
	};
}

/** Waits until it holds, for as long as a test may take. */
export async function until(holds: () => boolean): Promise<void> {
	while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
