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
import { outputsExpression } from './outputs';

export class ContactGroup implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Contact & Group',
		name: 'contactGroup',
		icon: { light: 'file:contact-group.svg', dark: 'file:contact-group.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'The address book for SMS and WhatsApp: contacts, and groups that people join with START',
		defaults: { name: 'Contact & Group' },
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsExpression,
		usableAsTool: true,
		credentials: [{ name: 'optInStoreApi', displayName: 'Opt-In Store', required: true, testedBy: 'optInStoreTest' }],
		properties,
	};

	methods = { listSearch, loadOptions, credentialTest };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this, table);
	}
}
