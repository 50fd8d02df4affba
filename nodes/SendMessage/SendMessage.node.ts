import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { credentialTest } from '../shared/credentialTests';
import { listSearch, loadOptions } from '../shared/lists';
import { route } from '../shared/router';
import { properties } from './actions/description';
import { table } from './actions/table';

export class SendMessage implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Send SMS & WhatsApp',
		name: 'sendMessage',
		icon: { light: 'file:send-message.svg', dark: 'file:send-message.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Write to people who consented to it, one by one or by campaign, on SMS and WhatsApp',
		defaults: { name: 'Send SMS & WhatsApp' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// An AI agent must not write to people.
		usableAsTool: undefined,
		credentials: [
			{ name: 'optInStoreApi', displayName: 'Opt-In Store', required: true, testedBy: 'optInStoreTest' },
			{
				name: 'metaWhatsAppApi',
				displayName: 'Meta WhatsApp (Optional)',
				required: false,
				testedBy: 'metaWhatsAppTest',
			},
			{ name: 'websmsApi', displayName: 'websms (Optional)', required: false, testedBy: 'websmsTest' },
		],
		properties,
	};

	methods = { listSearch, loadOptions, credentialTest };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, table);
	}
}
