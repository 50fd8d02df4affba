import {
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';

import type { HandedEvent } from '../../services/handOver/claimedEvents';
import { credentialTest } from '../shared/credentialTests';
import { handOverEvents } from '../shared/eventTrigger';
import { inboxOf } from '../shared/inbox';
import { listSearch } from '../shared/lists';
import { answerVisitor, sendAnswer } from './answerVisitor';
import { properties } from './properties';

export class OptInFormTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WhatsApp Opt-In Form Trigger',
		name: 'optInFormTrigger',
		icon: { light: 'file:opt-in-form.svg', dark: 'file:opt-in-form.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["title"] || "Form" }}',
		description: 'Shows a form of your own that takes a mobile number and invites the person to WhatsApp',
		eventTriggerDescription: 'Waiting for somebody to fill in the form',
		activationMessage: 'The form is now live at its production URL.',
		defaults: { name: 'WhatsApp Opt-In Form Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'optInStoreApi', displayName: 'Opt-In Store', required: true, testedBy: 'optInStoreTest' }],
		webhooks: [
			{ name: 'setup', httpMethod: 'GET', responseMode: 'onReceived', path: 'form' },
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'form', ndvHideUrl: true },
		],
		properties,
	};

	methods = { credentialTest, listSearch };

	/** They touch nothing and never throw: n8n gives up a trigger whose hooks fail while something is down. */
	webhookMethods = {
		default: {
			async checkExists(): Promise<boolean> {
				return true;
			},
			async create(): Promise<boolean> {
				return true;
			},
			async delete(): Promise<boolean> {
				return true;
			},
		},
	};

	/** Keeps the invitation and answers with a page; the workflow is started by `trigger()`. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const answer = await answerVisitor(this, inboxOf(this));
		sendAnswer(this, answer);
		// In a test run n8n starts the execution with what is returned here, and takes its items from `trigger()`.
		const startsTestRun = this.getMode() === 'manual' && answer.invited;
		return { noWebhookResponse: true, ...(startsTestRun ? { workflowData: [[{ json: {} }]] } : {}) };
	}

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return handOverEvents(this, toItems);
	}
}

function toItems(events: HandedEvent[]): INodeExecutionData[][] {
	return [events.map(({ json }) => ({ json: { ...json } }))];
}
