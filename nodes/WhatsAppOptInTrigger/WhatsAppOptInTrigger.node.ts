import {
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { credentialTest } from '../shared/credentialTests';
import { handOverEvents } from '../shared/eventTrigger';
import { pathFromParameter } from '../shared/webhookPath';
import { outputsExpression, toOutputs } from './outputs';
import { properties } from './properties';
import { receiveWebhook } from './receiveWebhook';

export class WhatsAppOptInTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WhatsApp Opt-In Trigger',
		name: 'whatsAppOptInTrigger',
		icon: { light: 'file:whatsapp-opt-in.svg', dark: 'file:whatsapp-opt-in.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["provider"] === "meta" ? "Meta" : "websms" }}',
		description:
			'Registers people who write START or anything else, lets go who writes STOP, and starts the workflow with what happened',
		eventTriggerDescription: 'Waiting for somebody to write to your number',
		activationMessage: 'People who write to your number are registered from now on.',
		defaults: { name: 'WhatsApp Opt-In Trigger' },
		inputs: [],
		outputs: outputsExpression,
		credentials: [
			{ name: 'optInStoreApi', displayName: 'Opt-In Store', required: true, testedBy: 'optInStoreTest' },
			// `hide`, because n8n takes a parameter whose every value shows a credential for the way of signing in, and leaves it out of the panel.
			{
				name: 'metaWhatsAppApi',
				displayName: 'Meta WhatsApp',
				required: true,
				testedBy: 'metaWhatsAppTest',
				displayOptions: { hide: { provider: ['websms'] } },
			},
			{
				name: 'websmsApi',
				displayName: 'websms (LINK Mobility)',
				required: true,
				testedBy: 'websmsTest',
				displayOptions: { hide: { provider: ['meta'] } },
			},
		],
		webhooks: [
			{ name: 'setup', httpMethod: 'GET', responseMode: 'onReceived', ...pathFromParameter('path') },
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', ...pathFromParameter('path') },
		],
		properties,
	};

	methods = { credentialTest };

	/** They touch neither store nor provider and never throw: n8n gives up a trigger whose hooks fail while something is down. */
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

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveWebhook(this);
	}

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return handOverEvents(this, toOutputs);
	}
}
