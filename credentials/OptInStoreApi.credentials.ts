import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** Where consent, contacts and messages are kept. Tested, and made on first use, by the WhatsApp Registration Store node. */
export class OptInStoreApi implements ICredentialType {
	name = 'optInStoreApi';

	displayName = 'Opt-In Store API';

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-optin#the-store';

	icon: Icon = { light: 'file:optin-store.svg', dark: 'file:optin-store.dark.svg' };

	properties: INodeProperties[] = [
		{
			displayName:
				'Saving this credential tests it, and the test makes the store if there is none yet. Use one and the same credential in all nodes.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Storage',
			name: 'storage',
			type: 'options',
			options: [
				{
					name: 'PostgreSQL',
					value: 'postgres',
					description: 'A database server. Needed when n8n runs in queue mode on several machines.',
				},
				{ name: 'SQLite (Embedded)', value: 'sqlite', description: 'A file beside n8n’s own. Nothing to install.' },
			],
			default: 'sqlite',
		},
		{
			displayName: 'File Name',
			name: 'sqliteFile',
			type: 'string',
			default: 'optin.sqlite',
			required: true,
			displayOptions: { show: { storage: ['sqlite'] } },
			description:
				'Lies in the folder “optin” below n8n’s own folder. Letters, digits, dots, dashes and underscores; no path.',
		},
		{
			displayName: 'All Processes Share the Disk',
			name: 'sharedDisk',
			type: 'boolean',
			default: false,
			displayOptions: { show: { storage: ['sqlite'] } },
			description:
				'Whether all of n8n’s processes run on this machine or see the same disk. Matters in queue mode only, where an embedded file is refused otherwise.',
		},
		{
			displayName: 'Host',
			name: 'host',
			type: 'string',
			default: 'localhost',
			required: true,
			displayOptions: { show: { storage: ['postgres'] } },
		},
		{
			displayName: 'Port',
			name: 'port',
			type: 'number',
			default: 5432,
			required: true,
			displayOptions: { show: { storage: ['postgres'] } },
		},
		{
			displayName: 'Database',
			name: 'database',
			type: 'string',
			default: 'optin',
			required: true,
			displayOptions: { show: { storage: ['postgres'] } },
			description: 'An existing database. Use one of its own, not n8n’s: the tables are made in its default schema.',
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			default: '',
			required: true,
			displayOptions: { show: { storage: ['postgres'] } },
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: { show: { storage: ['postgres'] } },
		},
		{
			displayName: 'SSL',
			name: 'ssl',
			type: 'boolean',
			default: false,
			displayOptions: { show: { storage: ['postgres'] } },
			description: 'Whether to encrypt the connection. The server’s certificate must be one that Node.js trusts.',
		},
		{
			displayName: 'Ledger Key',
			name: 'ledgerKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'A secret of your own, e.g. 32 random characters, that signs the consent records. Keep a copy in a safe place: the store opens with this key only, and without it no consent can be proven.',
		},
	];
}
