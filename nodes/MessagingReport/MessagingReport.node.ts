import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { credentialTest } from '../shared/credentialTests';
import { route } from '../shared/router';
import { properties } from './actions/description';
import { table } from './actions/table';

export class MessagingReport implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Messaging Report',
		name: 'messagingReport',
		icon: { light: 'file:messaging-report.svg', dark: 'file:messaging-report.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["period"] }}',
		description: 'What was sent, delivered and read by SMS, WhatsApp and Push, with registrations and opt-outs',
		defaults: { name: 'Messaging Report' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'optInStoreApi', displayName: 'Opt-In Store', required: true, testedBy: 'optInStoreTest' }],
		properties,
	};

	methods = { credentialTest };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, table);
	}
}
