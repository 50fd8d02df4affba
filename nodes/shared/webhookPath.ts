import * as n8nWorkflow from 'n8n-workflow';
import type { IWebhookDescription } from 'n8n-workflow';

/** They are newer than the n8n that this package promises to run on. */
interface SinceLately {
	fromParameter?: typeof n8nWorkflow.fromParameter | undefined;
	webhookDescriptionFields?: typeof n8nWorkflow.webhookDescriptionFields | undefined;
}
const lately = (): SinceLately => n8nWorkflow;

/**
 * The path of a webhook as the person at the node enters it. n8n evaluates an expression for it on every call, in an isolate; where its
 * version knows how, it reads the parameter instead, which takes a third of the time.
 */
export function pathFromParameter(name: string): Pick<IWebhookDescription, 'path'> {
	const { fromParameter, webhookDescriptionFields } = lately();
	return fromParameter && webhookDescriptionFields
		? webhookDescriptionFields({ path: fromParameter(name) })
		: { path: `={{$parameter["${name}"]}}` };
}
