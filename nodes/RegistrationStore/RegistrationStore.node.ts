import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { credentialTest } from '../shared/credentialTests';
import { listSearch } from '../shared/lists';
import { route } from '../shared/router';
import { properties } from './actions/description';
import { table } from './actions/table';

export class RegistrationStore implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WhatsApp Registration Store',
		name: 'registrationStore',
		icon: { light: 'file:registration-store.svg', dark: 'file:registration-store.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Who may be written to on WhatsApp, your own numbers, and the ledger that proves consent',
		defaults: { name: 'WhatsApp Registration Store' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'optInStoreApi', displayName: 'Opt-In Store', required: true, testedBy: 'optInStoreTest' }],
		properties,
	};

	methods = { listSearch, credentialTest };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, table);
	}
}
